"""Prints what a million deliveries cost: `python -m benchmarks.cost`."""

from dataclasses import replace
from datetime import timedelta

from benchmarks import machine
from benchmarks.claims import Claim
from benchmarks.cost import flow, schedules
from benchmarks.cost.cpu import measured
from benchmarks.cost.model import Assumptions, million, priced
from benchmarks.cost.wire import handshake_bytes
from benchmarks.table import print_table
from parcelhook.prices import DATE, PRICES, dollars
from parcelhook.resources import API, DISPATCH, EVENTS_MAPPING

_EVENTS = 200
_BARS = {"singles": 3.50, "batches of 100": 2.00, "failed, discarded": 12.00}


def main() -> list[Claim]:
    """Prints the tables. Answers what a million costs, and how many schedules a million failures make."""
    cpu, given = measured(), Assumptions(handshake_bytes=handshake_bytes())
    runs = {
        "singles": flow.delivered(_EVENTS, 1),
        "batches of 100": flow.delivered(_EVENTS, 100),
        "failed, discarded": flow.discarded(_EVENTS, 100),
    }
    counts = {name: million(run, _EVENTS, cpu, given) for name, run in runs.items()}
    rows = [[kind, *(_cell(kind, counts[name]) for name in runs)] for kind in PRICES]
    rows.append(["all", *(f"${priced(counts[name]):.2f}" for name in runs)])
    storage = "DynamoDB GB-months stored"
    rows.append(["without storage", *(f"${priced(counts[name] | {storage: 0.0}):.2f}" for name in runs)])
    slow = replace(given, core_slowdown=2.0)
    slower = {name: priced(million(run, _EVENTS, cpu, slow)) for name, run in runs.items()}
    rows.append(["all, if a core is half as fast", *(f"${slower[name]:.2f}" for name in runs)])
    rows.append(["bar", *(f"${_BARS[name]:.2f}" for name in runs)])
    title = f"A million events of 2 KB, one subscriber each (list prices of {DATE}, us-east-1, no free tier)"
    print_table(title, ["kind: units and dollars", *runs], rows)
    calls = sorted({call for run in runs.values() for call in run.calls})
    print_table(
        f"AWS calls made for {_EVENTS} events",
        ["call", *runs],
        [[call, *(run.calls[call] for run in runs.values())] for call in calls],
    )
    hour = schedules.in_an_hour(1_000_000, shards=1, width=timedelta(minutes=1))
    print_table(
        "A million failures in one hour",
        ["", "schedules"],
        [["by the rule, at most", 60], ["made, one shard", hour]],
    )
    print(f"\nMachine: {machine.described()}. CPU measured, ms: {cpu}.")
    print(f"Assumed: {given}.")
    print(
        f"Memory: api {API.memory} MiB, dispatch {DISPATCH.memory} MiB; {EVENTS_MAPPING.batch_size} messages a batch."
        " Queues are taken to be busy, so that batches are full."
    )
    prices = [Claim(f"a million events, {name}", priced(counts[name]), _BARS[name], "$") for name in runs]
    return [*prices, Claim("schedules of a million failures in an hour", hour, 60, "")]


def _cell(kind: str, counts: dict[str, float]) -> str:
    count = counts.get(kind, 0.0)
    return f"{count:>12,.2f}  ${dollars(kind, count):.3f}"


if __name__ == "__main__":
    main()
