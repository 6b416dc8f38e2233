"""A Lambda environment: code with AWS clients of its own, which may die between any two calls."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ReadTimeoutError

from parcelhook.storage.table import _BATCH_ROUNDS
from tests.simulation.cloud.refusals import refusal
from tests.simulation.history import FailedWrite, History
from tests.simulation.loop import NumberedTask, SimulatedClock
from tests.simulation.surroundings import Surroundings

# A call of AWS within a Region takes some milliseconds.
_CALL_SECONDS = (0.001, 0.012)


class ProcessDied(BaseException):
    """Ends whatever a dead process was doing. No handler of ours may catch it."""


class Process:
    """What AWS keeps warm between invocations, until it dies."""

    def __init__(self, name: str, surroundings: Surroundings) -> None:
        self.name, self.surroundings = name, surroundings
        self.tasks: list[NumberedTask] = []
        self.alive = True
        random = surroundings.random
        skew = random.uniform(-surroundings.faults.skew, surroundings.faults.skew)
        self.clock = SimulatedClock(surroundings.loop, surroundings.start, skew)
        self.troubles = 0
        """How often AWS failed it during this invocation."""
        self.left = 0
        """How many batch calls in a row were done in part."""
        self.failed_writes: list[FailedWrite] = []
        """Those of this invocation."""

    def client(self, service: str) -> Any:
        """An AWS client, by the service's name."""
        return ProcessClient(self, service, self.surroundings.aws[service])

    def wait(self, seconds: float) -> None:
        """Passes time."""
        self.surroundings.loop.pause(seconds)
        self.check()

    def may_die(self, where: str) -> None:
        """A point at which the process may die. Raises `ProcessDied`."""
        self.check()
        if self.surroundings.happens(self.surroundings.faults.death):
            self.die(where)
            raise ProcessDied

    def die(self, where: str) -> None:
        """Ends it, with everything it was doing."""
        if not self.alive:
            return
        self.alive = False
        self.history.died(self.name, where)
        for task in self.tasks:
            task.cancel()

    def check(self) -> None:
        """Raises `ProcessDied` in what a dead process still runs."""
        if not self.alive:
            raise ProcessDied

    @property
    def history(self) -> History:
        return self.surroundings.history

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs ordinary code of this process."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, function, *arguments)


class ProcessClient:
    """An AWS client that takes its time, and to whom all happens that happens to AWS clients."""

    def __init__(self, process: Process, service: str, service_client: Any) -> None:
        self._process, self._service, self._client = process, service, service_client

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method = getattr(self._client, operation)

        def call(**parameters: Any) -> Any:
            return self._call(operation, method, parameters)

        return call

    def _call(self, operation: str, method: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        process, around = self._process, self._process.surroundings
        faults = around.faults
        process.may_die(f"before {operation}")
        around.loop.pause(self._seconds())
        process.check()
        if around.happens(faults.refusal):
            self._trouble(operation, "refused", parameters)
            raise _refused(around.random.random(), operation)
        answer = self._done(operation, method, parameters)
        around.loop.pause(around.random.uniform(*_CALL_SECONDS))
        process.may_die(f"after {operation}")
        if around.happens(faults.repetition):
            around.history.note("aws", process.name, f"{operation} is sent again by the client")
            around.loop.pause(self._seconds())
            process.check()
            answer = self._done(operation, method, parameters)
        if around.happens(faults.lost_answer):
            self._trouble(operation, "done, and the answer lost", parameters)
            raise ReadTimeoutError(endpoint_url=f"https://{self._service}.simulated")
        return answer

    def _done(self, operation: str, method: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        around = self._process.surroundings
        if operation == "transact_write_items" and "ClientRequestToken" not in parameters:
            # botocore makes one, and sends it with each try.
            parameters["ClientRequestToken"] = f"token-{around.next_number()}"
        if operation in {"batch_write_item", "batch_get_item"} and around.happens(around.faults.part):
            self._left(operation, parameters)
            return _in_part(method, operation, parameters)
        self._process.left = 0
        if operation == "query" and around.happens(around.faults.part):
            # As where a page is full of data before it is full of items.
            parameters = parameters | {"Limit": 1 + int(around.random.random() * min(parameters["Limit"], 10))}
        return method(**parameters)

    def _left(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Something is left of a batch. Whoever asks so often gives up (`storage/table.py`)."""
        self._process.left += 1
        if self._process.left >= _BATCH_ROUNDS:
            self._trouble(operation, "left undone in part, again and again", parameters)

    def _seconds(self) -> float:
        around = self._process.surroundings
        if around.happens(around.faults.slow_call):
            return around.random.uniform(0.5, around.faults.longest_slow_call)
        return around.random.uniform(*_CALL_SECONDS)

    def _trouble(self, operation: str, what: str, parameters: Mapping[str, Any]) -> None:
        self._process.troubles += 1
        written, now = frozenset(_written(operation, parameters)), self._process.surroundings.loop.seconds
        if written:
            self._process.failed_writes.append(FailedWrite(now, written, is_group=operation == "batch_write_item"))
        self._process.history.trouble(self._process.name, operation, what)


def _written(operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Sort keys of what a call writes, but for counts of usage, which tell of no delivery."""
    if operation == "batch_write_item":
        for requests in parameters["RequestItems"].values():
            items = (each["PutRequest"]["Item"] for each in requests)
            yield from (item["sk"]["S"] for item in items if not item["pk"]["S"].startswith("USAGE#"))
    elif operation in {"put_item", "update_item", "delete_item"}:
        yield (parameters.get("Item") or parameters["Key"])["sk"]["S"]
    elif operation == "transact_write_items":
        for action in parameters["TransactItems"]:
            yield from ((each.get("Item") or each["Key"])["sk"]["S"] for each in action.values())


def _refused(chance: float, operation: str) -> Exception:
    if operation == "transact_write_items" and chance < 0.3:
        reasons = [{"Code": "TransactionConflict"}]
        return refusal("TransactionCanceledException", operation, CancellationReasons=reasons)
    if chance < 0.7:
        return refusal("ThrottlingException", operation)
    return refusal("InternalServerError", operation, status=500)


def _in_part(method: Callable[..., Any], operation: str, parameters: Mapping[str, Any]) -> Any:
    """All but the last of what was asked for."""
    ((table, request),) = parameters["RequestItems"].items()
    if operation == "batch_write_item":
        if len(request) > 1:
            method(RequestItems={table: request[:-1]})
        return {"UnprocessedItems": {table: request[-1:]}}
    left = {"UnprocessedKeys": {table: request | {"Keys": request["Keys"][-1:]}}}
    if len(request["Keys"]) == 1:
        return {"Responses": {}} | left
    return method(RequestItems={table: request | {"Keys": request["Keys"][:-1]}}) | left
