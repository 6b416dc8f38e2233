"""From what was counted to a million, and to dollars."""

from collections import Counter
from dataclasses import dataclass

from benchmarks.cost import units
from benchmarks.cost.cpu import Cpu
from benchmarks.cost.flow import Counted
from parcelhook.prices import dollars
from parcelhook.resources import API, DISPATCH, RETRY

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What cannot be measured without AWS."""

    core_slowdown: float = 1.25
    """How much longer CPU time is on a whole core of Lambda's (arm64, at 1,769 MiB) than on this machine's. Less memory
    buys less of a core, which stretches CPU time once more; waiting takes the same time whatever the memory."""
    aws_milliseconds: float = 8.0
    """A call of DynamoDB or SQS, from within the Region."""
    endpoint_milliseconds: float = 200.0
    """The slowest endpoint of a batch."""
    handshake_bytes: int = 0
    """Sent besides the request for a new TLS connection, TCP and IP included."""


def million(counted: Counted, events: int, cpu: Cpu, given: Assumptions) -> dict[str, float]:
    """Units by kind, for a million events."""
    total: Counter[str] = Counter()
    total.update(counted.units)
    total["HTTP API requests (512 KB each)"] += counted.api_calls
    total["Lambda requests"] += sum(counted.invocations.values())
    found = {kind: float(count) for kind, count in total.items()}
    found["Lambda GB-seconds (arm64)"] = _gigabyte_seconds(counted, events, cpu, given)
    found["DynamoDB GB-months stored"] = counted.stored_bytes / 1e9
    found["Log GB written"] = counted.log_bytes / 1e9
    found["Log GB written, infrequent access"] = counted.infrequent_log_bytes / 1e9
    found["GB sent to the internet"] = (_sent(counted, given) + counted.answer_bytes) / 1e9
    return {kind: count * MILLION / events for kind, count in found.items()}


def priced(counts: dict[str, float]) -> float:
    """All of it, in dollars."""
    return sum(dollars(kind, count) for kind, count in counts.items())


def _sent(counted: Counted, given: Assumptions) -> float:
    requests = sum(
        len(post.body) + len(post.url) + sum(len(name) + len(value) + 4 for name, value in post.headers.items()) + 120
        for post in counted.posts
    )
    return requests + given.handshake_bytes * len(counted.posts)


def _gigabyte_seconds(counted: Counted, events: int, cpu: Cpu, given: Assumptions) -> float:
    """CPU time stretched by the share of a core that the memory buys, and waiting on top, none of it overlapping."""
    api_calls, batches = max(1, counted.api_calls), max(1, counted.invocations["dispatch"])
    own = cpu.single if events == counted.api_calls else cpu.hundred
    api = _stretched(own, API.memory, given) + given.aws_milliseconds
    work = cpu.delivery * counted.attempts / batches + cpu.aws_call * counted.single_calls / batches
    calls = 2 + counted.single_calls / batches
    dispatch = _stretched(work, DISPATCH.memory, given) + given.endpoint_milliseconds + calls * given.aws_milliseconds
    retry = _stretched(4 * cpu.aws_call, RETRY.memory, given) + 4 * given.aws_milliseconds
    return (
        api_calls * units.gigabyte_seconds(api, API.memory)
        + counted.invocations["dispatch"] * units.gigabyte_seconds(dispatch, DISPATCH.memory)
        + counted.invocations["retry"] * units.gigabyte_seconds(retry, RETRY.memory)
    )


def _stretched(milliseconds: float, memory: int, given: Assumptions) -> float:
    return milliseconds * given.core_slowdown / units.core_share(memory)
