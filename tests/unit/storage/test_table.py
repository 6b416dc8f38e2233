from collections.abc import Callable
from typing import Any

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.keys import Key
from parcelhook.storage.table import ABSENT, PRESENT, Delete, DynamoTable, Put, Query, in_parts, version_is
from tests.fakes import ObservedClient, refused, throttled


def key(number: int, pk: str = "a") -> Key:
    return Key(pk, f"{number:04}")


def fill(table: DynamoTable, count: int) -> list[Key]:
    keys = [key(number) for number in range(count)]
    table.put_many((each, {"name": each.sk}) for each in keys)
    return keys


class SlowBatches:
    """DynamoDB under load: of each batch it takes or gives only the first `share`."""

    def __init__(self, client: ObservedClient, share: int) -> None:
        self._client = client
        self._share = share
        self.sizes: list[int] = []

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        ((name, requests),) = RequestItems.items()
        taken, left = requests[: self._share], requests[self._share :]
        self.sizes.append(len(requests))
        if taken:
            self._client.batch_write_item(RequestItems={name: taken})
        return {"UnprocessedItems": {name: left} if left else {}}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        ((name, request),) = RequestItems.items()
        taken, left = request["Keys"][: self._share], request["Keys"][self._share :]
        self.sizes.append(len(request["Keys"]))
        found = self._client.batch_get_item(RequestItems={name: request | {"Keys": taken}}) if taken else {}
        return {
            "Responses": found.get("Responses", {}),
            "UnprocessedKeys": {name: request | {"Keys": left}} if left else {},
        }


def slow(table: DynamoTable, client: ObservedClient, share: int) -> tuple[DynamoTable, SlowBatches]:
    batches = SlowBatches(client, share)
    impostor: Any = batches
    return DynamoTable(impostor, table.name), batches


def test_item_is_read_back_with_its_key(table: DynamoTable) -> None:
    table.write(Put(key(1), {"name": "x", "size": 2}, ABSENT))
    assert table.get(key(1)) == {"pk": "a", "sk": "0001", "name": "x", "size": 2}


def test_missing_item_is_none(table: DynamoTable) -> None:
    assert table.get(key(1)) is None


def test_put_of_what_must_be_absent_tells_what_is_there(table: DynamoTable) -> None:
    table.write(Put(key(1), {"name": "first"}, ABSENT))
    with pytest.raises(ConditionFailed) as caught:
        table.write(Put(key(1), {"name": "second"}, ABSENT))
    assert caught.value.item == {"pk": "a", "sk": "0001", "name": "first"}
    assert (table.get(key(1)) or {})["name"] == "first"


def test_write_on_another_version_changes_nothing(table: DynamoTable) -> None:
    table.write(Put(key(1), {"version": 2}, ABSENT))
    for change in (Put(key(1), {"version": 9}, version_is(1)), Delete(key(1), version_is(1))):
        with pytest.raises(ConditionFailed):
            table.write(change)
    assert (table.get(key(1)) or {})["version"] == 2


def test_delete_on_its_version_removes(table: DynamoTable) -> None:
    table.write(Put(key(1), {"version": 2}, ABSENT))
    table.write(Delete(key(1), version_is(2)))
    assert table.get(key(1)) is None


def test_several_changes_are_made_together_or_not_at_all(table: DynamoTable) -> None:
    table.write(Put(key(2), {"name": "there"}, ABSENT))
    with pytest.raises(ConditionFailed):
        table.write(Put(key(1), {"name": "new"}, ABSENT), Put(key(2), {"name": "new"}, ABSENT))
    assert table.get(key(1)) is None
    table.write(Put(key(1), {"name": "new"}, ABSENT), Delete(key(2), PRESENT))
    assert table.get(key(2)) is None
    assert table.get(key(1)) is not None


def test_many_are_written_25_a_call_and_read_100_a_call(table: DynamoTable, client: ObservedClient) -> None:
    keys = fill(table, 120)
    found = table.get_many([*keys, key(999)], consistent=True)
    assert sorted(values["sk"] for values in found) == [each.sk for each in keys]
    writes = [
        call.parameters["RequestItems"][table.name] for call in client.calls if call.operation.startswith("batch_w")
    ]
    reads = [call.items_read for call in client.calls if call.operation == "batch_get_item"]
    assert [len(part) for part in writes] == [25, 25, 25, 25, 20]
    assert reads == [100, 21]


