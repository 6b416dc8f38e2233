"""AWS clients that count what is billed of each call, by botocore's events."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.cost import units
from parcelhook.resources import DUE_INDEX, STATE_INDEX
from parcelhook.storage.sizes import item_bytes

Item = Mapping[str, Any]

# moto loses conditional writes under parallel calls.
_MOTO = threading.RLock()


class Witness:
    """Counts units by kind, and calls by service and operation."""

    def __init__(self, session: Any) -> None:
        self.units: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.stored: dict[tuple[str, str, str], Item] = {}
        self._session = session
        self._plain = session.create_client("dynamodb")
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client that is watched."""
        if service not in self._clients:
            client = self._session.create_client(service)
            client.meta.events.register("before-parameter-build", self._note)
            self._clients[service] = _OneAtATime(client, self._updated)
        return self._clients[service]

    @property
    def stored_bytes(self) -> int:
        """What lies in the tables, with the 100 bytes that DynamoDB adds to each item and each index entry."""
        entries = [
            item_bytes({name: item[name] for name in ("pk", "sk", *_key_names(index))}) + 100
            for item in self.stored.values()
            for index in (STATE_INDEX, DUE_INDEX)
            if index.partition_key in item
        ]
        return sum(item_bytes(item) + 100 for item in self.stored.values()) + sum(entries)

    def _note(self, *, params: dict[str, Any], model: Any, **_: Any) -> None:
        service, operation = model.service_model.service_name, model.name
        self.calls[f"{service} {operation}"] += 1
        match service:
            case "sqs":
                self._queue(operation, params)
            case "dynamodb":
                self._table(operation, params)

    def _queue(self, operation: str, params: dict[str, Any]) -> None:
        entries = params.get("Entries", [params])
        bodies = [entry.get("MessageBody", "") for entry in entries]
        # A receive carries what was sent, and is noted by whoever receives.
        if operation != "ReceiveMessage":
            self.units["SQS requests (64 KB each)"] += units.queue_requests(bodies)
        self.units["SQS fair-queue messages"] += sum("MessageGroupId" in entry for entry in entries)

    def _table(self, operation: str, params: dict[str, Any]) -> None:
        consistent = params.get("ConsistentRead", False)
        match operation:
            case "PutItem":
                self._written(params["TableName"], params["Item"])
            case "BatchWriteItem":
                self._written_together(params["RequestItems"])
            case "GetItem":
                self._read([self._found(params["TableName"], params["Key"])], consistent)
            case "BatchGetItem":
                self._read_together(params["RequestItems"])
            case "Query":
                self._read(self._plain.query(**params)["Items"], consistent)
            case "UpdateItem":
                # Counted once it is done: only then is it known what the item has become.
                return
            case _:
                raise LookupError(f"Nobody knows what {operation} costs.")

    def _written_together(self, requests: Mapping[str, Any]) -> None:
        for table, changes in requests.items():
            for change in changes:
                self._written(table, change["PutRequest"]["Item"])

    def _read_together(self, requests: Mapping[str, Any]) -> None:
        for table, request in requests.items():
            for key in request["Keys"]:
                self._read([self._found(table, key)], request.get("ConsistentRead", False))

    def _updated(self, params: Mapping[str, Any]) -> None:
        self._written(params["TableName"], self._found(params["TableName"], params["Key"]))

    def _written(self, table: str, item: Item) -> None:
        key = (table, item["pk"]["S"], item["sk"]["S"])
        before = self.stored.get(key, {})
        total = units.write_units(item_bytes(before), item_bytes(item))
        for index in (STATE_INDEX, DUE_INDEX):
            total += units.index_write_units(_entry(before, _key_names(index)), _entry(item, _key_names(index)))
        self.units["DynamoDB write units"] += total
        self.stored[key] = item

    def _found(self, table: str, key: Item) -> Item:
        return dict(self._plain.get_item(TableName=table, Key=key).get("Item", {}))

    def _read(self, items: list[Item], consistent: bool) -> None:
        size = sum(map(item_bytes, items))
        self.units["DynamoDB read units"] += units.read_units(size, consistent=consistent)  # type: ignore[assignment]


class _OneAtATime:
    def __init__(self, client: Any, updated: Callable[[Mapping[str, Any]], None]) -> None:
        self._client, self._updated = client, updated

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            with _MOTO:
                answer = method(**parameters)
                if name == "update_item":
                    self._updated(parameters)
                return answer

        return call


def _key_names(index: Any) -> tuple[str, str]:
    return (index.partition_key, index.sort_key)


def _entry(item: Item, names: tuple[str, str]) -> tuple[Any, ...] | None:
    return tuple(item[name]["S"] for name in names) if all(name in item for name in names) else None
