"""Headers that subscribers may ask for, and those that they may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.security.headers import masked, name_fault, value_fault

VENDORS = ("x-vendor-", "vend-")


@pytest.mark.parametrize(
    "name", ["X-Api-Key", "Authorization", "x-token", "X_Own", "Shop", "a" * 100, "X-Webhook", "!#$%"]
)
def test_own_header_is_allowed(name: str) -> None:
    assert name_fault(name, VENDORS) is None


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "content-length",
        "Content-Type",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Accept",
        "Accept-Encoding",
        "User-Agent",
        "Cookie",
        "Date",
        "Via",
        "Forwarded",
        "X-Forwarded-For",
        "Proxy-Authorization",
        "webhook-id",
        "Webhook-Signature",
        "X-Vendor-Timestamp",
        "Vend-Signature",
        "X-Amzn-Trace-Id",
        "X-Parcelhook-Anything",
        "Parcelhook-Hops",
    ],
)
def test_header_of_ours_or_of_a_hop_is_refused_in_any_case(name: str) -> None:
    for spelling in (name, name.lower(), name.upper()):
        assert name_fault(spelling, VENDORS) == f"The header {spelling} is set by the delivery itself."


@pytest.mark.parametrize(
    "name", ["", " ", "X Own", "X-Own:", "X-Own\r\nHost", "Zoë", "(own)", "a" * 101, "X-Own\n", "a\0"]
)
def test_what_is_no_name_of_a_header_is_refused(name: str) -> None:
    assert name_fault(name, VENDORS) == "This is not the name of a header."


@pytest.mark.parametrize("value", ["", "a", "Bearer abc.def==", " padded ", "~" * 1000])
def test_printable_value_is_allowed(value: str) -> None:
    assert value_fault(value) is None


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a\n", "\n", "a\0", "a\tb", "Zoë", "\x7f", "\ud800"])
def test_value_that_could_end_the_header_is_refused(value: str) -> None:
    assert value_fault(value) == "The value must be printable ASCII."


def test_long_value_is_refused() -> None:
    assert value_fault("a" * 1001) == "The value must be at most 1000 characters long."


@given(st.text(), st.text())
def test_what_is_accepted_makes_one_line(name: str, value: str) -> None:
    if name_fault(name, VENDORS) is None and value_fault(value) is None:
        assert len(f"{name}: {value}".encode("ascii").splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Authorization", "Bearer opens", "Bearer ********"),
        ("authorization", "opens", "********"),
        ("X-Api-Key", "opens", "********"),
        ("x-shop-TOKEN", "Bearer opens", "********"),
        ("X-Shop", "7", "7"),
        ("webhook-signature", "v1,proves", "v1,proves"),
    ],
)
def test_credential_is_masked(name: str, value: str, seen: str) -> None:
    assert masked(name, value) == seen
