import pytest

from parcelhook.resources import EVENTS_MAPPING, MAPPINGS, QUEUES, Mapping, Queue
from tests.infra.template import Template

BY_NAME = pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
BY_MAPPING = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.queue.name)


@BY_NAME
def test_what_is_received_too_often_becomes_a_dead_letter(dev: Template, queue: Queue) -> None:
    name = queue.name.capitalize()
    assert dev.properties(f"Queues{name}")["RedrivePolicy"] == {
        "deadLetterTargetArn": f"Queues{name}DeadLetters.Arn",
        "maxReceiveCount": queue.max_receives,
    }
    assert dev.properties(f"Queues{name}DeadLetters")["MessageRetentionPeriod"] == queue.dead_letter_retention


@BY_NAME
def test_dead_letter_outlives_the_time_its_message_has_waited(dev: Template, queue: Queue) -> None:
    default_retention = 4 * 24 * 3600
    waited = dev.properties(f"Queues{queue.name.capitalize()}").get("MessageRetentionPeriod", default_retention)
    assert queue.dead_letter_retention > waited


@BY_MAPPING
def test_message_stays_hidden_six_times_as_long_as_its_function_may_run(dev: Template, mapping: Mapping) -> None:
    visibility = dev.properties(f"Queues{mapping.queue.name.capitalize()}")["VisibilityTimeout"]
    timeout = dev.properties(f"Functions{mapping.function.name.capitalize()}")["Timeout"]
    gathered = mapping.batching_window if mapping == EVENTS_MAPPING else 0
    assert visibility == mapping.queue.visibility_timeout + gathered
    assert visibility >= 6 * timeout + mapping.batching_window


@BY_NAME
def test_throttled_poller_alone_does_not_make_dead_letters(queue: Queue) -> None:
    assert queue.max_receives >= 5


def test_every_queue_is_encrypted_and_open_over_tls_only(dev: Template) -> None:
    queues = dev.of_type("AWS::SQS::Queue")
    assert len(queues) == 2 * len(QUEUES) + 1
    for name, properties in queues.items():
        assert properties["SqsManagedSseEnabled"] is True
        statement, *others = dev.statements(f"{name}Policy")
        assert all(other["Principal"] == {"Service": "events.amazonaws.com"} for other in others)
        assert bool(others) is (name in {"QueuesIngestion", "QueuesIngestionDeadLetters"})
        assert (statement["Effect"], statement["Action"], statement["Principal"]) == ("Deny", "sqs:*", {"AWS": "*"})
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert dev.properties(f"{name}Policy")["Queues"] == [name]


@BY_MAPPING
def test_mapping_is_that_of_the_definition(dev: Template, mapping: Mapping) -> None:
    assert dev.properties(f"Mappings{mapping.queue.name.capitalize()}") == {
        "EventSourceArn": f"Queues{mapping.queue.name.capitalize()}.Arn",
        "FunctionName": f"Functions{mapping.function.name.capitalize()}",
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.batching_window,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": mapping.max_concurrency},
        "Tags": [{"Key": "app", "Value": "parcelhook"}, {"Key": "stage", "Value": "dev"}],
    }


def test_events_are_gathered_for_as_long_as_the_stage_wants(prod: Template) -> None:
    assert prod.properties("MappingsEvents")["MaximumBatchingWindowInSeconds"] == 2
    assert prod.properties("MappingsRetries")["MaximumBatchingWindowInSeconds"] == 0
    assert (
        prod.properties("QueuesEvents")["VisibilityTimeout"] >= 6 * prod.properties("FunctionsDispatch")["Timeout"] + 2
    )


def test_concurrency_setting_keeps_the_mappings_in_proportion(prod: Template) -> None:
    mappings = prod.of_type("AWS::Lambda::EventSourceMapping")
    found = {name: properties["ScalingConfig"]["MaximumConcurrency"] for name, properties in mappings.items()}
    # 4 of 20 for events; a fifth of 5 would be below the least that AWS takes.
    assert found["MappingsEvents"] == 4
    assert found["MappingsRetries"] == 2


def test_bus_hands_what_a_producer_says_to_the_queue_and_nothing_else(dev: Template) -> None:
    (rule,) = dev.of_type("AWS::Events::Rule").values()
    assert rule["EventBusName"] == "BusEvents"
    assert rule["EventPattern"] == {"source": [{"prefix": ""}]}
    (target,) = rule["Targets"]
    assert target["Arn"] == "QueuesIngestion.Arn"
    assert target["InputPath"] == "$.detail"
    assert target["DeadLetterConfig"] == {"Arn": "QueuesIngestionDeadLetters.Arn"}
    for name in ("QueuesIngestion", "QueuesIngestionDeadLetters"):
        _, *allowed = dev.statements(f"{name}Policy")
        assert allowed
        for statement in allowed:
            assert (statement["Effect"], "sqs:SendMessage" in statement["Action"]) == ("Allow", True)
            assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": "BusToQueue.Arn"}
