"""One page that shows whether events flow."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.backing import Backing
from infra.constructs.business_metrics import BusinessMetrics
from infra.constructs.functions import Functions
from infra.constructs.http_api import HttpApi
from parcelhook.metrics import Metric

PERIOD = Duration.minutes(5)


class Dashboard(Construct):
    """From the front door to what could not be processed, in the order an event goes."""

    def __init__(
        self, scope: Construct, construct_id: str, *, backing: Backing, functions: Functions, api: HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        page = cloudwatch.Dashboard(self, "Page", default_interval=Duration.hours(24))
        page.add_widgets(*_api(api))
        page.add_widgets(*_events(BusinessMetrics(backing.settings, PERIOD)))
        page.add_widgets(*_queues(backing))
        page.add_widgets(*_deliveries(BusinessMetrics(backing.settings, PERIOD)))
        page.add_widgets(*_functions(functions))
        page.add_widgets(*_tables_and_schedules(backing))
        self.url = (
            f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home"
            f"?region={Aws.REGION}#dashboards/dashboard/{page.dashboard_name}"
        )


def _api(api: HttpApi) -> list[cloudwatch.IWidget]:
    stage = api.stage
    answers = [stage.metric_count(), stage.metric_client_error(), stage.metric_server_error()]
    latency = [stage.metric_latency(statistic=statistic) for statistic in ("p50", "p99")]
    return [_graph("API: requests, 4xx, 5xx", answers, "Sum"), _graph("API: latency (ms)", latency)]


def _events(metrics: BusinessMetrics) -> list[cloudwatch.IWidget]:
    becomes = [metrics.of(each) for each in (Metric.ACCEPTED, Metric.DELIVERED, Metric.FAILED, Metric.DISCARDED)]
    took = [metrics.of(Metric.TIME_TO_DELIVERY, statistic, statistic) for statistic in ("p50", "p95", "p99")]
    return [
        _graph("Events accepted, deliveries delivered and discarded, attempts failed", becomes),
        _graph("From publishing to the first 2xx (ms)", took),
    ]


def _deliveries(metrics: BusinessMetrics) -> list[cloudwatch.IWidget]:
    return [
        _graph("Oldest that a batch received (s)", [metrics.of(Metric.OLDEST, "Maximum")], width=8),
        _graph("Attempts by the slow lane (%)", [metrics.slow_lane_share()], width=8),
        _graph("Circuits open", [metrics.of(Metric.CIRCUITS_OPEN, "Maximum")], width=8),
    ]


def _queues(backing: Backing) -> list[cloudwatch.IWidget]:
    queues = backing.queues
    waiting = [queue.metric_approximate_number_of_messages_visible() for queue in queues.by_name.values()]
    age = [queue.metric_approximate_age_of_oldest_message() for queue in queues.by_name.values()]
    dead = [
        queue.metric_approximate_number_of_messages_visible()
        for queue in (*queues.dead_letters.values(), queues.scheduler_dead_letters)
    ]
    return [
        _graph("Queues: messages waiting", waiting, "Maximum", width=8),
        _graph("Queues: age of the oldest (s)", age, "Maximum", width=8),
        _graph("Dead letters", dead, "Maximum", width=8),
    ]


def _functions(functions: Functions) -> list[cloudwatch.IWidget]:
    every = functions.by_name.values()
    return [
        _graph("Functions: runs", [function.metric_invocations() for function in every], "Sum", width=6),
        _graph("Functions: duration, p99 (ms)", [function.metric_duration() for function in every], "p99", width=6),
        _graph("Functions: errors", [function.metric_errors() for function in every], "Sum", width=6),
        _graph("Functions: throttles", [function.metric_throttles() for function in every], "Sum", width=6),
    ]


def _tables_and_schedules(backing: Backing) -> list[cloudwatch.IWidget]:
    tables, group = backing.tables.by_name.values(), backing.schedules.group
    reads = [table.metric_consumed_read_capacity_units() for table in tables]
    writes = [table.metric_consumed_write_capacity_units() for table in tables]
    schedules = [group.metric_attempts(), group.metric_dropped(), group.metric_target_errors()]
    return [
        _graph("Tables: read units", reads, "Sum", width=8),
        _graph("Tables: write units", writes, "Sum", width=8),
        _graph("Schedules: started, dropped, failed", schedules, "Sum", width=8),
    ]


def _graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], statistic: str | None = None, *, width: int = 12
) -> cloudwatch.IWidget:
    left = [_over_the_period(each, statistic) for each in metrics]
    return cloudwatch.GraphWidget(title=title, left=left, width=width)


def _over_the_period(metric: cloudwatch.IMetric, statistic: str | None) -> cloudwatch.IMetric:
    """As all graphs show it; an expression is made for the period already."""
    if not isinstance(metric, cloudwatch.Metric):
        return metric
    return metric.with_(period=PERIOD, statistic=statistic or metric.statistic)
