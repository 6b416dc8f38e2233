"""Prints what hanging endpoints cost the healthy ones: `python -m benchmarks.isolation`."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise

from benchmarks.claims import Claim
from benchmarks.isolation.deployment import DISPATCH_MAPPINGS
from benchmarks.isolation.load import Run, Scenario, Summary, live
from benchmarks.isolation.model import HEALTHY, SERVICE
from benchmarks.isolation.plain import plain
from benchmarks.table import print_table
from parcelhook import resources

_SHARES = (0.0, 0.01, 0.05, 0.10)
_WINDOWS = (0, resources.EVENTS_MAPPING.batching_window)
_TRANSIENT, _STEADY, _WHOLE = "the first 2 minutes", "from minute 3 on", "all 4 minutes"
_PERIODS = {_TRANSIENT: (60.0, 180.0), _STEADY: (240.0, 300.0), _WHOLE: (60.0, 300.0)}
_UNTIL = 300.0
_P99_BAR, _BILLED_BAR = 1.5, 1.6

_CIRCUIT_CASE = Scenario(
    hanging=0.5, endpoints=2, rate=2.0, hang_from=60.0, hang_until=3660.0, until=7200.0, mappings=DISPATCH_MAPPINGS
)


def _summaries(scenario: Scenario) -> dict[str, Summary]:
    run = live(scenario)
    return {name: run.summary(*period) for name, period in _PERIODS.items()}


def _window(window: int) -> Summary:
    mappings = tuple(
        replace(each, batching_window=window) if each is resources.EVENTS_MAPPING else each
        for each in DISPATCH_MAPPINGS
    )
    return live(Scenario(until=120.0, mappings=mappings)).summary(30.0, 120.0)


def _drained(scenario: Scenario) -> list[list[object]]:
    run: Run = live(scenario)
    (url,) = run.hanging
    began = [each.began for each in run.deployment.posts if each.url == url]
    first = next(moment for moment in began if moment >= scenario.hang_until)
    rows: list[list[object]] = [
        ["came back at", "", f"{scenario.hang_until:.0f} s"],
        ["probe at", "", f"{first:.0f} s"],
    ]
    edges = [0, 15, 30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800]
    for since, until in pairwise(edges):
        own = [moment - first for moment in began if since <= moment - first < until]
        most = max((sum(1 for each in own if second <= each < second + 1) for second in range(since, until)), default=0)
        rows.append([f"{since} to {until} s after", f"{len(own) / (until - since):.1f}", f"{most}"])
    return rows


def main() -> list[Claim]:
    """Prints the tables."""
    with ProcessPoolExecutor() as pool:
        drained = pool.submit(_drained, _CIRCUIT_CASE)
        ours = pool.map(_summaries, [Scenario(hanging=share, until=_UNTIL) for share in _SHARES])
        beside = pool.map(_summaries, [Scenario(hanging=share, until=_UNTIL, altered=plain) for share in _SHARES])
        windows = pool.map(_window, _WINDOWS)
        found = list(ours)
        _print_shares("Parcelhook", found)
        _print_shares("One plain queue: the same engine without slow lane and circuit", list(beside))
        _print_windows(list(windows))
        print_table(
            "An endpoint that comes back after an hour, with one event a second for it: POSTs that it gets",
            ["", "a second", "most in a second"],
            drained.result(),
        )
    print(
        f"\n100 events a second to 1,000 endpoints; hanging ones begin to at second 60. Assumed: {SERVICE}; {HEALTHY}."
    )
    for each in DISPATCH_MAPPINGS:
        print(
            f"{each.queue.name}: {each.max_concurrency} workers, {each.batch_size} messages, {each.batching_window} s"
        )
    return claims(found)


def claims(found: Sequence[dict[str, Summary]]) -> list[Claim]:
    """What the largest share of hanging endpoints costs the healthy ones in each period. `found` is by rising share."""
    made = []
    for period in found[0]:
        none, most = found[0][period], found[-1][period]
        of = f"{_SHARES[-1]:.0%} hanging, {period}, to none"
        made.append(Claim(f"p99 of healthy deliveries, {of}", most.p99 / none.p99, _P99_BAR))
        made.append(Claim(f"worker seconds, {of}", most.billed / none.billed, _BILLED_BAR))
    return made


def _print_shares(title: str, found: Sequence[dict[str, Summary]]) -> None:
    for period in _PERIODS:
        none = found[0][period]
        rows = []
        for share, summaries in zip(_SHARES, found, strict=True):
            own = summaries[period]
            rows.append(
                [
                    f"{share:.0%}",
                    f"{own.p50:.2f}",
                    f"{own.p99:.2f}",
                    f"{own.p99 / none.p99:.2f}",
                    own.undelivered,
                    f"{own.billed:.1f}",
                    f"{own.billed / none.billed:.2f}",
                    own.hanging_posts,
                ]
            )
        head = ["hanging", "p50 s", "p99 s", "of none", "waiting yet", "worker s/s", "of none", "POSTs to hanging"]
        print_table(f"{title}, {period} of hanging", head, rows)


def _print_windows(found: Sequence[Summary]) -> None:
    print_table(
        "The batching window of the events, all endpoints healthy",
        ["window s", "p50 s", "p99 s", "worker s/s", "messages in a batch"],
        [
            [window, f"{own.p50:.2f}", f"{own.p99:.2f}", f"{own.billed:.1f}", f"{own.batch:.1f}"]
            for window, own in zip(_WINDOWS, found, strict=True)
        ],
    )


if __name__ == "__main__":
    main()
