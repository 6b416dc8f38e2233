from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError

from parcelhook.resources import API
from parcelhook.services.outside import PROMPT, Outside, client, with_few_clients


@dataclass
class _Aws:
    """Makes clients that know their service, and remembers which were made."""

    made: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        self.made.append(service)
        return _Client(service)


@dataclass
class _Client:
    service: str

    def describe(self) -> str:
        return f"{self.service} answers"


def test_a_client_that_is_not_needed_at_once_is_made_when_it_is_first_used() -> None:
    aws = _Aws()
    outside = with_few_clients(Outside(client=aws.client), "dynamodb")
    client = outside.client("ssm")
    assert aws.made == ["dynamodb"]

    assert client.describe() == "ssm answers"
    assert client.describe() == "ssm answers"

    assert aws.made == ["dynamodb", "ssm"]


def test_a_service_has_one_client_however_often_it_is_asked_for() -> None:
    aws = _Aws()
    outside = with_few_clients(Outside(client=aws.client), "dynamodb")

    assert outside.client("dynamodb") is outside.client("dynamodb")
    outside.client("sqs").describe()
    outside.client("sqs").describe()

    assert aws.made == ["dynamodb", "sqs"]


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("dynamodb", "batch_write_item"),
        ("scheduler", "create_schedule"),
        ("sqs", "send_message_batch"),
        ("ssm", "get_parameter"),
    ],
)
def test_the_services_that_functions_use_have_their_operations(
    service: str, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert callable(getattr(client(service), operation))


def test_a_service_that_no_function_uses_is_not_known() -> None:
    with pytest.raises(UnknownServiceError):
        client("s3")


def test_a_call_that_aws_never_answers_is_given_up_while_the_publisher_still_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = PROMPT.client("sqs").meta.config
    tries = config.retries["total_max_attempts"]
    # botocore's standard mode pauses up to 1 s, 2 s, 4 s, ...
    longest = tries * (config.connect_timeout + config.read_timeout) + sum(2**number for number in range(tries - 1))
    assert tries > 1
    assert longest < API.timeout
