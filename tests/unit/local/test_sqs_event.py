"""How Lambda reads the answer to a batch."""

import pytest

from local.sqs_event import MalformedResponseError, failed_ids

SENT = {"a", "b"}


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_answer_without_failures_means_success(result: object) -> None:
    assert failed_ids(result, SENT) == set()


def test_answer_names_what_failed() -> None:
    assert failed_ids({"batchItemFailures": [{"itemIdentifier": "b"}]}, SENT) == {"b"}


@pytest.mark.parametrize(
    "result",
    [
        "done",
        {"failures": []},
        {"batchItemFailures": {}},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"id": "a"}]},
        {"batchItemFailures": [{"itemIdentifier": "of another batch"}]},
    ],
)
def test_malformed_answer_is_refused(result: object) -> None:
    with pytest.raises(MalformedResponseError):
        failed_ids(result, SENT)
