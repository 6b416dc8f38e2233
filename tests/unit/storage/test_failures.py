import inspect
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from parcelhook.errors import UnavailableError
from parcelhook.storage.failures import ConditionFailed, translated
from tests.fakes import refused

CODES = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "ResourceNotFoundException",
    "AccessDeniedException",
    "ValidationException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "UnrecognizedClientException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "OverLimit",
    "",
)


BOTOCORE_ERRORS = [
    kind for _, kind in inspect.getmembers(exceptions, inspect.isclass) if issubclass(kind, BotoCoreError)
]


def made(kind: type[BotoCoreError]) -> BotoCoreError:
    """An error of `kind`, without knowing what its text needs."""
    error = kind.__new__(kind)
    error.args = (kind.__name__,)
    return error


def raised(error: Exception) -> Exception:
    with pytest.raises(Exception) as caught, translated():  # noqa: PT011 - which one is the question
        raise error
    return caught.value


@pytest.mark.parametrize("code", CODES)
def test_error_answer_of_aws_becomes_unavailable(code: str) -> None:
    error = raised(refused(code, "GetItem"))
    assert isinstance(error, UnavailableError)
    assert error.retry_after_seconds >= 1
    assert isinstance(error.__cause__, ClientError)
    assert "GetItem" in str(error)


@pytest.mark.parametrize("kind", BOTOCORE_ERRORS, ids=lambda kind: kind.__name__)
def test_every_botocore_error_becomes_unavailable(kind: type[BotoCoreError]) -> None:
    error = raised(made(kind))
    assert isinstance(error, UnavailableError)
    assert kind.__name__ in str(error)
    assert isinstance(error.__cause__, kind)


def test_answer_without_an_error_becomes_unavailable() -> None:
    assert isinstance(raised(ClientError({}, "PutItem")), UnavailableError)


def test_failed_condition_brings_what_is_stored() -> None:
    answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": {"version": {"N": "3"}}}
    error = raised(ClientError(answer, "PutItem"))
    assert isinstance(error, ConditionFailed)
    assert error.item == {"version": 3}


def test_failed_condition_without_an_item_brings_none() -> None:
    error = raised(refused("ConditionalCheckFailedException"))
    assert isinstance(error, ConditionFailed)
    assert error.item is None


@pytest.mark.parametrize(
    ("reasons", "kind"),
    [
        ([{"Code": "None"}, {"Code": "ConditionalCheckFailed"}], ConditionFailed),
        ([{"Code": "TransactionConflict"}, {"Code": "None"}], UnavailableError),
        ([{"Code": "ThrottlingError"}], UnavailableError),
        ([], UnavailableError),
    ],
)
def test_cancelled_transaction_tells_a_condition_from_the_rest(
    reasons: list[dict[str, str]], kind: type[Exception]
) -> None:
    answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    assert isinstance(raised(ClientError(answer, "TransactWriteItems")), kind)


def test_other_errors_pass_as_they_are() -> None:
    assert isinstance(raised(KeyError("ours")), KeyError)
