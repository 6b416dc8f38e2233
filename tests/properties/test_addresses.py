"""Which addresses are public, held against two others who have read the registries: `ipaddress` and netaddr."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import netaddr
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.security.addresses import is_public, is_public_text

# Refused although the registries call them globally reachable: what nobody's endpoint has.
REFUSED_BESIDES = [
    ip_network(network)
    for network in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "224.0.0.0/4",
        "2001::/23",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]
# Where somebody draws a line.
LINES = [
    ip_network(str(network))
    for network in (
        *netaddr.ip.IPV4_PRIVATE_USE,
        *("0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.2.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "::/8", "64:ff9b::/96", "100::/64", "2001:db8::/32"),
        *("2000::/3", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "5f00::/16"),
    )
] + REFUSED_BESIDES
Address = IPv4Address | IPv6Address


def _near(line: int, last: bool, steps: int) -> Address:
    network = LINES[line]
    number = int(network[-1] if last else network[0]) + steps
    most = 2**network.max_prefixlen - 1
    kind = IPv4Address if network.version == 4 else IPv6Address
    return kind(min(max(number, 0), most))


NEAR_A_LINE = st.builds(_near, st.integers(0, len(LINES) - 1), st.booleans(), st.integers(-2, 2))
ADDRESSES = NEAR_A_LINE | st.ip_addresses()
# What libraries of other languages and resolvers take for addresses too: octal, hexadecimal, short, padded, with ports.
SPELLINGS = st.text(st.sampled_from("0123456789abcdefx.:%[]/ -"), max_size=24) | st.builds(
    lambda address, change, place: str(address)[:place] + change + str(address)[place:],
    ADDRESSES,
    st.sampled_from(["", "0", "0x", " ", ".", ":", "%1", "/32", "\n", "\u0663", "\uff11"]),
    st.integers(0, 20),
)


@given(ADDRESSES)
def test_public_is_only_what_both_others_call_reachable(address: Address) -> None:
    if is_public(address):
        assert address.is_global
        assert netaddr.IPAddress(str(address)).is_global()


@given(ADDRESSES)
def test_what_both_others_call_reachable_is_public_but_for_what_is_named_here(address: Address) -> None:
    given_out = address.version == 4 or address in ip_network("2000::/3")
    if address.is_global and netaddr.IPAddress(str(address)).is_global() and given_out and not is_public(address):
        assert any(address in network for network in REFUSED_BESIDES if network.version == address.version)


@given(SPELLINGS)
def test_text_is_public_only_where_everybody_reads_the_same_address(text: str) -> None:
    if is_public_text(text):
        strict = netaddr.IPAddress(text, flags=netaddr.INET_PTON)
        assert int(strict) == int(ip_address(text))
        assert strict.is_global()
