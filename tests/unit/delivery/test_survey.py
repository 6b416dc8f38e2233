"""What is counted with each sweep."""

import json
from dataclasses import dataclass

from parcelhook.delivery.survey import Survey
from parcelhook.errors import UnavailableError
from parcelhook.metrics import MetricLines
from tests.fakes import FixedClock


@dataclass
class Circuits:
    number: int | None

    def count(self) -> int:
        if self.number is None:
            raise UnavailableError("throttled")
        return self.number


def surveyed(number: int | None) -> list[str]:
    lines: list[str] = []
    metrics = MetricLines(stage="prod", clock=FixedClock(), write=lines.append)
    Survey(circuits=Circuits(number), lines=metrics).take()
    return lines


def test_open_circuits_are_told_also_when_there_are_none() -> None:
    assert [json.loads(line)["circuits_open"] for line in (*surveyed(3), *surveyed(0))] == [3, 0]


def test_survey_that_cannot_be_taken_fails_nothing() -> None:
    assert surveyed(None) == []
