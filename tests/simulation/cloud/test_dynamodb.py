"""The simulated DynamoDB does what moto does, in every operation and with every expression that we use."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parcelhook.resources import DUE_INDEX, LEDGER, STATE_INDEX
from parcelhook.storage.failures import ConditionFailed
from parcelhook.storage.keys import Key
from parcelhook.storage.table import (
    ABSENT,
    PRESENT,
    Change,
    Condition,
    Delete,
    DynamoTable,
    Put,
    Query,
    Update,
    version_is,
)
from tests.cloud import Cloud
from tests.fakes import CountedBytes
from tests.simulation.cloud.dynamodb import SimulatedDynamoDB
from tests.simulation.cloud.refusals import SimulationError

A, B, C = Key("P", "a"), Key("P", "b"), Key("P", "c")


def contents(table: DynamoTable) -> list[dict[str, Any]]:
    return list(table.query_all(Query(prefix=Key("P", ""), consistent=True)))


def test_get_answers_what_was_put(table: DynamoTable) -> None:
    values = {"text": "x", "number": 3, "flag": True, "data": b"\x00\x01", "list": ["a", 1], "map": {"b": "c"}}

    table.write(Put(A, values, ABSENT))

    assert table.get(A, consistent=True) == {"pk": "P", "sk": "a", **values}
    assert table.get(B) is None


def test_get_many_answers_those_that_exist(table: DynamoTable) -> None:
    table.put_many([(A, {"n": 1}), (B, {"n": 2})])

    found = table.get_many([A, B, C, A], consistent=True)

    assert sorted(item["n"] for item in found) == [1, 2]


def test_put_if_absent_happens_once_and_tells_what_is_there(table: DynamoTable) -> None:
    table.write(Put(A, {"n": 1}, ABSENT))

    with pytest.raises(ConditionFailed) as raised:
        table.write(Put(A, {"n": 2}, ABSENT))

    assert raised.value.item == {"pk": "P", "sk": "a", "n": 1}


def test_a_put_replaces_the_whole_item(table: DynamoTable) -> None:
    table.write(Put(A, {"n": 1, "version": 1}, ABSENT))

    table.write(Put(A, {"version": 2}, version_is(1)))

    assert table.get(A) == {"pk": "P", "sk": "a", "version": 2}


def test_an_update_sets_removes_and_adds(table: DynamoTable) -> None:
    table.write(Put(A, {"keep": 1, "change": 1, "remove": 1, "count": 1}, ABSENT))

    table.write(Update(A, {"change": 2, "remove": None}, PRESENT, {"count": 2, "other": 5}))

    assert table.get(A) == {"pk": "P", "sk": "a", "keep": 1, "change": 2, "count": 3, "other": 5}


def test_an_update_makes_an_item_where_its_condition_allows(table: DynamoTable) -> None:
    either = Condition(expression="attribute_exists(pk) OR attribute_not_exists(pk)")

    table.write(Update(A, {"n": 1}, either))

    assert table.get(A) == {"pk": "P", "sk": "a", "n": 1}
    with pytest.raises(ConditionFailed):
        table.write(Update(B, {"n": 1}, PRESENT))


def test_a_delete_removes_only_what_fits(table: DynamoTable) -> None:
    table.write(Put(A, {"version": 2}, ABSENT))

    with pytest.raises(ConditionFailed):
        table.write(Delete(A, version_is(1)))
    table.write(Delete(A, version_is(2)))

    assert table.get(A, consistent=True) is None


def test_a_transaction_happens_whole_or_not_at_all(table: DynamoTable) -> None:
    table.write(Put(A, {"version": 1}, ABSENT), Put(B, {"version": 1}, ABSENT))

    with pytest.raises(ConditionFailed):
        table.write(Update(A, {"version": 2}, version_is(1)), Put(B, {"version": 9}, ABSENT))
    table.write(Update(A, {"version": 2}, version_is(1)), Delete(B, version_is(1)), Put(C, {"version": 1}, ABSENT))

    assert [(item["sk"], item["version"]) for item in contents(table)] == [("a", 2), ("c", 1)]


def test_more_than_a_call_takes_is_written_and_read_in_parts(table: DynamoTable) -> None:
    keys = [Key("P", f"E#{number:03}") for number in range(130)]

    table.put_many((key, {"n": number}) for number, key in enumerate(keys))

    assert sorted(item["n"] for item in table.get_many(keys)) == list(range(130))
    assert sum(1 for _ in table.query_all(Query(prefix=Key("P", "E#"), consistent=True))) == 130


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_a_query_pages_through_a_partition_in_order(table: DynamoTable, limit: int, newest_first: bool) -> None:
    table.put_many([(Key("P", f"E#{number}"), {"n": number}) for number in range(5)] + [(A, {}), (Key("Q", "E#9"), {})])
    query, found, start = Query(prefix=Key("P", "E#"), newest_first=newest_first), [], None

    for _ in range(10):
        page = table.query(query, limit=limit, start=start)
        found += [item["n"] for item in page.items]
        start = page.next
        if start is None:
            break

    assert found == sorted(range(5), reverse=newest_first)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_query_between_two_keys_has_both_ends(table: DynamoTable, newest_first: bool) -> None:
    table.put_many([(Key("P", text), {}) for text in "abcde"])

    page = table.query(Query(prefix=Key("P", ""), between=("b", "d"), newest_first=newest_first), limit=10)

    assert "".join(sorted(item["sk"] for item in page.items)) == "bcd"


def test_an_index_holds_keys_of_those_items_that_have_its_own(table: DynamoTable) -> None:
    due = {"due_pk": "DUE#0", "due_sk": "2026", "data": "x"}
    table.put_many([(A, due), (B, due | {"state_pk": "S", "state_sk": "1"}), (C, {"data": "x"})])

    by_due = table.query(Query(prefix=Key("DUE#0", ""), index=DUE_INDEX, between=("2025", "2027")), limit=10)
    by_state = table.query(Query(prefix=Key("S", ""), index=STATE_INDEX), limit=10)

    expected = {"pk": "P", "due_pk": "DUE#0", "due_sk": "2026"}
    assert sorted(by_due.items, key=lambda item: item["sk"]) == [expected | {"sk": "a"}, expected | {"sk": "b"}]
    assert [item["sk"] for item in by_state.items] == ["b"]


def test_an_item_leaves_its_index_with_the_indexs_keys(table: DynamoTable) -> None:
    query = Query(prefix=Key("DUE#0", ""), index=DUE_INDEX)
    table.put_many([(A, {"due_pk": "DUE#0", "due_sk": "1"}), (B, {"due_pk": "DUE#0", "due_sk": "2"})])

    table.put_many([(A, {"other": 1}), (B, {"due_pk": "DUE#0", "due_sk": "0"})])

    assert [(item["sk"], item["due_sk"]) for item in table.query(query, limit=10).items] == [("b", "0")]


def test_an_index_is_paged_through_where_sort_keys_are_alike(table: DynamoTable) -> None:
    table.put_many([(Key("P", text), {"due_pk": "DUE#0", "due_sk": "1"}) for text in "abcdefg"])
    query, found, start = Query(prefix=Key("DUE#0", ""), index=DUE_INDEX), [], None

    for _ in range(10):
        page = table.query(query, limit=3, start=start)
        found += [item["sk"] for item in page.items]
        start = page.next
        if start is None:
            break

    assert sorted(found) == list("abcdefg")


@pytest.mark.parametrize(
    "parameters",
    [
        {"ConditionExpression": "version = :v"},
        {"ConditionExpression": "pk = pk", "ExpressionAttributeValues": {":unused": {"S": "x"}}},
        {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeNames": {"#unused": "x"}},
    ],
)
def test_placeholders_that_do_not_fit_are_refused_as_by_aws_though_not_by_moto(parameters: dict[str, Any]) -> None:
    client = SimulatedDynamoDB([LEDGER])

    with pytest.raises(ClientError) as raised:
        client.put_item(TableName=LEDGER.name, Item={"pk": {"S": "P"}, "sk": {"S": "a"}}, **parameters)

    assert raised.value.response["Error"]["Code"] == "ValidationException"


def test_a_batch_that_names_an_item_twice_is_refused(table: DynamoTable) -> None:
    key: Any = {"pk": {"S": "P"}, "sk": {"S": "a"}}

    with pytest.raises(ClientError) as raised:
        table.client.batch_get_item(RequestItems={table.name: {"Keys": [key, key]}})

    assert raised.value.response["Error"]["Code"] == "ValidationException"


ATTRIBUTES = st.sampled_from(["version", "error_count", "reserved_at"])
COMPARISONS = st.builds("{} {} :value".format, ATTRIBUTES, st.sampled_from(["=", "<", "<=", ">", ">="]))
TESTS = st.one_of(
    COMPARISONS,
    st.builds("attribute_exists({})".format, ATTRIBUTES),
    st.builds("attribute_not_exists({})".format, ATTRIBUTES),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda parts: st.one_of(
        st.builds("({}) AND ({})".format, parts, parts),
        st.builds("{} OR ({})".format, parts, parts),
        st.builds("NOT ({})".format, parts),
    ),
    max_leaves=4,
)
VALUES = st.dictionaries(ATTRIBUTES, st.integers(0, 3), max_size=3)
CHANGES = st.one_of(
    st.builds(lambda key, values, condition: Put(key, values, condition), st.sampled_from([A, B]), VALUES, CONDITIONS),
    st.builds(
        lambda key, values, condition, add: Update(key, values, condition, {"count": add}),
        st.sampled_from([A, B]),
        st.dictionaries(ATTRIBUTES, st.none() | st.integers(0, 3), min_size=1, max_size=3),
        CONDITIONS,
        st.integers(-2, 2),
    ),
    st.builds(lambda key, condition: Delete(key, condition), st.sampled_from([A, B]), CONDITIONS),
)


def _with_value(change: Any, value: int) -> Change:
    text = str(change.condition)
    condition = Condition(expression=text, values={":value": value} if ":value" in text else {})
    changed: Change = replace(change, condition=condition)
    return changed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(CHANGES, st.integers(0, 3)), min_size=1, max_size=8))
def test_any_sequence_of_conditional_changes_ends_alike_in_both(cloud: Cloud, changes: list[tuple[Any, int]]) -> None:
    client: Any = SimulatedDynamoDB([LEDGER])
    tables = [cloud.table(LEDGER)[0], DynamoTable(client, LEDGER.name, CountedBytes())]
    told: list[list[object]] = [[], []]

    for table, answers in zip(tables, told, strict=True):
        for change, value in changes:
            try:
                table.write(_with_value(change, value))
                answers.append(None)
            except ConditionFailed as failure:
                answers.append(failure.item)
        answers.append(contents(table))

    assert told[0] == told[1]


def test_expressions_that_are_not_known_are_refused_loudly() -> None:
    client = SimulatedDynamoDB([LEDGER])
    item = {"pk": {"S": "P"}, "sk": {"S": "a"}}

    for expression in ("size(pk) > :v", "contains(pk, :v)", "pk = :v AND", "a.b = :v", "attribute_type(pk, :v)"):
        with pytest.raises(SimulationError):
            client.put_item(
                TableName=LEDGER.name,
                Item=item,
                ConditionExpression=expression,
                ExpressionAttributeValues={":v": {"S": "x"}},
            )
    with pytest.raises(SimulationError):
        client.put_item(TableName=LEDGER.name, Item=item, ReturnValues="ALL_OLD")


def test_reads_that_are_only_eventually_consistent_see_what_was_until_it_settles() -> None:
    now = [0.0]
    client: Any = SimulatedDynamoDB([LEDGER], now=lambda: now[0], lag=lambda: 5.0)
    table = DynamoTable(client, LEDGER.name, CountedBytes())
    query = Query(prefix=Key("DUE#0", ""), index=DUE_INDEX)

    table.put_many([(A, {"due_pk": "DUE#0", "due_sk": "1"})])

    assert (table.get(A), len(contents(table)), len(table.query(query, limit=9).items)) == (None, 1, 0)
    now[0] = 5.0
    assert (table.get(A) is not None, len(table.query(query, limit=9).items)) == (True, 1)
