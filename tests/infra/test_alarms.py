import re
from typing import Any

from infra.interpreters import REPOSITORY
from parcelhook.metrics import Metric
from tests.infra.template import Json, Template

LINK = re.compile(r"What to do: (?P<file>[a-z/.]+)#(?P<section>[a-z-]+)$")


def alarm(template: Template, name: str) -> Json:
    return template.properties(f"Alarms{name}")


def watched(template: Template, metric: str) -> set[str]:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    return {str(body["Dimensions"][0]["Value"]) for body in alarms if body.get("MetricName") == metric}


def parts(found: Json) -> tuple[str, list[Any]]:
    """Of an alarm on several metrics: the expression and the metrics in it."""
    (expression,) = [each["Expression"] for each in found["Metrics"] if "Expression" in each]
    return expression, [each["MetricStat"]["Metric"] for each in found["Metrics"] if "MetricStat" in each]


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-")


def sections(file: str) -> dict[str, str]:
    """Of a page: the text of each section by its anchor."""
    found = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", (REPOSITORY / file).read_text(), re.MULTILINE | re.DOTALL)
    return {anchor(heading): text for heading, text in found}


def test_one_dead_letter_is_enough(dev: Template) -> None:
    for name in ("Events", "Retries", "Slow", "Ingestion", "Scheduler"):
        found = alarm(dev, f"{name}DeadLetters")
        assert found["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert found["Dimensions"] == [{"Name": "QueueName", "Value": f"Queues{name}DeadLetters.QueueName"}]
        assert (found["Threshold"], found["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_work_that_waits_too_long_is_noticed(dev: Template) -> None:
    queues = {f"Queues{name}.QueueName" for name in ("Events", "Retries", "Slow", "Ingestion")}
    assert watched(dev, "ApproximateAgeOfOldestMessage") == queues


def test_every_functions_errors_and_throttles_are_noticed(dev: Template) -> None:
    functions = {"FunctionsApi", "FunctionsDispatch", "FunctionsRetry", "FunctionsIngest"}
    assert watched(dev, "Errors") == functions
    assert watched(dev, "Throttles") == functions


def test_server_errors_of_the_api_are_noticed(dev: Template) -> None:
    found = alarm(dev, "ApiServerErrors")
    assert (found["MetricName"], found["Threshold"]) == ("5xx", 0)
    assert {"Name": "ApiId", "Value": "HttpApi"} in found["Dimensions"]


def test_slow_answers_of_the_api_are_noticed(dev: Template) -> None:
    found = alarm(dev, "ApiLatency")
    assert (found["MetricName"], found["ExtendedStatistic"], found["Threshold"]) == ("Latency", "p99", 3000)


def test_schedules_that_did_not_start_are_noticed(dev: Template) -> None:
    assert alarm(dev, "SchedulesDropped")["MetricName"] == "InvocationDroppedCount"
    _, metrics = parts(alarm(dev, "SchedulesThrottled"))
    names = {each["MetricName"] for each in metrics}
    assert names == {"InvocationThrottleCount", "TargetErrorThrottledCount"}


def test_throttled_tables_and_indexes_are_noticed(dev: Template) -> None:
    places = set()
    for name in ("Registry", "Ledger"):
        expression, metrics = parts(alarm(dev, f"{name}Throttles"))
        assert expression.count("FILL") == len(metrics)
        for each in metrics:
            places.add((each["MetricName"], *(dimension["Value"] for dimension in each["Dimensions"])))
    wanted = {("TablesRegistry",), ("TablesLedger",), ("by-state", "TablesLedger"), ("by-due", "TablesLedger")}
    assert places == {(f"{kind}ThrottleEvents", *place) for kind in ("Read", "Write") for place in wanted}


def test_nearly_used_concurrency_is_noticed(dev: Template) -> None:
    found = alarm(dev, "Concurrency")
    expression, (metric,) = parts(found)
    assert (expression, found["Threshold"]) == ("100 * running / SERVICE_QUOTA(running)", 80)
    assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Usage", "ResourceCount")


def test_messages_taken_for_a_loop_are_noticed(dev: Template) -> None:
    assert watched(dev, "RecursiveInvocationsDropped") == {"FunctionsDispatch", "FunctionsRetry"}


def test_many_deliveries_that_fail_or_are_given_up_are_noticed(dev: Template) -> None:
    success, discarded = alarm(dev, "DeliverySuccess"), alarm(dev, "Discarded")
    for found in (success, discarded):
        _, metrics = parts(found)
        assert {each["Namespace"] for each in metrics} == {"Parcelhook"}
        assert all(each["Dimensions"] == [{"Name": "stage", "Value": "dev"}] for each in metrics)
    assert {each["MetricName"] for each in parts(success)[1]} == {"delivered", "failed"}
    assert (success["ComparisonOperator"], success["Threshold"]) == ("LessThanThreshold", 50)
    assert {each["MetricName"] for each in parts(discarded)[1]} == {"delivered", "discarded"}
    assert (discarded["ComparisonOperator"], discarded["Threshold"]) == ("GreaterThanThreshold", 25)


def test_dashboard_shows_every_metric_that_functions_write(dev: Template) -> None:
    (page,) = dev.of_type("AWS::CloudWatch::Dashboard").values()
    told = str(page["DashboardBody"])
    assert [metric for metric in Metric if f'"Parcelhook","{metric}","stage","dev"' not in told] == []


def test_every_alarm_says_which_section_of_the_runbook_names_it(dev: Template) -> None:
    for name, body in dev.of_type("AWS::CloudWatch::Alarm").items():
        link = LINK.search(body["AlarmDescription"])
        assert link, name
        text = sections(link["file"]).get(link["section"])
        assert text, body["AlarmDescription"]
        assert f"`{name.removeprefix('Alarms')}`" in text
        for question in ("**What it means.**", "**How to look.**", "**What to do.**"):
            assert question in text, link["section"]


def test_runbook_names_no_alarm_that_there_is_not(dev: Template) -> None:
    alarms = {name.removeprefix("Alarms") for name in dev.of_type("AWS::CloudWatch::Alarm")}
    for text in sections("docs/runbook.md").values():
        named = re.findall(r"`([A-Za-z]+)`", text.strip().splitlines()[0])
        assert named
        assert set(named) <= alarms


def test_runbook_says_how_to_redrive_every_dead_letter_queue(dev: Template) -> None:
    text = sections("docs/runbook.md")["dead-letters"]
    names = [name for name in dev.of_type("AWS::SQS::Queue") if name.endswith("DeadLetters")]
    assert len(names) == 5
    for name in names:
        queue = name.removeprefix("Queues").removesuffix("DeadLetters").lower()
        assert f"parcelhook dead-letters redrive {queue} --stage" in text


def test_silence_is_no_alarm(dev: Template) -> None:
    for body in dev.of_type("AWS::CloudWatch::Alarm").values():
        assert body["TreatMissingData"] == "notBreaching"
        assert body["AlarmDescription"]


def test_without_an_address_nobody_is_told(dev: Template) -> None:
    assert not dev.of_type("AWS::SNS::Topic")
    assert not dev.of_type("AWS::Budgets::Budget")
    assert not any("AlarmActions" in body for body in dev.of_type("AWS::CloudWatch::Alarm").values())


def test_with_an_address_every_alarm_is_told(prod: Template) -> None:
    (subscription,) = prod.of_type("AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    for body in prod.of_type("AWS::CloudWatch::Alarm").values():
        assert body["AlarmActions"] == ["AlarmsTopic"]


def test_topic_takes_alarms_of_this_account_over_tls_only(prod: Template) -> None:
    deny, allow = prod.statements("AlarmsTopicPolicy")
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert (allow["Effect"], allow["Principal"]) == ("Allow", {"Service": "cloudwatch.amazonaws.com"})
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}


def test_budget_is_told_before_and_when_it_is_spent(prod: Template) -> None:
    (budget,) = prod.of_type("AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 20, "Unit": "USD"}
    told = [item["Notification"] for item in budget["NotificationsWithSubscribers"]]
    assert [(item["NotificationType"], item["Threshold"]) for item in told] == [("FORECASTED", 80), ("ACTUAL", 100)]


def test_there_is_one_dashboard(dev: Template) -> None:
    assert len(dev.of_type("AWS::CloudWatch::Dashboard")) == 1
