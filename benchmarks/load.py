"""The laptop stack under load: steady, in bursts, over capacity, with an account over its limit, with AWS away.

    python -m benchmarks.load

moto does some dozens of calls a second, one at a time. So the figures say nothing of AWS' speed, and all of what
overload looks like: who is refused, how, and that nothing that was answered with 202 is ever lost.
"""

import asyncio
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import machine
from benchmarks.claims import Claim, print_claims
from benchmarks.laptop.balance import Balance, balance, until_settled
from benchmarks.laptop.publishing import Call, Publisher, answers, bursts, percentile, steady
from benchmarks.laptop.subscriber import Subscriber, accepted_events, event_of
from benchmarks.table import print_table
from local import layout
from local.sink import Receipt, Sink
from local.testing import RunningStack, messages_in, sqs_of, start_stack
from parcelhook.resources import EVENTS

SAMPLE_SECONDS = 2.0
MOST_FINAL_SAMPLES = 200
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is published when."""

    name: str
    moments: Sequence[float]
    """Of the calls, in seconds from the start."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of the stack."""
    aws_away: tuple[float, float] | None = None
    """From when to when AWS does not answer, in seconds from the start."""


SCENARIOS = (
    Scenario(name="steady: 3 a second for 30 s", moments=steady(3, 30)),
    Scenario(name="bursts: 3 times 60 at once, 10 s apart", moments=bursts(60, 3, 10)),
    Scenario(name="over capacity: 80 a second for 20 s", moments=steady(80, 20)),
    Scenario(
        name="over the account's limit: 15 a second for 30 s, where 5 and 100 at once are allowed",
        moments=steady(15, 30),
        settings={"PUBLISH_RATE": "5", "PUBLISH_BURST": "100"},
    ),
    Scenario(name="AWS away for 40 s: 2 a second for 50 s", moments=steady(2, 50), aws_away=(5, 45)),
)


def answer(receipt: Receipt) -> int:
    """One event in sixteen is never taken, another one not at once."""
    digit = event_of(receipt)[-1]
    if digit == "0":
        return 500
    return 503 if digit == "1" and receipt.number == 1 else 200


class Laptop:
    """A running stack, with one subscriber whose endpoint is a sink. It is the `World` of a `Balance`."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack, self.sink, self.subscriber = stack, Sink(answer), Subscriber(stack)
        self.publisher = Publisher(stack.state["base_url"], stack.state["keys"]["live"])
        self.subscription = self.subscriber.subscribe(self.sink.url("/hook"))
        self._sqs = sqs_of(stack)

    def close(self) -> None:
        self.subscriber.close()
        self.sink.close()

    def accepted(self) -> AbstractSet[str]:
        return {call.event_id for call in self.publisher.accepted()}

    def in_queue(self) -> int:
        names = (layout.queue_name(EVENTS), layout.dead_letter_name(EVENTS))
        return sum(messages_in(self._sqs, name) for name in names)

    def waiting(self) -> AbstractSet[str]:
        # In the order in which a delivery passes them.
        pending = self.subscriber.events_in(self.subscription, "pending")
        return pending | self.subscriber.events_in(self.subscription, "retrying")

    def discarded(self) -> AbstractSet[str]:
        return self.subscriber.events_in(self.subscription, "discarded")

    def delivered(self) -> AbstractSet[str]:
        return set(accepted_events(self.sink.receipts))


@contextmanager
def running(scenario: Scenario) -> Iterator[Laptop]:
    """A stack of its own for each, since moto grows slower with all that it holds."""
    settings = {"RETRY_INTERVAL_SECONDS": str(RETRY_SECONDS), **scenario.settings}
    with tempfile.TemporaryDirectory() as directory:
        stack = start_stack(Path(directory), settings)
        try:
            with closing(Laptop(stack)) as laptop:
                yield laptop
        finally:
            stack.stop()


@contextmanager
def sampled(laptop: Laptop) -> Iterator[list[Balance]]:
    """Balances that are taken meanwhile."""
    found: list[Balance] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            found.append(balance(laptop))

    thread = threading.Thread(target=sample, name="balances")
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


async def publish(laptop: Laptop, scenario: Scenario) -> None:
    """All calls of the scenario, and AWS away meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(laptop.publisher.publish(scenario.moments))
        if scenario.aws_away:
            tasks.create_task(_away(laptop.stack.state["processes"]["aws"], *scenario.aws_away))


