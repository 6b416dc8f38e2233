"""Workers give every source its turn and rest when there is nothing to do."""

import pytest

from local.workers import LONGEST_PAUSE, SHORTEST_PAUSE, work_once


class Source:
    def __init__(self, *results: bool | Exception) -> None:
        self.polls = 0
        self._results = list(results)

    def poll(self) -> bool:
        self.polls += 1
        result = self._results.pop(0) if self._results else False
        if isinstance(result, Exception):
            raise result
        return result


def test_busy_worker_does_not_rest() -> None:
    assert work_once([Source(False), Source(True)], LONGEST_PAUSE) == 0


def test_every_source_has_its_turn_however_busy_the_first() -> None:
    first, second = Source(True, True, True), Source()
    for _ in range(3):
        work_once([first, second], 0)
    assert first.polls == second.polls == 3


def test_idle_worker_rests_longer_and_longer_up_to_a_limit() -> None:
    pause, pauses = 0.0, []
    for _ in range(8):
        pause = work_once([Source()], pause)
        pauses.append(pause)
    assert pauses[0] == SHORTEST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_failing_source_ends_neither_the_worker_nor_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    other = Source(True)
    assert work_once([Source(RuntimeError("AWS is away")), other], 0) == 0
    assert other.polls == 1
    assert "AWS is away" in capfd.readouterr().err
