"""The events that these tests send are those of API Gateway."""

import pytest
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventV2Model

from tests.functional.client import to_event


@pytest.mark.parametrize(
    "event",
    [
        to_event("GET", "/healthz", b"", {}, {}),
        to_event("POST", "/v1/events", b'{"a": 1}', {"api-key": "k"}, {}),
        to_event("POST", "/v1/events", b"\xff\xfe", {}, {"a": "b c", "d": "e"}),
    ],
    ids=["bare", "body", "bytes and query"],
)
def test_events_are_api_gateways(event: dict[str, object]) -> None:
    assert APIGatewayProxyEventV2Model.model_validate(event).version == "2.0"