async def _away(aws: int, begins: float, ends: float) -> None:
    await asyncio.sleep(begins)
    os.kill(aws, signal.SIGSTOP)
    try:
        await asyncio.sleep(ends - begins)
    finally:
        os.kill(aws, signal.SIGCONT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Of one scenario."""

    scenario: Scenario
    calls: Sequence[Call]
    during: Sequence[Balance]
    """While it was published."""
    after: Sequence[Balance]
    """Until nothing was on its way any more."""
    receipts: Sequence[Receipt]

    @property
    def lost(self) -> int:
        """The most events that were nowhere at any moment, or never came to an end."""
        last = self.after[-1]
        return max([each.lost for each in (*self.during, *self.after)] + [last.waiting + last.queued])

    def seconds_to_answer(self) -> list[float]:
        """Of the calls that were answered with 202."""
        return [call.ended - call.began for call in self.calls if call.is_accepted]

    def seconds_to_endpoint(self) -> list[float]:
        """From the call to the first POST."""
        began = {call.event_id: call.began for call in self.calls if call.is_accepted}
        firsts = [(event_of(receipt), receipt.at) for receipt in self.receipts if receipt.number == 1]
        return [at - began[event] for event, at in firsts if event in began]

    def unheard(self) -> int:
        """How many events the endpoint got whose publisher did not hear a 202."""
        heard = {call.event_id for call in self.calls if call.is_accepted}
        return len({event_of(receipt) for receipt in self.receipts} - heard)


def run(scenario: Scenario) -> Result:
    with running(scenario) as laptop:
        with sampled(laptop) as during:
            asyncio.run(publish(laptop, scenario))
        after = until_settled(laptop, tries=MOST_FINAL_SAMPLES, pause=lambda: time.sleep(SAMPLE_SECONDS))
        return Result(
            scenario=scenario,
            calls=laptop.publisher.calls,
            during=during,
            after=after,
            receipts=laptop.sink.receipts,
        )


def print_result(result: Result) -> None:
    told = [[ended, count] for ended, count in sorted(answers(result.calls).items())]
    print_table(result.scenario.name, ["answer to a publication", "times"], told)
    rows = [
        [name, *(f"{percentile(values, share):.2f}" for share in (0.5, 0.9, 0.99))]
        for name, values in (
            ("call to 202", result.seconds_to_answer()),
            ("call to first POST", result.seconds_to_endpoint()),
        )
    ]
    print_table("Seconds, of what was accepted", ["from", "p50", "p90", "p99"], rows)
    balances = [*result.during, *result.after]
    shown = sorted({0, len(balances) // 4, len(balances) // 2, 3 * len(balances) // 4, len(balances) - 1})
    print_table(
        f"{len(balances)} balances, {len(result.during)} of them while it was published; some of them",
        ["accepted", "delivered", "discarded", "waiting", "not yet in the ledger", "queue says", "lost"],
        [_row(balances[number]) for number in shown],
    )
    print(
        f"\nThe most that was lost at any moment: {result.lost}. "
        f"Delivered without a 202 that its publisher heard: {result.unheard()}.",
        flush=True,
    )


def _row(each: Balance) -> list[int]:
    return [each.accepted, each.delivered, each.discarded, each.waiting, each.queued, each.in_queue, each.lost]


def main() -> list[Claim]:
    """Prints the tables."""
    print(f"The laptop stack on moto, not AWS ({machine.described()})", flush=True)
    claims = []
    for scenario in SCENARIOS:
        result = run(scenario)
        print_result(result)
        claims.append(Claim(f"load, {scenario.name.partition(':')[0]}: accepted events lost", result.lost, 0, "events"))
    return claims


if __name__ == "__main__":
    found = main()
    print_claims(found)
    sys.exit(not all(claim.holds for claim in found))
