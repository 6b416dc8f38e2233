"""A DynamoDB client that counts what is billed of each call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.cost.units import read_units, write_units
from parcelhook.storage.sizes import item_bytes


@dataclass(slots=True)
class Counts:
    """Of some work."""

    calls: int = 0
    items_read: int = 0
    read_units: float = 0.0
    write_units: int = 0

    def __str__(self) -> str:
        return f"{self.calls} / {self.items_read} / {self.read_units:g} / {self.write_units}"


class CountedDynamoDB:
    """Passes calls on to another client, and counts them."""

    def __init__(self, client: Any) -> None:
        self._client, self.counts = client, Counts()

    def query(self, **parameters: Any) -> Any:
        answer = self._client.query(**parameters)
        self._read(answer["Items"], together=True, consistent=parameters.get("ConsistentRead", False))
        return answer

    def get_item(self, **parameters: Any) -> Any:
        answer = self._client.get_item(**parameters)
        found = [answer["Item"]] if "Item" in answer else [{}]
        self._read(found, together=True, consistent=parameters.get("ConsistentRead", False))
        return answer

    def batch_get_item(self, **parameters: Any) -> Any:
        answer = self._client.batch_get_item(**parameters)
        for name, request in parameters["RequestItems"].items():
            absent = len(request["Keys"]) - len(answer["Responses"][name])
            found = [*answer["Responses"][name], *({} for _ in range(absent))]
            self._read(found, together=False, consistent=request.get("ConsistentRead", False))
        self.counts.calls -= len(parameters["RequestItems"]) - 1
        return answer

    def batch_write_item(self, **parameters: Any) -> Any:
        self.counts.calls += 1
        for requests in parameters["RequestItems"].values():
            self.counts.write_units += sum(write_units(item_bytes(each["PutRequest"]["Item"])) for each in requests)
        return self._client.batch_write_item(**parameters)

    def put_item(self, **parameters: Any) -> Any:
        self.counts.calls += 1
        self.counts.write_units += write_units(item_bytes(parameters["Item"]))
        return self._client.put_item(**parameters)

    def update_item(self, **parameters: Any) -> Any:
        self.counts.calls += 1
        self.counts.write_units += 1
        return self._client.update_item(**parameters)

    def _read(self, items: list[Mapping[str, Any]], *, together: bool, consistent: bool) -> None:
        self.counts.calls += 1
        self.counts.items_read += sum(1 for item in items if item)
        sizes = [item_bytes(item) for item in items]
        for size in [sum(sizes)] if together else sizes:
            self.counts.read_units += read_units(size, consistent=consistent)
