"""One line for each attempt, with stable names and nothing that is not for logs."""

import json
from typing import Any

import pytest

from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.attempts import AttemptResult, Work
from parcelhook.model.delivery import Attempt, Outcome
from parcelhook.telemetry import build_lines
from tests import builders


def work() -> Work:
    subscription = builders.subscription(url="https://hooks.example.com/?token=hidden", headers=(("X-Key", "hidden"),))
    event = builders.event()
    key = builders.delivery_key(event_ulid=event.ulid, subscription_id=subscription.id)
    delivery = builders.delivery(key=key, url=subscription.url)
    return Work(delivery=delivery, event=event, subscription=subscription, message_id="1")


def lines_of(
    attempt: Attempt, outcome: Outcome, level: str = "INFO", tried: Work | None = None
) -> list[dict[str, Any]]:
    written: list[str] = []
    result = AttemptResult(attempt=attempt, outcome=outcome)
    AttemptLog(build_lines(level, written.append)).attempted(tried or work(), result)
    return [json.loads(text) for text in written]


def test_line_of_an_attempt_that_failed_names_it_and_says_why() -> None:
    failed = builders.failed_attempt(number=2, response_body="hidden", message="hidden")
    tried = work()
    assert lines_of(failed, Outcome.RETRY, tried=tried) == [
        {
            "message": "delivery.attempted",
            "delivery_id": tried.delivery.key.id,
            "attempt": 2,
            "outcome": "retry",
            "error": "timeout",
            "ms": 120,
            "account_id": builders.ACCOUNT,
        }
    ]
    assert tried.event.ulid in tried.delivery.key.id
    assert tried.subscription.id in tried.delivery.key.id


def test_attempt_that_delivered_has_a_line_too() -> None:
    tried = work()
    (line,) = lines_of(builders.attempt(response_body="hidden"), Outcome.DELIVERED, tried=tried)
    assert line == {
        "message": "delivery.attempted",
        "delivery_id": tried.delivery.key.id,
        "attempt": 1,
        "outcome": "delivered",
        "status": 200,
        "ms": builders.attempt().duration_ms,
    }


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 1), ("INFO", 1), ("WARNING", 0), ("ERROR", 0)])
def test_attempts_are_logged_at_level_info(level: str, count: int) -> None:
    assert len(lines_of(builders.attempt(), Outcome.DELIVERED, level)) == count
