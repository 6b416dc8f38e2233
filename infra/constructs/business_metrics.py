"""Metrics that the functions write: what becomes of events and deliveries, stage by stage."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.config import StageSettings
from parcelhook.metrics import DIMENSION, NAMESPACE, Metric

# Of the deliveries that were given up in an hour; fewer are single customers' affairs.
MANY_DISCARDED = 20
# Attempts in five minutes; of fewer a share says little.
MANY_ATTEMPTS = 50


class BusinessMetrics:
    """Those of one stage."""

    def __init__(self, settings: StageSettings, period: Duration) -> None:
        self._stage, self._period = settings.stage, period

    def of(self, metric: Metric, statistic: str = "Sum", label: str | None = None) -> cloudwatch.Metric:
        """One of them."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=metric,
            dimensions_map={DIMENSION: self._stage},
            statistic=statistic,
            period=self._period,
            label=label,
        )

    def slow_lane_share(self) -> cloudwatch.MathExpression:
        """Of all attempts, how many in a hundred are of the slow lane."""
        used = (Metric.SLOW_LANE, Metric.DELIVERED, Metric.FAILED)
        return self._math(f"IF({_TRIED} > 0, 100 * FILL(slow_lane, 0) / {_TRIED}, 0)", "% by the slow lane", *used)

    def success(self) -> cloudwatch.MathExpression:
        """Of all attempts, how many in a hundred delivered; all, while there are few."""
        ratio = f"IF({_TRIED} >= {MANY_ATTEMPTS}, 100 * FILL(delivered, 0) / {_TRIED}, 100)"
        return self._math(ratio, "% delivered", Metric.DELIVERED, Metric.FAILED)

    def discarded(self) -> cloudwatch.MathExpression:
        """Of the deliveries that came to an end, how many in a hundred were given up; none, while there are few."""
        ended = "(FILL(discarded, 0) + FILL(delivered, 0))"
        share = f"IF(FILL(discarded, 0) >= {MANY_DISCARDED}, 100 * discarded / {ended}, 0)"
        return self._math(share, "% discarded", Metric.DISCARDED, Metric.DELIVERED)

    def _math(self, expression: str, label: str, *used: Metric) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=expression,
            using_metrics={str(metric): self.of(metric) for metric in used},
            label=label,
            period=self._period,
        )


_TRIED = "(FILL(delivered, 0) + FILL(failed, 0))"
