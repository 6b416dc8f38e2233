"""A subscription's numbers: exact from the ledger, and beyond what is read there from hourly sums."""

from collections import Counter
from datetime import timedelta

import pytest

from parcelhook.clock import to_text
from parcelhook.delivery.tally import GROUP, Tally
from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.model.stats import Counts, coarse
from parcelhook.security.api_keys import KeyStyle
from parcelhook.storage import stats as storage_stats
from parcelhook.storage.stats import Stats
from tests.api_calls import Answered
from tests.builders import attempt, delivery, failed_attempt
from tests.cloud import Cloud
from tests.endpoint import answered
from tests.system import System

UPDATE = {"tracking_number": "1Z", "carrier": "ups", "status": "in_transit"}


class Subscribed:
    """An account with a subscription to tracking updates."""

    def __init__(self, system: System) -> None:
        self.system, self.account_id = system, system.new_account()
        self.key = system.new_key(self.account_id, KeyStyle.SHIPENGINE)
        wanted = {"dialect": "shipengine", "event": "track", "url": "https://example.com/hook"}
        answer = system.call("POST", "/v1/subscriptions", {"api-key": self.key}, wanted)
        self.id: str = answer.json["id"]

    def stats(self, query: str = "") -> Answered:
        return self.system.call("GET", f"/v1/subscriptions/{self.id}/stats{query}", {"api-key": self.key})

    def publish(self, times: int, status_code: int = 200) -> None:
        self.system.endpoint.answer = lambda _: answered(status_code)
        for _ in range(times):
            self.system.publish(self.account_id, EventType.TRACKING_UPDATED, UPDATE)


@pytest.fixture
def subscribed(cloud: Cloud) -> Subscribed:
    return Subscribed(System(cloud))


def test_nothing_was_sent_yet(subscribed: Subscribed) -> None:
    told = subscribed.stats().json
    numbers = {
        name: told[name] for name in ("delivered", "failed", "retrying", "discarded", "p50_ms", "p95_ms", "last")
    }
    assert numbers == {
        **{"delivered": 0, "failed": 0, "retrying": 0, "discarded": 0},
        **{"p50_ms": None, "p95_ms": None, "last": None},
    }
    assert (told["window"], len(told["hours"]), told["exact_since"]) == ("24h", 24, None)
    assert told["to"] == to_text(subscribed.system.clock.now())
    assert told["from"] == told["hours"][0]["from"]


def test_few_deliveries_are_counted_at_once_and_exactly(subscribed: Subscribed) -> None:
    subscribed.publish(2)
    subscribed.system.clock.moment += timedelta(seconds=1)
    subscribed.publish(1, 503)
    told = subscribed.stats().json
    assert (told["delivered"], told["failed"], told["retrying"], told["discarded"]) == (2, 1, 1, 0)
    assert (told["last"]["outcome"], told["last"]["status_code"]) == ("retry", 503)
    assert told["p50_ms"] is not None
    assert told["hours"][-1] | {"from": ""} == {"from": "", "delivered": 2, "failed": 1}


def test_attempts_count_in_the_hours_they_were_made_in(subscribed: Subscribed) -> None:
    subscribed.publish(1, 503)
    subscribed.system.run_out()
    told = subscribed.stats("?window=6h").json
    assert (told["failed"], told["discarded"], told["retrying"]) == (3, 1, 0)
    assert [hour["failed"] for hour in told["hours"]] == [0, 1, 0, 1, 0, 1]
    assert told["last"]["outcome"] == "give_up"


def test_what_is_older_than_the_window_does_not_count(subscribed: Subscribed) -> None:
    subscribed.publish(1)
    subscribed.system.clock.moment += timedelta(hours=2)
    assert subscribed.stats("?window=1h").json["delivered"] == 0
    assert subscribed.stats("?window=1d").json["delivered"] == 1


@pytest.mark.parametrize("window", ["0h", "169h", "8d", "1w", "24", "-1h", "1h1h", "٣h"])
def test_window_that_is_none_is_pointed_at(subscribed: Subscribed, window: str) -> None:
    answer = subscribed.stats(f"?window={window}")
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "?window")


def test_stranger_sees_no_numbers(subscribed: Subscribed) -> None:
    stranger = Subscribed(subscribed.system)
    stranger.id = subscribed.id
    assert stranger.stats().status == 404


def test_beyond_what_is_read_the_hourly_sums_count(subscribed: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    stats = Stats(subscribed.system.ledger)
    old = Counts(delivered=70, failed=5, durations=Counter({812: 75}))
    stats.add(subscribed.account_id, Mode.LIVE, subscribed.id, old)
    subscribed.publish(1)
    subscribed.system.clock.moment += timedelta(hours=1)
    subscribed.publish(2)
    assert subscribed.stats().json["delivered"] == 3, "what is read completely needs no sums"
    monkeypatch.setattr(storage_stats, "MOST_READ", 2)
    told = subscribed.stats().json
    assert (told["delivered"], told["failed"]) == (72, 5)
    assert [hour["delivered"] for hour in told["hours"]][-2:] == [70, 2]
    assert told["p50_ms"] == 810
    assert told["exact_since"] == to_text(subscribed.system.clock.now())


class Store:
    """Takes sums, or says no."""

    def __init__(self) -> None:
        self.taken: list[Counts] = []
        self.fails = False

    def add(self, account_id: str, mode: Mode, subscription_id: str, counts: Counts) -> None:
        if self.fails:
            raise UnavailableError("throttled")
        self.taken.append(counts)


def test_tally_writes_once_for_many_attempts_and_loses_none() -> None:
    store = Store()
    tally = Tally(store)
    made = [delivery().delivered(attempt()), delivery().given_up(failed_attempt(), "All attempts failed.")]
    for number in range(2 * GROUP):
        tally.recorded(made[number % 2])
    assert [counts.attempts for counts in store.taken] == [GROUP, GROUP]
    total = Counts()
    for counts in store.taken:
        total.add(counts)
    assert (total.delivered, total.failed, total.discarded) == (GROUP, GROUP, GROUP)


def test_sums_that_cannot_be_written_fail_nothing() -> None:
    store = Store()
    store.fails = True
    tally = Tally(store)
    for _ in range(GROUP):
        tally.recorded(delivery().delivered(attempt()))
    assert store.taken == []


@pytest.mark.parametrize(
    ("exact", "told"), [(0, 0), (7, 7), (99, 99), (104, 100), (105, 110), (1234, 1200), (29999, 30000)]
)
def test_durations_are_kept_to_two_digits(exact: int, told: int) -> None:
    assert coarse(exact) == told


def test_percentiles_are_durations_that_so_many_attempts_did_not_exceed() -> None:
    counts = Counts(durations=Counter(range(1, 101)))
    assert (counts.percentile(0.5), counts.percentile(0.95)) == (50, 95)
    assert Counts(durations=Counter([7])).percentile(0.5) == 7
