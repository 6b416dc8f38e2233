"""What AWS says no with, as our errors. The one place that reads botocore's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from parcelhook.errors import UnavailableError
from parcelhook.storage.attributes import decode

CONDITION_FAILED = "ConditionalCheckFailedException"
TRANSACTION_CANCELLED = "TransactionCanceledException"


class ConditionFailed(Exception):  # noqa: N818 - an answer that the callers here expect, not an error of anybody
    """The condition of a write did not hold; `item` is what is stored, where DynamoDB told."""

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        super().__init__("condition failed")
        self.item = item


@contextmanager
def translated() -> Iterator[None]:
    """Turns what botocore raises inside into `ConditionFailed` or `UnavailableError`.

    botocore has retried what can be retried by then, so whatever it still raises (throttling, a broken connection, an
    outage, a missing right) leaves nothing to do but to ask the caller to come back.
    """
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == CONDITION_FAILED:
            raise ConditionFailed(_stored_item(error)) from error
        if code == TRANSACTION_CANCELLED and _condition_was_the_reason(error):
            raise ConditionFailed from error
        message = f"AWS answered {code or 'an error'} to {error.operation_name}."
        raise UnavailableError(message, perhaps_done=_perhaps_done(error)) from error
    except BotoCoreError as error:
        raise UnavailableError(f"AWS could not be reached: {type(error).__name__}.", perhaps_done=True) from error


def _perhaps_done(error: ClientError) -> bool:
    """Whether AWS may have done what it now refuses: it failed inside, or at one of botocore's tries before."""
    told = error.response.get("ResponseMetadata", {})
    return told.get("HTTPStatusCode", 0) >= 500 or told.get("RetryAttempts", 0) > 0


def _stored_item(error: ClientError) -> dict[str, Any] | None:
    item: dict[str, Any] | None = error.response.get("Item")  # type: ignore[assignment]
    return decode(item) if item else None


def _condition_was_the_reason(error: ClientError) -> bool:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)
