"""The laptop stack under a steady rate for minutes: does any process keep memory, threads or connections?

    SECONDS=60 RATE=1 python -m benchmarks.soak

All events go to a healthy endpoint on loopback, one in four also to a slow one and to one that always fails. The exit
code is 1 where something grows, a process died, or what was accepted was not delivered or discarded.
"""

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.laptop.flatness import COUNT, MEBIBYTE, MEMORY, Allowance, Line, line
from benchmarks.laptop.processes import Held, held
from benchmarks.laptop.publishing import Publisher, answers, percentile, steady, tracking_update, transaction
from benchmarks.laptop.subscriber import Subscriber, accepted_events, event_of
from benchmarks.table import print_table
from local.roles import Role
from local.sink import Receipt, Sink
from local.testing import RunningStack, start_stack

SLOW_SECONDS = 3.5
"""Longer than the budget of the fast lane."""
RETRY_SECONDS = 20
"""Between attempts, so that whole retry lives take place."""
WARM_UP_SHARE = 0.3
"""Of the run: what caches, pools and allocators take until they are full."""
SHORTEST_JUDGED_SECONDS = 180.0
"""A shorter run is over before it is warm: it tells its figures and judges deliveries only."""
MOST_SAMPLES = 120
DRAIN_SECONDS = 600.0
DRAIN_PAUSE_SECONDS = 5.0
"""Between two looks, which cost moto more than most other calls."""


