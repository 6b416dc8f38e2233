"""A cursor, wherever it comes from, shows nothing of another account or mode: at most it skips what is one's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from parcelhook.delivery.sender import Post
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.security.api_keys import KeyStyle
from parcelhook.storage.cursors import to_cursor
from tests.api_calls import Answered
from tests.endpoint import Answer, answered
from tests.properties.simulated import simulated_system

STATUSES = (200, 500, 200)
"""What the endpoint answers to each event of a history."""
LISTS = ("events?", "deliveries?", "deliveries?state=retrying&", "deliveries?subscription={}&")
REFUSED = 422
CALLERS = st.integers(0, 3)
ULIDS = st.text(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), min_size=26, max_size=26)
NAMES = st.text(st.sampled_from("abcxyz019-"), min_size=1, max_size=64)
POSITIONS = ULIDS | st.builds(lambda ulid, name: f"{ulid}#{name}", ULIDS, NAMES)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a history of their own."""

    key: str
    subscription_id: str

    def answer(self, listed: str, limit: int, cursor: str | None) -> Answered:
        """What the api says to a page of one of `LISTS`."""
        path = f"/v1/{listed.format(self.subscription_id)}limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        return simulated_system().call("GET", path, {"api-key": self.key})

    def page(self, listed: str, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page that there is."""
        answer = self.answer(listed, limit, cursor)
        assert answer.status == 200, answer.text
        page: dict[str, Any] = answer.json
        return page

    def ids(self, listed: str) -> list[str]:
        """All that the list has, as one page tells it."""
        return ids_of(self.page(listed, 100, None))


@cache
def callers() -> list[Caller]:
    """Two accounts in both modes, whose histories happened at the same moments."""
    system = simulated_system()
    found = []
    for account, mode in product([system.new_account() for _ in range(2)], Mode):
        key = system.new_key(account, KeyStyle.SHIPPO, mode)
        wanted = {"dialect": "shippo", "event": "all", "url": "https://hooks.example.com/"}
        made = system.call("POST", "/v1/subscriptions", {"api-key": key}, wanted).json["id"]
        found.append(Caller(key, made))
        for status in STATUSES:
            system.endpoint.answer = partial(_answer, status)
            system.publish(account, EventType.BATCH_CREATED, {"batch_id": str(status)}, mode)
        system.endpoint.answer = partial(_answer, 200)
    return found


def _answer(status: int, _: Post) -> Answer:
    return answered(status)


def ids_of(page: dict[str, Any]) -> list[str]:
    return [each["id"] for member in ("events", "deliveries") for each in page.get(member, [])]


def cursors_of_others(caller: int) -> Iterator[str]:
    """All that the lists of the others answer with."""
    for other in callers()[:caller] + callers()[caller + 1 :]:
        for listed in LISTS:
            cursor = None
            while True:
                cursor = other.page(listed, 1, cursor)["next"]
                if cursor is None:
                    break
                yield cursor


@given(caller=CALLERS, listed=st.sampled_from(LISTS), limit=st.integers(1, 5), data=st.data())
@settings(max_examples=100)
def test_forged_cursor_only_skips_what_is_ones_own(caller: int, listed: str, limit: int, data: st.DataObject) -> None:
    own, cursor = callers()[caller], to_cursor(data.draw(POSITIONS))
    if own.answer(listed, limit, cursor).status == REFUSED:
        return
    found, everything = ids_of(own.page(listed, limit, cursor)), own.ids(listed)
    first = everything.index(found[0]) if found else len(everything)
    assert found == everything[first : first + limit]


def test_cursor_of_another_account_or_mode_shows_nothing_of_theirs() -> None:
    for caller, own in enumerate(callers()):
        for cursor, listed in product(sorted(set(cursors_of_others(caller))), LISTS):
            found = ids_of(own.page(listed, 100, cursor))
            everything = own.ids(listed)
            assert found == everything[len(everything) - len(found) :]


def test_histories_are_there_to_be_mixed_up() -> None:
    """Else the others would hold for nothing."""
    everything = [own.ids(listed) for own in callers() for listed in LISTS]
    assert [len(ids) for ids in everything] == [len(STATUSES), len(STATUSES), 1, len(STATUSES)] * 4
    assert len({each for ids in everything for each in ids}) == 4 * 2 * len(STATUSES)
