"""Which certificates are trusted, and what is said of a handshake that fails."""

import asyncio

import pytest

from parcelhook.errors import CertificateRefusedError, ConnectionFailedError
from tests.unit.delivery.certificates import authority, new_authority
from tests.unit.delivery.servers import LOOPBACK, build_post, build_sender, posted


def test_certificate_and_sni_are_of_the_name_although_the_connection_goes_to_an_address() -> None:
    tls = authority().server_context("hooks.example.com")
    answer, server = posted([LOOPBACK], tls=tls, trusted=authority().client_context())
    assert answer.status_code == 200
    assert server.names == ["hooks.example.com"]


def test_trailing_dot_is_no_part_of_the_name_in_a_certificate() -> None:
    tls = authority().server_context("hooks.example.com")
    answer, _ = posted([LOOPBACK], tls=tls, trusted=authority().client_context(), host="hooks.example.com.")
    assert answer.status_code == 200


def test_expired_certificate_is_refused() -> None:
    tls = authority().server_context("hooks.example.com", days=-1)
    with pytest.raises(CertificateRefusedError, match="certificate has expired"):
        posted([LOOPBACK], tls=tls, trusted=authority().client_context())


def test_certificate_of_an_unknown_authority_is_refused() -> None:
    tls = new_authority().server_context("hooks.example.com")
    with pytest.raises(CertificateRefusedError, match=r"certificate was refused: .*(issuer|signature)"):
        posted([LOOPBACK], tls=tls, trusted=authority().client_context())


def test_certificate_of_another_name_is_refused() -> None:
    tls = authority().server_context("other.example.com")
    with pytest.raises(CertificateRefusedError, match=r"[Hh]ostname mismatch.*hooks\.example\.com"):
        posted([LOOPBACK], tls=tls, trusted=authority().client_context())


def test_https_to_an_endpoint_that_speaks_plain_http_is_a_tls_failure() -> None:
    async def run() -> None:
        async with asyncio.timeout(30), serving_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            await build_sender().send(build_post(f"https://hooks.example.com:{port}/"))

    with pytest.raises(CertificateRefusedError, match="TLS failed"):
        asyncio.run(run())


def test_connection_closed_during_the_handshake_is_a_failed_connection() -> None:
    async def run() -> None:
        async with asyncio.timeout(30), serving_raw(b"") as port:
            await build_sender().send(build_post(f"https://hooks.example.com:{port}/"))

    with pytest.raises(ConnectionFailedError, match="closed at once"):
        asyncio.run(run())


class serving_raw:  # noqa: N801 - used as a function
    """Greets whoever connects with `greeting`, and closes."""

    def __init__(self, greeting: bytes) -> None:
        self.greeting = greeting

    async def __aenter__(self) -> int:
        self.server = await asyncio.start_server(self._greet, LOOPBACK, 0)
        return int(self.server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(self.greeting)
        writer.close()
