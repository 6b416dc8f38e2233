from tests.infra.template import Json, Template


def alarm(template: Template, name: str) -> Json:
    return template.properties(f"Alarms{name}")


def watched(template: Template, metric: str) -> set[str]:
    alarms = template.of_type("AWS::CloudWatch::Alarm").values()
    return {str(body["Dimensions"][0]["Value"]) for body in alarms if body["MetricName"] == metric}


def test_one_dead_letter_is_enough(dev: Template) -> None:
    for name in ("Events", "Retries", "Scheduler"):
        found = alarm(dev, f"{name}DeadLetters")
        assert found["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert found["Dimensions"] == [{"Name": "QueueName", "Value": f"Queues{name}DeadLetters.QueueName"}]
        assert (found["Threshold"], found["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_work_that_waits_too_long_is_noticed(dev: Template) -> None:
    assert watched(dev, "ApproximateAgeOfOldestMessage") == {"QueuesEvents.QueueName", "QueuesRetries.QueueName"}


def test_every_functions_errors_and_throttles_are_noticed(dev: Template) -> None:
    functions = {"FunctionsApi", "FunctionsDispatch", "FunctionsRetry"}
    assert watched(dev, "Errors") == functions
    assert watched(dev, "Throttles") == functions


def test_server_errors_of_the_api_are_noticed(dev: Template) -> None:
    found = alarm(dev, "ApiServerErrors")
    assert (found["MetricName"], found["Threshold"]) == ("5xx", 0)
    assert {"Name": "ApiId", "Value": "HttpApi"} in found["Dimensions"]


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
