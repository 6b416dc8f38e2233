"""Which URLs may be endpoints, in two tables: none of the hostile ones, all of the honest ones."""

import socket
from collections.abc import Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.security.endpoints import LONGEST_URL, EndpointRules, host_fault
from tests.unit.security.hostile import LITERALS, LOOK_ALIKES, NAMES, URLS

PORTS = frozenset({443, 8443})
HONEST = (
    "https://example.com",
    "https://hooks.example.com/track",
    "https://hooks.example.com./track",
    "https://HOOKS.Example.COM/Track",
    "HTTPS://hooks.example.com/",
    "https://hooks.example.com:443/track",
    "https://hooks.example.com:8443/track",
    "https://hooks.example.com:/track",
    "https://a-b_c.example.co.uk/?token=x%20y&z=#part",
    "https://xn--bcher-kva.example/",
    "https://bücher.example/zoë",
    "https://例え.jp/",
    "https://1password.com/",
    "https://4.example.com/",
    "https://0x7f.example.com/",
    "https://local.example.com/",
    "https://localhost.example.com/",
    "https://internal.example.com/",
    "https://mylocal.com/",
    "https://test.com/",
    "https://8.8.8.8/",
    "https://1.1.1.1:8443/",
    "https://[2606:4700:4700::1111]/",
    "https://hooks.example.com/" + "a" * (LONGEST_URL - 26),
    "https://prod-00.westus.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?api-version=1&sp=%2F",
    "https://abc123.execute-api.us-east-1.amazonaws.com/prod/track",
    "https://webhook.site/5f0c2f0a-3c8a-4c55-9a5c-0d2d6f1f3a11",
)


def nothing(host: str) -> Sequence[str]:
    return []


def rules(*addresses: str, private: bool = False) -> EndpointRules:
    return EndpointRules(allowed_ports=PORTS, resolve=lambda host: addresses, dangerous_allow_private=private)


def test_there_are_many_hostile_spellings() -> None:
    assert len({*LITERALS, *NAMES, *LOOK_ALIKES}) >= 60


@pytest.mark.parametrize("host", [*LITERALS, *NAMES, *LOOK_ALIKES])
def test_hostile_host_is_refused_by_its_spelling(host: str) -> None:
    fault = rules().fault(f"https://{host}/")
    assert fault is not None
    assert fault.startswith("The URL")
    assert fault.endswith(".")


@pytest.mark.parametrize("url", URLS)
def test_hostile_url_is_refused(url: str) -> None:
    assert rules().fault(url) is not None


@pytest.mark.parametrize("url", HONEST)
def test_honest_url_is_accepted(url: str) -> None:
    assert rules("93.184.215.14").fault(url) is None


@pytest.mark.parametrize("url", HONEST)
def test_honest_url_can_be_posted_to(url: str) -> None:
    assert httpx.URL(url).raw_host


def test_name_that_does_not_resolve_yet_is_accepted() -> None:
    assert rules().fault("https://hooks.example.com/") is None


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("1.1.1.1", "10.0.0.1"), ("2606:4700::1111", "::1"), ("x",)])
def test_name_with_any_address_that_is_not_public_is_refused(addresses: Sequence[str]) -> None:
    assert rules(*addresses).fault("https://hooks.example.com/") == "The URL's host has an address that is not public."


@pytest.mark.parametrize(
    "host", ["api.example.com", "API.Example.com", "api.example.com.", "api.example.com:8443", "api。example。com"]
)
def test_service_itself_is_refused_in_any_spelling(host: str) -> None:
    own = EndpointRules(allowed_ports=PORTS, resolve=nothing, own_hosts=frozenset({"api.example.com"}))
    assert own.fault(f"https://{host}/v1/events") is not None
    assert own.fault("https://hooks.api.example.com/") is None


def test_service_itself_is_named_as_the_reason() -> None:
    own = EndpointRules(
        allowed_ports=PORTS, resolve=nothing, own_hosts=frozenset({"bücher.example", "xn--bcher-kva.example"})
    )
    assert own.fault("https://BÜCHER.example./") == "The URL's host is this service itself."


def test_each_fault_says_what_to_do() -> None:
    known = rules()
    assert known.fault("http://hooks.example.com/") == "The URL must begin with https://."
    assert known.fault("https://a:b@hooks.example.com/") == "The URL must not carry credentials."
    assert known.fault("https://hooks.example.com:22/") == "The URL's port must be 443 or 8443."
    assert known.fault("https://10.0.0.1/") == "The URL's address is not public."
    assert known.fault("https://0x7f.1/") == "The URL's address is not written as four decimal numbers."


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/bin/a", "http://localhost:1/", "https://10.0.0.1/"])
def test_laptop_may_reach_itself_when_it_says_so(url: str) -> None:
    assert rules("127.0.0.1", private=True).fault(url) is None


@pytest.mark.parametrize("url", ["ftp://localhost/", "http://a:b@localhost/", "http://localhost/\n", "localhost"])
def test_laptop_refuses_what_is_no_url(url: str) -> None:
    assert rules(private=True).fault(url) is not None


@given(st.integers(0, 2**32 - 1))
def test_ipv4_is_judged_the_same_in_every_spelling(number: int) -> None:
    """What inet_aton reads as an address that is not public is refused, and so is every form but the plain one."""
    plain = socket.inet_ntoa(number.to_bytes(4, "big"))
    assert host_fault(str(number)) is not None
    assert host_fault(hex(number)) is not None
    assert host_fault(f"[{plain}]".strip("[]") + ".") is not None
    assert (host_fault(f"::ffff:{plain}")) is not None


@given(st.text(min_size=1, max_size=30))
def test_any_text_as_a_host_is_judged_without_a_crash(text: str) -> None:
    fault = EndpointRules(allowed_ports=PORTS, resolve=nothing).fault(f"https://{text}/")
    assert fault is None or fault.startswith("The URL")


@given(st.text(max_size=50))
def test_any_text_as_a_url_is_judged_without_a_crash(text: str) -> None:
    assert isinstance(EndpointRules(allowed_ports=PORTS, resolve=nothing).fault(text), str | None)
