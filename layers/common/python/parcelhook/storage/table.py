"""A DynamoDB table, in the few calls that we make. Every write that decides something is conditional."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from parcelhook.collaborators import collaborator
from parcelhook.errors import UnavailableError
from parcelhook.ids import RandomBytes
from parcelhook.resources import Index
from parcelhook.storage.attributes import Item, decode, encode
from parcelhook.storage.failures import ConditionFailed, translated
from parcelhook.storage.keys import Key
from parcelhook.values import value

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Limits of DynamoDB's own.
_READ_BATCH = 100
_WRITE_BATCH = 25
# A batch call may leave some undone when throttled; botocore does not retry those.
_BATCH_ROUNDS = 5
_QUERY_PAGE = 100
# Every single conditional write leaves a random mark, by which it is known again. Transactions have tokens for that.
_MARK, _MARK_BYTES = "mark", 8

Values = dict[str, Any]
Element = TypeVar("Element")


@value(kw_only=True)
class Condition:
    """When a write may happen: a DynamoDB expression, with names and values of its own."""

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """As the client takes it."""
        parameters: dict[str, Any] = {"ConditionExpression": self.expression}
        if self.names:
            parameters["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            parameters["ExpressionAttributeValues"] = encode(self.values)
        return parameters


ABSENT = Condition(expression="attribute_not_exists(pk)")
PRESENT = Condition(expression="attribute_exists(pk)")


def version_is(version: int) -> Condition:
    """Nobody changed the item since it was read."""
    return Condition(expression="#version = :expected", names={"#version": "version"}, values={":expected": version})


@value
class Put:
    """Writes a whole item."""

    key: Key
    values: Mapping[str, object]
    condition: Condition


@value
class Delete:
    """Removes an item."""

    key: Key
    condition: Condition


@value
class Update:
    """Changes some attributes of an item and leaves the others alone. Those whose value is None are removed."""

    key: Key
    values: Mapping[str, object]
    condition: Condition
    add: Mapping[str, int] = field(default_factory=dict)
    """Numbers to count up by."""

    def parameters(self) -> dict[str, Any]:
        """As the client takes it."""
        given = {name: value for name, value in self.values.items() if value is not None}
        absent = [name for name in self.values if name not in given]
        clauses = {
            "SET": [f"#{name} = :{name}" for name in given],
            "REMOVE": [f"#{name}" for name in absent],
            "ADD": [f"#{name} :{name}" for name in self.add],
        }
        expression = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
        names = {f"#{name}": name for name in (*self.values, *self.add)} | dict(self.condition.names)
        values = {f":{name}": value for name, value in (given | dict(self.add)).items()}
        told = encode(values | dict(self.condition.values))
        return {
            "UpdateExpression": expression,
            "ConditionExpression": self.condition.expression,
            "ExpressionAttributeNames": names,
            # DynamoDB refuses an empty one, which there is where attributes are only removed.
        } | ({"ExpressionAttributeValues": told} if told else {})


Change = Put | Delete | Update

Start = Mapping[str, str]
"""Where a query goes on: all key attributes of the last item that was read."""


@value(kw_only=True)
class Query:
    """Which items of one partition to read, and in which order."""

    prefix: Key
    """The partition, and how the sort keys begin."""
    index: Index | None = None
    between: tuple[str, str] | None = None
    """Instead of a beginning: sort keys from the first to the second, both included."""
    newest_first: bool = False
    consistent: bool = False

    def parameters(self) -> dict[str, Any]:
        """As the client takes it."""
        pk, sk = (self.index.partition_key, self.index.sort_key) if self.index else ("pk", "sk")
        conditions, values = [f"{pk} = :pk"], {":pk": self.prefix.pk}
        if self.between:
            conditions.append(f"{sk} BETWEEN :first AND :last")
            values[":first"], values[":last"] = self.between
        elif self.prefix.sk:
            conditions.append(f"begins_with({sk}, :sk)")
            values[":sk"] = self.prefix.sk
        parameters = {
            "KeyConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": encode(values),
            "ScanIndexForward": not self.newest_first,
            "ConsistentRead": self.consistent,
        }
        return parameters | ({"IndexName": self.index.name} if self.index else {})


@value
class Page:
    """Part of a list, and where to go on, or None at its end."""

    items: tuple[Values, ...]
    next: Start | None


@collaborator
class DynamoTable:
    """One table with keys `pk` and `sk`. Raises `ConditionFailed` and `UnavailableError` only."""

    client: "DynamoDBClient"
    name: str
    random_bytes: RandomBytes = secrets.token_bytes

    def get(self, key: Key, *, consistent: bool = False) -> Values | None:
        """The item, or None. Half a read unit for each 4 KB, a whole one when `consistent`."""
        with translated():
            answer = self.client.get_item(TableName=self.name, Key=_key(key), ConsistentRead=consistent)
        item = answer.get("Item")
        return _values(item) if item else None

    def get_many(self, keys: Sequence[Key], *, consistent: bool = False) -> list[Values]:
        """Those of the items that exist, in no order."""
        found: list[Values] = []
        # DynamoDB refuses a batch that names an item twice, here and below.
        for part in in_parts(list(dict.fromkeys(keys)), _READ_BATCH):
            pending: list[Item] = [_key(key) for key in part]
            for _ in range(_BATCH_ROUNDS):
                request = {self.name: {"Keys": pending, "ConsistentRead": consistent}}
                with translated():
                    answer = self.client.batch_get_item(RequestItems=request)  # type: ignore[arg-type]
                found += [_values(item) for item in answer["Responses"].get(self.name, [])]
                left = answer["UnprocessedKeys"].get(self.name)
                if not left:
                    break
                pending = list(left["Keys"])
            else:
                raise UnavailableError("DynamoDB did not answer a whole batch of reads.")
        return found

    def write(self, *changes: Change) -> None:
        """Makes one change, or several in one transaction. Raises `ConditionFailed` when a condition does not hold."""
        if len(changes) == 1:
            self._write_one(changes[0])
            return
        actions = [self._action(change) for change in changes]
        with translated():
            self.client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]

    def put_many(self, items: Iterable[tuple[Key, Mapping[str, object]]]) -> None:
        """Writes items without a condition, 25 a call. Raises `UnavailableError` if any is left unwritten.

        Of several with one key the last counts.
        """
        for part in in_parts(list(dict(items).items()), _WRITE_BATCH):
            pending: list[Any] = [{"PutRequest": {"Item": _item(key, values)}} for key, values in part]
            for _ in range(_BATCH_ROUNDS):
                with translated():
                    answer = self.client.batch_write_item(RequestItems={self.name: pending})
                pending = list(answer["UnprocessedItems"].get(self.name, []))
                if not pending:
                    break
            else:
                raise UnavailableError("DynamoDB did not take a whole batch of writes.")

    def query(self, query: Query, *, limit: int, start: Start | None = None) -> Page:
        """Up to `limit` items, from `start` on. One call, so there may be fewer although more follow (1 MB a call)."""
        parameters = query.parameters() | {"Limit": limit}
        if start:
            parameters["ExclusiveStartKey"] = encode(start)
        with translated():
            answer = self.client.query(TableName=self.name, **parameters)
        last = answer.get("LastEvaluatedKey")
        return Page(tuple(_values(item) for item in answer["Items"]), decode(last) if last else None)

    def query_all(self, query: Query, *, page: int = _QUERY_PAGE) -> Iterator[Values]:
        """All items, up to `page` a call. Only for what is bounded by its nature."""
        start: Start | None = None
        while True:
            found = self.query(query, limit=page, start=start)
            yield from found.items
            start = found.next
            if start is None:
                return

    def _write_one(self, change: Change) -> None:
        parameters: dict[str, Any] = {"TableName": self.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        mark = self.random_bytes(_MARK_BYTES)
        try:
            with translated():
                match change:
                    case Put():
                        item = _item(change.key, {**change.values, _MARK: mark})
                        self.client.put_item(Item=item, **parameters, **change.condition.parameters())
                    case Delete():
                        self.client.delete_item(Key=_key(change.key), **parameters, **change.condition.parameters())
                    case Update():
                        marked = _marked(change, mark).parameters()
                        self.client.update_item(Key=_key(change.key), **parameters, **marked)
        except ConditionFailed as failure:
            if failure.item and failure.item.pop(_MARK, None) == mark:
                # Sent again by botocore, because the answer got lost: it met what it had written the first time.
                return
            raise

    def _action(self, change: Change) -> dict[str, Any]:
        match change:
            case Put():
                own = change.condition.parameters() | {"Item": _item(change.key, change.values)}
            case Delete():
                own = change.condition.parameters() | {"Key": _key(change.key)}
            case Update():
                own = change.parameters() | {"Key": _key(change.key)}
        return {type(change).__name__: own | {"TableName": self.name}}


def _marked(update: Update, mark: bytes) -> Update:
    """`update` with a mark of its own, and refused where that mark is: counting up twice would be wrong."""
    own = Condition(
        expression=f"({update.condition.expression}) AND (attribute_not_exists(#{_MARK}) OR #{_MARK} <> :{_MARK})",
        names=update.condition.names,
        values=update.condition.values,
    )
    return replace(update, values={**update.values, _MARK: mark}, condition=own)


def in_parts(elements: Sequence[Element], size: int) -> Iterator[Sequence[Element]]:
    """`elements` in order, in parts of at most `size`."""
    for start in range(0, len(elements), size):
        yield elements[start : start + size]


def _values(item: Mapping[str, Any]) -> Values:
    """What readers see of an item: all but the mark, which is the table's own."""
    values = decode(item)
    values.pop(_MARK, None)
    return values


def _key(key: Key) -> Item:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _item(key: Key, values: Mapping[str, object]) -> Item:
    return _key(key) | encode(values)
