"""The one list of what is watched: our faults and AWS's.

A customer's failing endpoint is neither, and rings nothing. When very many fail at once, somebody should look what they
have in common.
"""

from collections.abc import Iterator

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from infra.constructs.alarms import Watch
from infra.constructs.backing import Backing
from infra.constructs.business_metrics import BusinessMetrics
from infra.constructs.functions import Functions
from infra.constructs.http_api import HttpApi
from parcelhook.resources import DISPATCH, RETRY, TABLES, Table

PERIOD = Duration.minutes(5)
# A batch may take a minute and a message be tried again after six; later than that somebody is waiting.
OLDEST_MESSAGE_SECONDS = 900
# A cold start takes a second or two, and where little is asked for, it is the p99.
SLOW_ANSWER_MS = 3_000
# Of what the AWS account may run at once. Above it, a burst is throttled.
BUSY_PERCENT = 80
# Endpoints of one customer that fail are far less than half of all attempts, unless there is only that customer.
LEAST_SUCCESS_PERCENT = 50
MOST_DISCARDED_PERCENT = 25


def watches(backing: Backing, functions: Functions, api: HttpApi) -> list[Watch]:
    """Everything that is watched."""
    return [
        *_of_queues(backing),
        *_of_functions(functions),
        *_of_api(api),
        *_of_schedules(backing),
        *_of_deliveries(backing),
        *(_throttled(table, backing.tables.by_name[table.name]) for table in TABLES),
    ]


def _of_queues(backing: Backing) -> Iterator[Watch]:
    queues = backing.queues
    for name, queue in (queues.dead_letters | {"scheduler": queues.scheduler_dead_letters}).items():
        yield Watch(
            name=f"{name.capitalize()}DeadLetters",
            metric=queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum"),
            limit=0,
            says=f"{name}: something could not be processed",
            section="dead-letters",
        )
    for name, queue in queues.by_name.items():
        yield Watch(
            name=f"{name.capitalize()}Age",
            metric=queue.metric_approximate_age_of_oldest_message(period=PERIOD, statistic="Maximum"),
            limit=OLDEST_MESSAGE_SECONDS,
            says=f"{name}: work is piling up",
            section="age-of-the-oldest-message",
        )


def _of_functions(functions: Functions) -> Iterator[Watch]:
    for name, function in functions.by_name.items():
        yield Watch(
            name=f"{name.capitalize()}Errors",
            metric=function.metric_errors(period=PERIOD, statistic="Sum"),
            limit=0,
            says=f"{name}: the function failed",
            section="errors-of-a-function",
        )
        yield Watch(
            name=f"{name.capitalize()}Throttles",
            metric=function.metric_throttles(period=PERIOD, statistic="Sum"),
            limit=0,
            says=f"{name}: no concurrency left to run",
            section="concurrency",
        )
    yield Watch(name="Concurrency", metric=_concurrency(), limit=BUSY_PERCENT, says=_BUSY, section="concurrency")
    # These two queue work for each other; Lambda stops what goes round more than sixteen times.
    for name in (DISPATCH.name, RETRY.name):
        yield Watch(
            name=f"{name.capitalize()}Recursion",
            metric=functions.by_name[name].metric("RecursiveInvocationsDropped", period=PERIOD, statistic="Sum"),
            limit=0,
            says=f"{name}: Lambda took messages for a loop and dropped them",
            section="recursion",
        )


_BUSY = f"Lambda: over {BUSY_PERCENT} % of what this AWS account may run at once is running"


def _concurrency() -> cloudwatch.IMetric:
    dimensions = {"Service": "Lambda", "Type": "Resource", "Resource": "ConcurrentExecutions", "Class": "None"}
    running = cloudwatch.Metric(
        namespace="AWS/Usage", metric_name="ResourceCount", dimensions_map=dimensions, statistic="Maximum"
    )
    return cloudwatch.MathExpression(
        expression="100 * running / SERVICE_QUOTA(running)",
        using_metrics={"running": running},
        label="% of the quota",
        period=PERIOD,
    )


def _of_api(api: HttpApi) -> Iterator[Watch]:
    yield Watch(
        name="ApiServerErrors",
        metric=api.stage.metric_server_error(period=PERIOD, statistic="Sum"),
        limit=0,
        says="api: answered with a 5xx",
        section="answers-of-the-api",
    )
    yield Watch(
        name="ApiLatency",
        metric=api.stage.metric_latency(period=PERIOD, statistic="p99"),
        limit=SLOW_ANSWER_MS,
        periods=3,
        says=f"api: one answer in a hundred takes longer than {SLOW_ANSWER_MS // 1000} s",
        section="answers-of-the-api",
    )


def _of_schedules(backing: Backing) -> Iterator[Watch]:
    group = backing.schedules.group
    yield Watch(
        name="SchedulesDropped",
        metric=group.metric_dropped(period=PERIOD, statistic="Sum"),
        limit=0,
        says="scheduler: gave up starting retry",
        section="schedules",
    )
    throttled = {
        "own": group.metric_throttled(period=PERIOD, statistic="Sum"),
        "target": group.metric_target_throttled(period=PERIOD, statistic="Sum"),
    }
    yield Watch(
        name="SchedulesThrottled",
        metric=_sum(throttled, "throttled"),
        limit=0,
        says="scheduler: retries start late",
        section="schedules",
    )


def _of_deliveries(backing: Backing) -> Iterator[Watch]:
    yield Watch(
        name="DeliverySuccess",
        metric=BusinessMetrics(backing.settings, PERIOD).success(),
        limit=LEAST_SUCCESS_PERCENT,
        below=True,
        periods=3,
        says=f"deliveries: less than {LEAST_SUCCESS_PERCENT} % of all attempts deliver",
        section="deliveries-that-fail",
    )
    yield Watch(
        name="Discarded",
        metric=BusinessMetrics(backing.settings, Duration.hours(1)).discarded(),
        limit=MOST_DISCARDED_PERCENT,
        says=f"deliveries: over {MOST_DISCARDED_PERCENT} % of those that ended in an hour were given up",
        section="deliveries-that-fail",
    )


def _throttled(definition: Table, table: dynamodb.ITable) -> Watch:
    """Of a table and its indexes: a throttled index throttles the writes of its table."""
    name = definition.name
    places = [{}, *({"GlobalSecondaryIndexName": index.name} for index in definition.indexes)]
    metrics = {
        f"{kind.lower()}{number}": cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=f"{kind}ThrottleEvents",
            dimensions_map={"TableName": table.table_name} | place,
            statistic="Sum",
            period=PERIOD,
        )
        for number, place in enumerate(places)
        for kind in ("Read", "Write")
    }
    return Watch(
        name=f"{name.capitalize()}Throttles",
        metric=_sum(metrics, "throttled"),
        limit=0,
        periods=3,
        says=f"{name}: DynamoDB refuses calls for want of throughput",
        section="throttled-tables",
    )


def _sum(metrics: dict[str, cloudwatch.Metric], label: str) -> cloudwatch.IMetric:
    """Where one of them has no data, it counts as nothing."""
    expression = " + ".join(f"FILL({name}, 0)" for name in metrics)
    return cloudwatch.MathExpression(expression=expression, using_metrics=dict(metrics), label=label, period=PERIOD)
