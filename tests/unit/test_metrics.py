"""Lines that CloudWatch makes metrics of."""

import json
from typing import Any

from parcelhook.metrics import Metric, MetricLines
from tests.fakes import FixedClock


def told(values: dict[Metric, float], many: dict[Metric, list[float]] | None = None, stage: str = "prod") -> list[Any]:
    lines: list[str] = []
    MetricLines(stage=stage, clock=FixedClock(), write=lines.append).tell(values, many)
    return [json.loads(line) for line in lines]


def test_line_describes_its_values_and_has_the_stage_as_its_only_dimension() -> None:
    (line,) = told({Metric.DELIVERED: 3}, {Metric.TIME_TO_DELIVERY: [120, 90, 300]})
    assert line == {
        "_aws": {
            "Timestamp": int(FixedClock().now().timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Parcelhook",
                    "Dimensions": [["stage"]],
                    "Metrics": [{"Name": "delivered"}, {"Name": "time_to_delivery", "Unit": "Milliseconds"}],
                }
            ],
        },
        "stage": "prod",
        "delivered": 3,
        "time_to_delivery": [120, 90, 300],
    }


def test_line_has_no_more_values_of_a_metric_than_the_format_allows() -> None:
    lines = told({Metric.DELIVERED: 250}, {Metric.TIME_TO_DELIVERY: list(range(250))})
    assert [len(line["time_to_delivery"]) for line in lines] == [100, 100, 50]
    assert [line.get("delivered") for line in lines] == [250, None, None]
    assert [value for line in lines for value in line["time_to_delivery"]] == list(range(250))


def test_nothing_is_written_of_nothing_and_without_a_stage() -> None:
    assert told({}, {Metric.TIME_TO_DELIVERY: []}) == []
    assert told({Metric.DELIVERED: 3}, stage="") == []