@dataclass(slots=True)
class Samples:
    """Of each process, by its name."""

    times: list[float] = field(default_factory=list)
    held: dict[str, list[Held]] = field(default_factory=dict)

    def take(self, processes: dict[str, int]) -> None:
        """Raises `ProcessLookupError` where one is gone."""
        self.times.append(time.monotonic())
        for name, pid in processes.items():
            self.held.setdefault(name, []).append(held(pid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """On one figure of one process."""

    process: str
    figure: str
    fitted: Line
    most: float
    allowance: Allowance
    is_judged: bool

    @property
    def holds(self) -> bool:
        return not self.is_judged or self.fitted.is_flat(self.allowance)


def processes_of(stack: RunningStack) -> dict[str, int]:
    """Their pids, by names."""
    told = dict(stack.state["processes"])
    workers = told.pop(Role.DISPATCH)
    return told | {f"dispatch {number}": pid for number, pid in enumerate(workers, 1)}


def verdicts(samples: Samples) -> list[Verdict]:
    """From the end of the warm-up on."""
    first = int(len(samples.times) * WARM_UP_SHARE)
    times = samples.times[first:]
    found = []
    for process, all_held in samples.held.items():
        warm = all_held[first:]
        for figure, values, allowance in (
            ("memory", [each.resident_bytes for each in warm], MEMORY),
            ("threads", [each.threads for each in warm], COUNT),
            ("descriptors", [each.descriptors for each in warm], COUNT),
            ("sockets", [each.sockets for each in warm], COUNT),
        ):
            # moto keeps all that it is given for as long as it lives.
            is_judged = not (process == Role.AWS and figure == "memory")
            fitted = line(times, values)
            found.append(
                Verdict(
                    process=process,
                    figure=figure,
                    fitted=fitted,
                    most=max(values),
                    allowance=allowance,
                    is_judged=is_judged,
                )
            )
    return found


def answer(receipt: Receipt) -> int:
    """What the three endpoints do, by path."""
    if receipt.path == "/slow":
        time.sleep(SLOW_SECONDS)
    return 500 if receipt.path == "/failing" else 200


def is_for_all(event_id: str) -> bool:
    """Whether an event is of the kind that the slow and the failing endpoint want too."""
    return event_id[0] in "0123"


def event(event_id: str) -> dict[str, Any]:
    """An event that all want, or one for the healthy endpoint."""
    return tracking_update(event_id) if is_for_all(event_id) else transaction(event_id)


class Endpoints:
    """The three, and the subscriptions to them."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.sink = Sink(answer)
        self._subscriber = subscriber
        self._subscriptions = {
            "/healthy": [
                subscriber.subscribe(self.sink.url("/healthy"), event="track_updated"),
                subscriber.subscribe(self.sink.url("/healthy")),
            ],
            "/failing": [subscriber.subscribe(self.sink.url("/failing"), event="track_updated")],
            # Shippo's deliveries may take 3 s, which no endpoint is slow enough for.
            "/slow": [subscriber.subscribe(self.sink.url("/slow"), dialect="shipengine", event="track")],
        }

    def receipts(self, path: str) -> list[Receipt]:
        return [receipt for receipt in self.sink.receipts if receipt.path == path]

    def unsettled(self, accepted: set[str]) -> dict[str, int]:
        """For each endpoint, how many events are not yet `delivered`, or at the failing one `discarded`."""
        ends = {"/healthy": "delivered", "/slow": "delivered", "/failing": "discarded"}
        left = {}
        for path, end in ends.items():
            settled = [self._subscriber.events_in(each, end) for each in self._subscriptions[path]]
            left[path] = len(wanted(path, accepted).difference(*settled))
        return left

    def settle(self, accepted: set[str]) -> dict[str, int]:
        """Waits until nothing is unsettled, for a bounded time; answers what is."""
        began = time.monotonic()
        while any((left := self.unsettled(accepted)).values()) and time.monotonic() < began + DRAIN_SECONDS:
            time.sleep(DRAIN_PAUSE_SECONDS)
        return left


def wanted(path: str, events: Set[str]) -> set[str]:
    """Those of the events that an endpoint wants."""
    return set(events) if path == "/healthy" else {each for each in events if is_for_all(each)}


@contextmanager
def sampled(samples: Samples, processes: dict[str, int], every: float) -> Iterator[None]:
    """Samples meanwhile."""
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(every):
            samples.take(processes)

    thread = threading.Thread(target=sample, name="samples")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def soak(stack: RunningStack, rate: float, seconds: float) -> list[str]:
    """Prints what it finds; answers what is wrong."""
    subscriber, samples, processes = Subscriber(stack), Samples(), processes_of(stack)
    endpoints = Endpoints(subscriber)
    publisher = Publisher(stack.state["base_url"], stack.state["keys"]["live"], event)
    with sampled(samples, processes, max(1.0, seconds / MOST_SAMPLES)):
        asyncio.run(publisher.publish(steady(rate, seconds)))
    accepted = {call.event_id for call in publisher.accepted()}
    began = time.monotonic()
    left = endpoints.settle(accepted)
    found, is_judged = verdicts(samples), seconds >= SHORTEST_JUDGED_SECONDS
    print_traffic(publisher, endpoints, drained=time.monotonic() - began)
    print_processes(found)
    print_moto(samples, len(accepted))
    wrong = [f"The {each.figure} of {each.process} grows." for each in found if not each.holds and is_judged]
    wrong += [f"{count} events for {path} are not settled." for path, count in left.items() if count]
    wrong += [
        f"{count} publications were answered with {status}."
        for status, count in answers(publisher.calls).items()
        if status != "202"
    ]
    if processes_of(stack) != processes:
        wrong.append("A process ended and was started again.")
    if endpoints.sink.open_connections:
        wrong.append(f"{endpoints.sink.open_connections} connections to endpoints are still open.")
    subscriber.close()
    endpoints.sink.close()
    return wrong


def print_traffic(publisher: Publisher, endpoints: Endpoints, *, drained: float) -> None:
    called = {call.event_id: call.began for call in publisher.accepted()}
    rows = []
    for path in ("/healthy", "/slow", "/failing"):
        receipts = endpoints.receipts(path)
        first: dict[str, float] = {}
        for receipt in receipts:
            first.setdefault(event_of(receipt), receipt.at)
        waits = [at - called[event] for event, at in first.items() if event in called]
        times = accepted_events(receipts)
        rows.append(
            [
                path.removeprefix("/"),
                len(wanted(path, called.keys())),
                len(receipts),
                len(times),
                sum(count - 1 for count in times.values()),
                f"{percentile(waits, 0.5):.2f}",
                f"{percentile(waits, 0.99):.2f}",
            ]
        )
    head = ["endpoint", "events for it", "POSTs", "events answered 2xx", "twice", "p50 s", "p99 s"]
    print_table("From the call that published to the first POST", head, rows)
    print(f"\nThe last delivery was settled {drained:.0f} s after the last event.")


def print_processes(found: Sequence[Verdict]) -> None:
    rows = []
    for each in found:
        scale = MEBIBYTE if each.figure == "memory" else 1
        digits = 1 if each.figure == "memory" else 0
        told = "yes" if each.fitted.is_flat(each.allowance) else "NO"
        rows.append(
            [
                each.process,
                each.figure + (" MiB" if each.figure == "memory" else ""),
                f"{each.fitted.first / scale:.1f}",
                f"{each.fitted.last / scale:.1f}",
                f"{each.most / scale:.{digits}f}",
                told if each.is_judged else "not judged",
            ]
        )
    head = ["process", "figure", "line begins", "line ends", "most", "flat"]
    print_table(f"After the warm-up ({WARM_UP_SHARE:.0%} of the run): the line that fits best", head, rows)


def print_moto(samples: Samples, events: int) -> None:
    """moto keeps every item and, of every message, something: its growth is told, and not judged."""
    kept = samples.held[Role.AWS]
    grown = kept[-1].resident_bytes - kept[0].resident_bytes
    each = grown / 1024 / max(1, events)
    print(f"\nmoto grew by {grown / MEBIBYTE:.1f} MiB: {each:.1f} KiB for each event, rows of the tables included.")


def main() -> int:
    """The exit code."""
    seconds, rate = float(os.environ.get("SECONDS") or 600), float(os.environ.get("RATE") or 1)
    print(f"{seconds:.0f} s of {rate:g} events a second ({machine.described()})", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        stack = start_stack(Path(directory), {"RETRY_INTERVAL_SECONDS": str(RETRY_SECONDS)})
        try:
            wrong = soak(stack, rate, seconds)
        finally:
            stack.stop()
    judged = seconds >= SHORTEST_JUDGED_SECONDS
    flat = "Memory is flat, no thread or connection is left behind" if judged else "Too short to judge what grows"
    print("\n" + ("\n".join(wrong) or f"{flat}; no delivery was lost."))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
