"""Subscriptions of every dialect, by the vendors' routes and by ours, against a model that is a dictionary.

Two accounts with two modes each do whatever comes to mind, at once: what one does, no other ever sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from parcelhook.dialects import build_dialects
from parcelhook.model.account import Mode
from tests.api_calls import Answered
from tests.contract.dialects.cases import CASES, Case
from tests.properties.simulated import simulated_system
from tests.system import RETRY_INTERVAL

URLS = st.integers(1, 5).map(lambda number: f"https://hooks.example.com/{number}")
BAD_URLS = st.sampled_from(
    ["", "hook", "ftp://example.com", "https://10.0.0.1/", "https://localhost/", "https://a:b@c.de"]
)
DIALECTS = build_dialects(resource_base_url="https://api.shipengine.com", attempts=3, interval=RETRY_INTERVAL)
BY_NAME = {case.name: case for case in CASES}
PLACES = st.sampled_from([(case.name, event) for case in CASES for event in DIALECTS.named(case.name).event_names])
CALLERS = st.integers(0, 3)
OWN = "/v1/subscriptions"
# By which member each vendor tells an event, and how it says whether a subscription is on. ShipEngine cannot say.
EVENT_MEMBERS = {"shipengine": "event", "shippo": "event", "ehub": "subscription_type"}
SWITCHES: Mapping[str, Mapping[bool, dict[str, Any]]] = {
    "shipengine": {True: {}},
    "shippo": {True: {"active": True}, False: {"active": False}},
    "ehub": {True: {"status": "active"}, False: {"status": "inactive"}},
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A subscription, as its owner remembers it."""

    case: Case
    event: str
    url: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A subscription that somebody made once: who, in which dialect, and its id. It may be deleted since."""

    caller: int
    dialect: str
    id: str

    @property
    def case(self) -> Case:
        return BY_NAME[self.dialect]


class Subscriptions(RuleBasedStateMachine):
    """Four callers, and what each should find."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.system = simulated_system()
        accounts = [self.system.new_account() for _ in range(2)]
        self.callers = [(account, mode) for account in accounts for mode in Mode]
        self.keys = [
            {case.name: self.system.new_key(account, case.style, mode) for case in CASES}
            for account, mode in self.callers
        ]
        self.model: list[dict[str, Kept]] = [{} for _ in self.callers]

    def vendor(self, caller: int, case: Case, method: str, subscription_id: str = "", body: object = None) -> Answered:
        path = f"{case.path}/{subscription_id}" if subscription_id else case.path
        return self.system.call(method, path, case.headers(self.keys[caller][case.name]), body)

    def own(self, caller: int, method: str, subscription_id: str = "", body: object = None) -> Answered:
        path = f"{OWN}/{subscription_id}" if subscription_id else OWN
        return self.system.call(method, path, {"api-key": self.keys[caller]["shipengine"]}, body)

    def is_allowed(self, caller: int, case: Case) -> bool:
        return self.callers[caller][1] in DIALECTS.named(case.name).modes

    def is_taken(self, caller: int, case: Case, event: str) -> bool:
        """Only one dialect has one subscription for an event."""
        same = (each for each in self.model[caller].values() if (each.case, each.event) == (case, event))
        return case.name == "shipengine" and any(same)

    @rule(target=made, caller=CALLERS, place=PLACES, url=URLS | BAD_URLS, enabled=st.booleans(), natively=st.booleans())
    def create(self, caller: int, place: tuple[str, str], url: str, enabled: bool, natively: bool) -> Any:
        case, event = BY_NAME[place[0]], place[1]
        self.system.clock.forward(seconds=1)
        if natively:
            answer = self.own(
                caller, "POST", body={"dialect": case.name, "event": event, "url": url, "enabled": enabled}
            )
            created, refused, id_member = 201, 422, "id"
        else:
            enabled = enabled or case.name == "shipengine"
            body = case.new(url) | {EVENT_MEMBERS[case.name]: event} | SWITCHES[case.name][enabled]
            answer = self.vendor(caller, case, "POST", body=body)
            created, refused, id_member = case.created, case.refused, case.id_member
        if not self.is_allowed(caller, case):
            assert answer.status in {401, 403}, answer.text
        elif not url.startswith("https://hooks"):
            assert answer.status == refused, answer.text
        elif self.is_taken(caller, case, event):
            assert answer.status == 409, answer.text
        else:
            assert answer.status == created, answer.text
            made = Made(caller, case.name, str(answer.json[id_member]))
            assert not any(made.id in kept for kept in self.model)
            self.model[caller][made.id] = Kept(case, event, url, enabled)
            return made
        return multiple()

    @rule(made=made, caller=CALLERS, url=URLS | BAD_URLS, enabled=st.booleans(), natively=st.booleans())
    def change(self, made: Made, caller: int, url: str, enabled: bool, natively: bool) -> None:
        """By whoever it comes to: its owner, or somebody who saw the id somewhere."""
        case = made.case
        self.system.clock.forward(seconds=1)
        if natively:
            answer = self.own(caller, "PATCH", made.id, {"url": url, "enabled": enabled})
            changed, refused = 200, 422
        else:
            switch = SWITCHES[case.name].get(enabled, {})
            answer = self.vendor(caller, case, "PUT", made.id, case.change(url) | switch)
            changed, refused = case.changed, case.refused
            kept = self.model[caller].get(made.id)
            enabled = enabled if switch or kept is None else kept.enabled
        if not natively and not self.is_allowed(caller, case):
            assert answer.status in {401, 403}, answer.text
        elif made.id not in self.model[caller]:
            assert answer.status == 404, answer.text
        elif not url.startswith("https://hooks"):
            assert answer.status == refused, answer.text
        else:
            assert answer.status == changed, answer.text
            event = self.model[caller][made.id].event
            if case.name == "shippo" and not natively:
                event = case.change(url)["event"]
            self.model[caller][made.id] = replace(self.model[caller][made.id], event=event, url=url, enabled=enabled)

    @rule(made=made, caller=CALLERS, natively=st.booleans())
    def look(self, made: Made, caller: int, natively: bool) -> None:
        """Anybody may try; who does not own it learns nothing, not even that it exists."""
        case = made.case
        answer = self.own(caller, "GET", made.id) if natively else self.vendor(caller, case, "GET", made.id)
        kept = self.model[caller].get(made.id)
        if kept is None:
            assert answer.status in {401, 403, 404}, answer.text
            never = self.own(caller, "GET", made.id[:-1] + ("2" if made.id[-1] == "1" else "1"))
            assert not natively or (never.status, never.json["title"]) == (answer.status, answer.json["title"])
        else:
            assert (answer.status, answer.json["url"]) == (200, kept.url)

    @rule(made=consumes(made), caller=CALLERS, natively=st.booleans())
    def delete(self, made: Made, caller: int, natively: bool) -> None:
        case = made.case
        answer = self.own(caller, "DELETE", made.id) if natively else self.vendor(caller, case, "DELETE", made.id)
        if not natively and not self.is_allowed(caller, case):
            assert answer.status in {401, 403}, answer.text
        elif self.model[caller].pop(made.id, None) is None:
            assert answer.status == 404, answer.text
        else:
            assert answer.status == 204, answer.text
            assert self.vendor(caller, case, "GET", made.id).status == 404

    @rule(caller=CALLERS, dialect=st.sampled_from(list(BY_NAME)))
    def list_as_the_vendor_does(self, caller: int, dialect: str) -> None:
        case = BY_NAME[dialect]
        answer = self.vendor(caller, case, "GET")
        if not self.is_allowed(caller, case):
            assert answer.status in {401, 403}, answer.text
            return
        told = [
            (str(each[case.id_member]), each[EVENT_MEMBERS[case.name]], each["url"])
            for each in case.listed(answer.json)
        ]
        kept = self.model[caller].items()
        assert told == [(each_id, each.event, each.url) for each_id, each in kept if each.case == case]

    @invariant()
    def each_finds_what_is_theirs_and_nothing_else(self) -> None:
        for caller, kept in enumerate(self.model):
            account, mode = self.callers[caller]
            found = self.system.registry.subscriptions(account, mode)
            told = {each.id: (each.dialect, each.event_name, each.url, each.enabled) for each in found}
            assert told == {
                each_id: (each.case.name, each.event, each.url, each.enabled) for each_id, each in kept.items()
            }


TestSubscriptions = Subscriptions.TestCase
TestSubscriptions.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
