"""One page that shows whether events flow."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.backing import Backing
from infra.constructs.functions import Functions
from infra.constructs.http_api import HttpApi

PERIOD = Duration.minutes(5)


class Dashboard(Construct):
    """From the front door to what could not be processed, in the order an event goes."""

    def __init__(
        self, scope: Construct, construct_id: str, *, backing: Backing, functions: Functions, api: HttpApi
    ) -> None:
        super().__init__(scope, construct_id)
        page = cloudwatch.Dashboard(self, "Page", default_interval=Duration.hours(24))
        page.add_widgets(*_api(api))
        page.add_widgets(*_queues(backing))
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
    title: str, metrics: list[cloudwatch.Metric], statistic: str | None = None, *, width: int = 12
) -> cloudwatch.IWidget:
    left = [metric.with_(period=PERIOD, statistic=statistic or metric.statistic) for metric in metrics]
    return cloudwatch.GraphWidget(title=title, left=left, width=width)
