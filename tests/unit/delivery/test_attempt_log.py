"""One line for each attempt, with stable names and nothing that is not for logs."""

import io
import json

from aws_lambda_powertools import Logger

from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.model.delivery import Outcome
from tests import builders


def test_line_of_an_attempt_names_it_and_tells_no_secret() -> None:
    output = io.StringIO()
    subscription = builders.subscription(url="https://hooks.example.com/?token=hidden", headers=(("X-Key", "hidden"),))
    event = builders.event()
    delivery = builders.delivery(
        key=builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id), url=subscription.url
    )
    work = Work(delivery=delivery, event=event, subscription=subscription, message_id="1")
    failed = builders.failed_attempt(number=2, response_body="hidden")
    AttemptLog(Logger(service="attempts", stream=output)).attempted(
        work, AttemptResult(attempt=failed, outcome=Outcome.RETRY)
    )
    line = json.loads(output.getvalue())
    assert line["message"] == "delivery.attempted"
    assert {name: line[name] for name in ("account_id", "mode", "subscription_id", "event_id", "delivery_id")} == {
        "account_id": builders.ACCOUNT,
        "mode": "live",
        "subscription_id": subscription.id,
        "event_id": event.ulid,
        "delivery_id": delivery.key.id,
    }
    assert (line["dialect"], line["event_type"], line["attempt"]) == ("shipengine", "tracking.updated", 2)
    assert (line["outcome"], line["error"], line["duration_ms"]) == ("retry", "timeout", 120)
    assert "status_code" not in line
    assert "hidden" not in output.getvalue()
    assert str(event.data["tracking_number"]) not in output.getvalue()
