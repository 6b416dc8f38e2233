"""POSTs through httpx: nothing is followed, kept or taken from the environment."""

import asyncio
import ssl
from pathlib import Path

import pytest

from parcelhook.delivery.sender import build_tls
from parcelhook.errors import NameNotFoundError
from parcelhook.model.response import LEDGER_BODY_BYTES, EndpointResponse
from tests.unit.delivery.certificates import authority
from tests.unit.delivery.servers import answered, build_post, build_sender, response, serving, writes


def redirect(location: bytes, status: bytes = b"302 Found") -> bytes:
    return response(status, b"moved", b"location: " + location)


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"303 See Other", b"307 Temporary", b"308 Permanent"])
def test_redirect_is_not_followed_and_its_target_is_known(status: bytes) -> None:
    async def run() -> tuple[EndpointResponse, int]:
        async with serving(writes(redirect(b"/elsewhere", status))) as server:
            return await build_sender().send(build_post(f"http://hooks.example.com:{server.port}/")), server.connections

    answer, connections = asyncio.run(run())
    assert (answer.status_code, answer.location, connections) == (int(status[:3]), "/elsewhere", 1)


@pytest.mark.parametrize(
    "location",
    [
        b"http://[",
        b"https://exa mple.com:x/",
        b"//",
        b"",
        b"http://a:99999999/",
        b"\xff\xfe",
        b"javascript:0",
        b"x" * 9000,
    ],
)
def test_redirect_to_nowhere_is_an_answer_like_any_other(location: bytes) -> None:
    answer = answered(writes(redirect(location)))
    assert (answer.status_code, answer.body) == (302, b"moved")


def test_redirect_to_a_private_address_is_not_followed() -> None:
    answer = answered(writes(redirect(b"http://127.0.0.1:9001/2018-06-01/runtime/invocation/next")))
    assert answer.location == "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next"


@pytest.mark.parametrize("cookie", [b"a=b; Path=/", b"a=b; Domain=example.com; Max-Age=99", b"=;;=", b"\xff" * 50])
def test_cookie_is_not_kept_for_the_next_post(cookie: bytes) -> None:
    async def run() -> list[bytes]:
        async with serving(writes(response(b"200 OK", b"", b"set-cookie: " + cookie))) as server:
            sender = build_sender()
            for _ in range(2):
                await sender.send(build_post(f"http://hooks.example.com:{server.port}/"))
            return server.requests

    requests = asyncio.run(run())
    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert answered(writes(response(b"200 OK", b"direct"))).body == b"direct"


def test_netrc_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine hooks.example.com login greg password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    async def run() -> bytes:
        async with serving(writes(response())) as server:
            await build_sender().send(build_post(f"http://hooks.example.com:{server.port}/"))
            return server.requests[0]

    assert b"authorization" not in asyncio.run(run()).lower()


def test_certificate_authorities_of_the_environment_are_not_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(authority().client_context().get_ca_certs(binary_form=True)[0]))
    honest = build_tls()
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert build_tls().get_ca_certs() == honest.get_ca_certs()


def test_tls_is_verified_and_not_older_than_1_2() -> None:
    tls = build_tls()
    assert tls.verify_mode == ssl.CERT_REQUIRED
    assert tls.check_hostname
    assert tls.minimum_version == ssl.TLSVersion.TLSv1_2
    assert len(tls.get_ca_certs()) > 50


def test_headers_asked_for_are_sent_but_for_what_the_exchange_decides() -> None:
    async def run() -> bytes:
        async with serving(writes(response())) as server:
            own = {"x-own": "yes", "accept-encoding": "gzip", "connection": "keep-alive"}
            await build_sender().send(build_post(f"http://hooks.example.com:{server.port}/", headers=own))
            return server.requests[0].lower()

    request = asyncio.run(run())
    assert b"x-own: yes\r\n" in request
    assert b"gzip" not in request
    assert b"keep-alive" not in request


def test_body_is_sent_byte_for_byte() -> None:
    body = '{"name":"Zoë ✓"}\n\0'.encode()

    async def run() -> bytes:
        async with serving(writes(response())) as server:
            await build_sender().send(build_post(f"http://hooks.example.com:{server.port}/", body=body))
            return server.requests[0]

    assert asyncio.run(run()).endswith(b"\r\n\r\n" + body)


def test_retry_after_is_told() -> None:
    assert answered(writes(response(b"503 Busy", b"", b"Retry-After: 120"))).retry_after == "120"


def test_answer_in_no_encoding_is_still_an_answer() -> None:
    answer = answered(writes(response(b"500 Oops", b"\xff\xfe" * 2000, b"x-note: \xe9\xff")))
    assert answer.status_code == 500
    assert len(answer.body_start) == LEDGER_BODY_BYTES


@pytest.mark.parametrize("url", ["https://0177.0.0.1/", "https://☃.example.com/", "https://a..b/", "https://1.2.3/"])
def test_url_whose_host_is_no_name_is_a_name_that_is_not_found(url: str) -> None:
    with pytest.raises(NameNotFoundError):
        asyncio.run(build_sender(is_allowed=lambda address: False, resolve=_nowhere).send(build_post(url)))


async def _nowhere(host: str, port: int) -> list[str]:
    raise OSError("no such name")
