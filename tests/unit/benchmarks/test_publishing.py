"""The rates that events are published at, and how answers are summed up."""

import math

from benchmarks.laptop.publishing import Call, answers, bursts, percentile, steady


def call(answer: int | str, retry_after: str | None = None) -> Call:
    return Call(event_id="1", began=0.0, ended=1.0, answer=answer, retry_after=retry_after)


def test_steady_rate_is_one_call_after_the_other() -> None:
    assert steady(4, 1.5) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


def test_bursts_are_calls_at_once() -> None:
    assert bursts(2, 3, 10) == [0, 0, 10, 10, 20, 20]


def test_answers_tell_who_was_told_when_to_come_back() -> None:
    calls = [call(202), call(202), call(429), call(429, "3"), call("ReadTimeout")]
    assert answers(calls) == {"202": 2, "429": 1, "429 with Retry-After": 1, "ReadTimeout": 1}


def test_percentile_is_a_value_that_was_measured() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [51.0, 100.0, 100.0]
    assert math.isnan(percentile([], 0.5))