def test_nothing_is_read_or_written_for_nothing(table: DynamoTable, client: ObservedClient) -> None:
    table.put_many([])
    assert table.get_many([]) == []
    assert client.calls == []


def test_same_key_twice_is_read_once(table: DynamoTable) -> None:
    (one,) = fill(table, 1)
    assert len(table.get_many([one, one])) == 1


def test_of_the_same_key_written_twice_only_the_last_is_sent(table: DynamoTable, client: ObservedClient) -> None:
    table.put_many([(key(1), {"name": "first"}), (key(1), {"name": "last"})])
    (call,) = client.calls
    assert len(call.parameters["RequestItems"][table.name]) == 1
    assert (table.get(key(1)) or {})["name"] == "last"


def test_unprocessed_writes_are_sent_again(table: DynamoTable, client: ObservedClient) -> None:
    slowed, batches = slow(table, client, 8)
    fill(slowed, 25)
    assert batches.sizes == [25, 17, 9, 1]
    assert len(list(table.query_all(Query(prefix=Key("a", ""))))) == 25


def test_unprocessed_reads_are_asked_for_again(table: DynamoTable, client: ObservedClient) -> None:
    keys = fill(table, 60)
    slowed, batches = slow(table, client, 20)
    assert len(slowed.get_many(keys)) == 60
    assert batches.sizes == [60, 40, 20]


def test_writes_that_stay_unprocessed_become_unavailable(table: DynamoTable, client: ObservedClient) -> None:
    slowed, batches = slow(table, client, 0)
    with pytest.raises(UnavailableError):
        fill(slowed, 3)
    assert len(batches.sizes) == 5


def test_reads_that_stay_unprocessed_become_unavailable(table: DynamoTable, client: ObservedClient) -> None:
    slowed, batches = slow(table, client, 0)
    with pytest.raises(UnavailableError):
        slowed.get_many([key(1)])
    assert len(batches.sizes) == 5


@pytest.mark.parametrize(
    "operation", ["get_item", "batch_get_item", "put_item", "delete_item", "transact_write_items", "query"]
)
def test_throttling_of_any_call_becomes_unavailable(table: DynamoTable, client: ObservedClient, operation: str) -> None:
    actions: dict[str, Callable[[], object]] = {
        "get_item": lambda: table.get(key(1)),
        "batch_get_item": lambda: table.get_many([key(1)]),
        "put_item": lambda: table.write(Put(key(1), {}, ABSENT)),
        "delete_item": lambda: table.write(Delete(key(1), PRESENT)),
        "transact_write_items": lambda: table.write(Put(key(1), {}, ABSENT), Put(key(2), {}, ABSENT)),
        "query": lambda: list(table.query_all(Query(prefix=Key("a", "")))),
    }
    client.fail(operation, throttled(operation))
    with pytest.raises(UnavailableError):
        actions[operation]()
    assert client.calls == []


def test_batch_that_is_throttled_whole_becomes_unavailable(table: DynamoTable, client: ObservedClient) -> None:
    client.fail("batch_write_item", refused("ProvisionedThroughputExceededException", "BatchWriteItem"))
    with pytest.raises(UnavailableError):
        fill(table, 1)


def test_query_goes_on_where_its_page_ended(table: DynamoTable) -> None:
    fill(table, 7)
    query = Query(prefix=Key("a", ""))
    first = table.query(query, limit=4)
    second = table.query(query, limit=4, start=first.next)
    assert [values["sk"] for values in (*first.items, *second.items)] == [f"{n:04}" for n in range(7)]
    assert second.next is None


def test_query_reads_only_its_partition_prefix_and_order(table: DynamoTable) -> None:
    table.put_many((Key(pk, f"{letter}{n}"), {}) for pk in "pq" for letter in "xy" for n in range(3))
    found = table.query_all(Query(prefix=Key("p", "y"), newest_first=True))
    assert [(values["pk"], values["sk"]) for values in found] == [("p", "y2"), ("p", "y1"), ("p", "y0")]


def test_query_between_includes_both_ends(table: DynamoTable) -> None:
    fill(table, 9)
    found = table.query_all(Query(prefix=Key("a", ""), between=("0002", "0004")))
    assert [values["sk"] for values in found] == ["0002", "0003", "0004"]


def test_parts_keep_order_and_leave_nothing_out() -> None:
    assert [list(part) for part in in_parts(range(5), 2)] == [[0, 1], [2, 3], [4]]
