"""Metrics in CloudWatch's embedded metric format: log lines that CloudWatch makes numbers of.

Each metric and combination of dimensions costs $0.30 a month, so there is one dimension, the stage. A value may be a
list, so one line does for a batch.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_json
from parcelhook.telemetry import Write, to_stdout

NAMESPACE = "Parcelhook"
DIMENSION = "stage"
# The format's own limit of a list.
_MOST_VALUES = 100


class Unit(StrEnum):
    """As CloudWatch calls them."""

    COUNT = "Count"
    SECONDS = "Seconds"
    MILLISECONDS = "Milliseconds"


class Metric(StrEnum):
    """All that there are; docs/observability.md says what each means."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    DISCARDED = "discarded"
    SLOW_LANE = "slow_lane"
    OLDEST = "oldest"
    TIME_TO_DELIVERY = "time_to_delivery"
    CIRCUITS_OPEN = "circuits_open"


_UNITS = {Metric.OLDEST: Unit.SECONDS, Metric.TIME_TO_DELIVERY: Unit.MILLISECONDS}


def unit_of(metric: Metric) -> Unit:
    """What a value of `metric` counts."""
    return _UNITS.get(metric, Unit.COUNT)


@collaborator(kw_only=True)
class MetricLines:
    """Writes metrics of a stage. Where there is no stage, as on a laptop, nothing is written."""

    stage: str
    clock: Clock
    write: Write = to_stdout

    def tell(self, values: Mapping[Metric, float], many: Mapping[Metric, Sequence[float]] | None = None) -> None:
        """Writes values at this moment, and of some metrics `many`; of what there is none, nothing."""
        if not self.stage:
            return
        lists = {metric: list(own) for metric, own in (many or {}).items() if own}
        line: dict[Metric, object] = dict(values)
        while line or any(lists.values()):
            for metric, own in lists.items():
                if own:
                    line[metric], lists[metric] = own[:_MOST_VALUES], own[_MOST_VALUES:]
            self.write(to_json(self._line(line)))
            line = {}

    def _line(self, values: Mapping[Metric, object]) -> dict[str, object]:
        described = {"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": [_named(each) for each in values]}
        milliseconds = int(self.clock.now().timestamp() * 1000)
        header = {"_aws": {"Timestamp": milliseconds, "CloudWatchMetrics": [described]}, DIMENSION: self.stage}
        return header | {str(metric): value for metric, value in values.items()}


def _named(metric: Metric) -> dict[str, str]:
    unit = unit_of(metric)
    return {"Name": metric} | ({} if unit is Unit.COUNT else {"Unit": unit})
