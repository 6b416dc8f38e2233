"""DynamoDB as its client shows it: the operations of `parcelhook.storage.table`, and no others."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from parcelhook.resources import Table
from tests.simulation.cloud import expressions
from tests.simulation.cloud.refusals import SimulationError, expect, invalid, refusal
from tests.simulation.cloud.tables import Item, ItemKey, SimulatedTable

_EXPRESSION = frozenset({"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"})
_CHANGE = _EXPRESSION | {"TableName", "ReturnValuesOnConditionCheckFailure"}
_KNOWN = {
    "PutItem": _CHANGE | {"Item"},
    "UpdateItem": _CHANGE | {"Key", "UpdateExpression"},
    "DeleteItem": _CHANGE | {"Key"},
    "GetItem": frozenset({"TableName", "Key", "ConsistentRead"}),
    "Query": frozenset(
        {
            "TableName",
            "IndexName",
            "KeyConditionExpression",
            "ExpressionAttributeValues",
            "ScanIndexForward",
            "ConsistentRead",
            "Limit",
            "ExclusiveStartKey",
        }
    ),
}
_MOST_READ, _MOST_WRITTEN, _MOST_IN_A_TRANSACTION = 100, 25, 100
_ITEM_BYTES = 400 * 1024
_LAST = chr(0x10FFFF)
_KEY_CONDITION = re.compile(
    r"(?P<pk>\w+) = :pk(?: AND (?:begins_with\((?P<begins>\w+), :sk\)|(?P<between>\w+) BETWEEN :first AND :last))?"
)

Changed = Callable[[str, ItemKey, Item | None, Item | None], None]
"""Is told of each change: table, key, item before and after."""


@dataclass(frozen=True, slots=True)
class _Action:
    """One change, prepared: nothing is written unless all conditions hold."""

    table: SimulatedTable
    key: ItemKey
    before: Item | None
    after: Item | None
    holds: bool


class SimulatedDynamoDB:
    """All tables of an account."""

    def __init__(
        self,
        tables: Iterable[Table],
        *,
        now: Callable[[], float] = lambda: 0.0,
        lag: Callable[[], float] = lambda: 0.0,
        changed: Changed = lambda *_: None,
    ) -> None:
        self.tables = {table.name: SimulatedTable(table, now=now, lag=lag) for table in tables}
        self._changed = changed
        self._tokens: dict[str, bool] = {}

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        expect("GetItem", parameters, _KNOWN["GetItem"])
        table = self._table("GetItem", parameters["TableName"])
        item = _read(table, _key("GetItem", parameters["Key"]), consistent=parameters.get("ConsistentRead", False))
        return {"Item": item} if item is not None else {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        responses: dict[str, list[Item]] = {}
        for name, request in RequestItems.items():
            expect("BatchGetItem", request, frozenset({"Keys", "ConsistentRead"}))
            table = self._table("BatchGetItem", name)
            keys = _distinct("BatchGetItem", [_key("BatchGetItem", key) for key in request["Keys"]], _MOST_READ)
            found = (_read(table, key, consistent=request.get("ConsistentRead", False)) for key in keys)
            responses[name] = [item for item in found if item is not None]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def query(self, **parameters: Any) -> dict[str, Any]:
        expect("Query", parameters, _KNOWN["Query"])
        table = self._table("Query", parameters["TableName"])
        limit = parameters["Limit"]
        rows = list(islice(_in_range(table, parameters), limit + 1))
        answer: dict[str, Any] = {"Items": [item for _, _, item in rows[:limit]]}
        answer |= {"Count": len(answer["Items"]), "ScannedCount": len(answer["Items"])}
        if len(rows) > limit:
            answer["LastEvaluatedKey"] = _start(rows[limit - 1], table, parameters)
        return answer

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        return self._one("PutItem", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        return self._one("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        return self._one("DeleteItem", parameters)

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        for name, requests in RequestItems.items():
            table = self._table("BatchWriteItem", name)
            items = []
            for request in requests:
                expect("BatchWriteItem", request, frozenset({"PutRequest"}))
                items.append(request["PutRequest"]["Item"])
            keys = _distinct("BatchWriteItem", [_key_of("BatchWriteItem", item) for item in items], _MOST_WRITTEN)
            for key, item in zip(keys, items, strict=True):
                self._store(_Action(table, key, table.current(key), item, holds=True))
        return {"UnprocessedItems": {}}

    def transact_write_items(
        self,
        *,
        TransactItems: Sequence[Mapping[str, Any]],  # noqa: N803 - AWS's name
        ClientRequestToken: str | None = None,  # noqa: N803 - AWS's name
    ) -> dict[str, Any]:
        if ClientRequestToken is not None and ClientRequestToken in self._tokens:
            return {}
        actions = []
        for each in TransactItems:
            ((verb, parameters),) = each.items()
            actions.append(self._prepared(f"{verb}Item", parameters))
        _distinct("TransactWriteItems", [(id(each.table), each.key) for each in actions], _MOST_IN_A_TRANSACTION)
        if not all(action.holds for action in actions):
            reasons = [{"Code": "None" if action.holds else "ConditionalCheckFailed"} for action in actions]
            code = "TransactionCanceledException"
            raise refusal(code, "TransactWriteItems", "cancelled", CancellationReasons=reasons)
        for action in actions:
            self._store(action)
        if ClientRequestToken is not None:
            self._tokens[ClientRequestToken] = True
        return {}

    def _one(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        action = self._prepared(operation, parameters)
        if not action.holds:
            wants_item = parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            told: dict[str, Any] = {"Item": action.before} if wants_item and action.before is not None else {}
            raise refusal("ConditionalCheckFailedException", operation, "The conditional request failed", **told)
        self._store(action)
        return {}

    def _prepared(self, operation: str, parameters: Mapping[str, Any]) -> _Action:
        if operation not in _KNOWN:
            raise SimulationError(f"{operation} is not simulated")
        expect(operation, parameters, _KNOWN[operation])
        table = self._table(operation, parameters["TableName"])
        key = _key_of(operation, parameters["Item"]) if "Item" in parameters else _key(operation, parameters["Key"])
        before = table.current(key)
        holds = _holds(operation, parameters, before or {})
        return _Action(table, key, before, _after_change(operation, parameters, key, before) if holds else None, holds)

    def _store(self, action: _Action) -> None:
        action.table.store(action.key, action.after)
        self._changed(action.table.definition.name, action.key, action.before, action.after)

    def _table(self, operation: str, name: str) -> SimulatedTable:
        if name not in self.tables:
            raise refusal("ResourceNotFoundException", operation, f"there is no table {name}")
        return self.tables[name]


def _holds(operation: str, parameters: Mapping[str, Any], item: Item) -> bool:
    names, values = _placeholders(parameters)
    texts = [parameters[name] for name in ("ConditionExpression", "UpdateExpression") if name in parameters]
    compiled = [
        expressions.update(text) if text == parameters.get("UpdateExpression") else expressions.condition(text)
        for text in texts
    ]
    used = frozenset[str]().union(*(each.placeholders for each in compiled))
    if used != names.keys() | values.keys():
        raise invalid(operation, f"placeholders used {sorted(used)}, given {sorted(names.keys() | values.keys())}")
    if "ConditionExpression" not in parameters:
        return True
    return bool(expressions.condition(parameters["ConditionExpression"]).run(item, names, values))


def _after_change(operation: str, parameters: Mapping[str, Any], key: ItemKey, before: Item | None) -> Item | None:
    if operation == "DeleteItem":
        return None
    if operation == "PutItem":
        item: Item = parameters["Item"]
    else:
        names, values = _placeholders(parameters)
        changed = dict(before) if before is not None else {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
        expressions.update(parameters["UpdateExpression"]).run(changed, before or {}, names, values)
        item = changed
    if len(str(item)) > _ITEM_BYTES:
        raise invalid(operation, "Item size has exceeded the maximum allowed size")
    return item


def _placeholders(parameters: Mapping[str, Any]) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    return parameters.get("ExpressionAttributeNames", {}), parameters.get("ExpressionAttributeValues", {})


def _read(table: SimulatedTable, key: ItemKey, *, consistent: bool) -> Item | None:
    return table.current(key) if consistent else table.seen(key)


def _in_range(table: SimulatedTable, parameters: Mapping[str, Any]) -> Iterable[tuple[str, ItemKey, Item]]:
    match = _KEY_CONDITION.fullmatch(parameters["KeyConditionExpression"])
    if match is None:
        raise SimulationError(f"a key condition that is not known here: {parameters['KeyConditionExpression']!r}")
    index = parameters.get("IndexName")
    own = table.indexes[index].definition if index else table.definition
    if match["pk"] != own.partition_key or {match["begins"], match["between"]} - {None, own.sort_key}:
        raise invalid("Query", "Query condition missed key schema element")
    values = {name: attribute["S"] for name, attribute in parameters["ExpressionAttributeValues"].items()}
    low, high = "", _LAST
    if match["begins"]:
        low, high = values[":sk"], values[":sk"] + _LAST
    elif match["between"]:
        low, high = values[":first"], values[":last"]
    forward, start = parameters.get("ScanIndexForward", True), parameters.get("ExclusiveStartKey")
    if index is None:
        consistent, after = parameters.get("ConsistentRead", False), start["sk"]["S"] if start else None
        return table.within(values[":pk"], low, high, consistent=consistent, forward=forward, after=after)
    if parameters.get("ConsistentRead", False):
        raise invalid("Query", "Consistent reads are not supported on global secondary indexes")
    place = (start[own.sort_key]["S"], (start["pk"]["S"], start["sk"]["S"])) if start else None
    return table.within_index(index, values[":pk"], low, high, forward=forward, after=place)


def _start(row: tuple[str, ItemKey, Item], table: SimulatedTable, parameters: Mapping[str, Any]) -> Item:
    index = parameters.get("IndexName")
    names = {"pk", "sk"}
    if index:
        names |= {table.indexes[index].definition.partition_key, table.indexes[index].definition.sort_key}
    return {name: attribute for name, attribute in row[2].items() if name in names}


def _key(operation: str, key: Mapping[str, Any]) -> ItemKey:
    if key.keys() != {"pk", "sk"}:
        raise invalid(operation, "The provided key element does not match the schema")
    return _key_of(operation, key)


def _key_of(operation: str, item: Mapping[str, Any]) -> ItemKey:
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    if not 1 <= len(pk.encode()) <= 2048 or not 1 <= len(sk.encode()) <= 1024:
        raise invalid(operation, "a key is empty or too long")
    return pk, sk


def _distinct(operation: str, keys: list[Any], most: int) -> list[Any]:
    if len(set(keys)) != len(keys):
        raise invalid(operation, "Provided list of item keys contains duplicates")
    if not 1 <= len(keys) <= most:
        raise invalid(operation, f"1 to {most} items, not {len(keys)}")
    return keys
