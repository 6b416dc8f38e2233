"""Which addresses are public: no more than the standard library thinks, and much less."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.security.addresses import is_public, is_public_text
from tests.unit.security.hostile import LITERALS, LOOK_ALIKES, NAMES

PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
)


def special(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


@pytest.mark.parametrize("text", PUBLIC)
def test_address_of_anybody_is_public(text: str) -> None:
    assert is_public_text(text)


@pytest.mark.parametrize("host", [*LITERALS, *NAMES, *LOOK_ALIKES])
def test_hostile_spelling_is_not_public(host: str) -> None:
    assert not is_public_text(host)
    assert not is_public_text(host.strip("[]"))


@pytest.mark.parametrize("text", ["", " ", "1.1.1.1 ", " 1.1.1.1", "1.1.1.1\n", "1.1.1.1/32", "::g", "[::]", "None"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public_text(text)


@given(st.ip_addresses(v=4))
def test_special_ipv4_is_never_public(address: IPv4Address) -> None:
    assert not (is_public(address) and special(address))


@given(st.ip_addresses(v=6))
def test_special_ipv6_is_never_public(address: IPv6Address) -> None:
    assert not (is_public(address) and special(address))


@given(st.ip_addresses(v=6))
def test_ipv6_that_carries_an_ipv4_address_is_never_public(address: IPv6Address) -> None:
    inside = (address.ipv4_mapped, address.sixtofour, address.teredo)
    assert not (is_public(address) and any(inside))


@given(st.ip_addresses(v=4))
def test_ipv4_in_ipv6_clothes_is_never_public(address: IPv4Address) -> None:
    number = int(address)
    for carrier in (0, 0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112 | number << 80, 0xFFFF << 48):
        assert not is_public(IPv6Address(carrier | number))


@given(st.ip_addresses(v=6))
def test_zone_makes_any_address_private(address: IPv6Address) -> None:
    assert not is_public(IPv6Address(f"{address}%eth0"))


@pytest.mark.parametrize("network", ["1.0.0.0/8", "8.0.0.0/8", "93.184.0.0/16", "2606:4700::/32", "2a00::/12"])
def test_whole_networks_of_providers_are_public(network: str) -> None:
    assert is_public(ip_network(network)[0])
    assert is_public(ip_network(network)[-1])
