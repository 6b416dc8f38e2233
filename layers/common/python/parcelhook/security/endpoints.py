"""Which URLs may be endpoints, as far as it shows before connecting."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address
from urllib.parse import SplitResult, urlsplit

from parcelhook.collaborators import collaborator
from parcelhook.security.addresses import is_public, is_public_text

LONGEST_URL = 2048

# Names that clouds and local networks answer themselves.
_LOCAL_SUFFIXES = (
    ".localhost",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".home.arpa",
    ".onion",
    ".test",
    ".invalid",
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What inet_aton, and with it many a resolver, takes for the last part of an IPv4 address.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)

Resolve = Callable[[str], Sequence[str]]
"""The addresses of a host name, or none where it has none yet."""


@collaborator(kw_only=True)
class EndpointRules:
    """What an endpoint may be."""

    allowed_ports: frozenset[int]
    resolve: Resolve
    own_hosts: frozenset[str] = frozenset()
    """Names of the service itself, in lower case: a webhook to it would be a loop."""
    dangerous_allow_private: bool = False
    """Laptop only: http, any port, any address."""

    def fault(self, url: str) -> str | None:
        """Why `url` may not be an endpoint, as a sentence, or None."""
        return _form_fault(url) or self._place_fault(urlsplit(url))

    def _place_fault(self, parts: SplitResult) -> str | None:
        if self.dangerous_allow_private:
            return None
        host = parts.hostname or ""
        if parts.scheme != "https":
            return "The URL must begin with https://."
        if (parts.port or 443) not in self.allowed_ports:
            ports = " or ".join(map(str, sorted(self.allowed_ports)))
            return f"The URL's port must be {ports}."
        return host_fault(host) or self._own_fault(host) or self._address_fault(host)

    def _own_fault(self, host: str) -> str | None:
        if _as_asked(host) in self.own_hosts:
            return "The URL's host is this service itself."
        return None

    def _address_fault(self, host: str) -> str | None:
        if any(not is_public_text(address) for address in self.resolve(host)):
            return "The URL's host has an address that is not public."
        return None


def _form_fault(url: str) -> str | None:
    if len(url) > LONGEST_URL:
        return f"The URL must be at most {LONGEST_URL} characters long."
    if any(character <= " " or character == "\x7f" or character == "\\" for character in url):
        return "The URL must not have spaces, control characters or backslashes."
    try:
        url.encode()  # half a surrogate pair is no character
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "The URL is not well-formed."
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        return "The URL is not well-formed."
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return "The URL must be absolute and begin with https://."
    if "@" in parts.netloc:
        return "The URL must not carry credentials."
    return None


def host_fault(host: str) -> str | None:
    """Why a host may not be an endpoint's, as far as its spelling tells."""
    if ":" in host:
        return None if is_public_text(host) else "The URL's address is not public."
    written = host.removesuffix(".").lower()
    if written != unicodedata.normalize("NFKC", written):
        return "The URL's host is not a valid name."
    name = _as_asked(host)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _numeric_fault(host)
    if len(labels) < 2 or f".{name}".endswith(_LOCAL_SUFFIXES):
        return "The URL's host is not a public name."
    if not all(map(_LABEL.fullmatch, labels)):
        return "The URL's host is not a valid name."
    return None


def _as_asked(host: str) -> str:
    """As name servers are asked: some letters, and some that cannot be seen, are none there."""
    return ".".join(_ascii(label) for label in host.removesuffix(".").lower().split("."))


def _numeric_fault(host: str) -> str | None:
    """Only the plain form of four decimal numbers is read the same by everybody."""
    try:
        address = IPv4Address(host)
    except ValueError:
        return "The URL's address is not written as four decimal numbers."
    return None if is_public(address) else "The URL's address is not public."


def _ascii(label: str) -> str:
    """By the rules that the HTTP client has too (IDNA 2008), or an empty text where they allow no such name."""
    if label.isascii():
        return label
    # Few hosts need it, and its tables are large.
    from idna import IDNAError, encode

    try:
        return encode(label).decode()
    except IDNAError:
        return ""
