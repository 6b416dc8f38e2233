"""Signatures that others' libraries accept."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from standardwebhooks import Webhook, WebhookVerificationError

from parcelhook.dialects.base import Signing
from parcelhook.security.signing import (
    RsaSigner,
    new_rsa_key,
    standard_webhooks_headers,
    standard_webhooks_secret,
)

PEM = (Path(__file__).parents[2] / "vectors" / "rsa_key.pem").read_bytes()
OLD, NEW = b"o" * 32, b"n" * 32
BODY = b'{"resource_type":"API_BATCH"}'


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def verify(jwk: dict[str, str], signature: str, message: bytes) -> None:
    """As a listener does that knows only the JWK."""
    key = RSAPublicNumbers(e=number(jwk["e"]), n=number(jwk["n"])).public_key()
    key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())


def test_published_vector_of_standard_webhooks_is_met() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = standard_webhooks_headers(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("accepted", [OLD, NEW])
def test_either_secret_is_accepted_while_one_replaces_the_other(accepted: bytes) -> None:
    headers = standard_webhooks_headers([NEW, OLD], message_id="dlv_1", body=BODY, now=datetime.now(UTC))
    assert Webhook(standard_webhooks_secret(accepted)).verify(BODY, headers) == {"resource_type": "API_BATCH"}
    assert len(headers["webhook-signature"].split(" ")) == 2


def test_other_secret_body_or_time_is_not_accepted() -> None:
    now = datetime.now(UTC)
    headers = standard_webhooks_headers([NEW], message_id="dlv_1", body=BODY, now=now)
    early = standard_webhooks_headers([NEW], message_id="dlv_1", body=BODY, now=now - timedelta(minutes=6))
    for secret, body, sent in ((OLD, BODY, headers), (NEW, BODY + b" ", headers), (NEW, BODY, early)):
        with pytest.raises(WebhookVerificationError):
            Webhook(standard_webhooks_secret(secret)).verify(body, sent)


def test_rsa_signature_is_verified_with_nothing_but_the_jwk() -> None:
    signer = RsaSigner(PEM)
    message = b"2026-01-02T20:00:00Z." + BODY
    verify(signer.jwk, signer.sign(message), message)
    with pytest.raises(InvalidSignature):
        verify(signer.jwk, signer.sign(message), message + b" ")


def test_jwk_says_what_it_is_for_and_holds_nothing_private() -> None:
    jwk = RsaSigner(PEM).jwk
    assert set(jwk) == {"kty", "n", "e", "kid", "use", "alg"}
    assert (jwk["kty"], jwk["use"], jwk["alg"], jwk["e"]) == ("RSA", "sig", "RS256", "AQAB")


def test_key_id_is_the_keys_own_for_ever() -> None:
    """The thumbprint of RFC 7638: listeners remember keys by it."""
    assert RsaSigner(PEM).key_id == "gqlf8kyl7ctYh93n61fe93DaHAhOhRJQbfich7uU4vs"
    assert RsaSigner(new_rsa_key()).key_id != RsaSigner(PEM).key_id


def test_thumbprint_is_that_of_rfc_7638() -> None:
    known = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    public = RSAPublicNumbers(e=65537, n=number(known)).public_key()

    class Known(RsaSigner):
        _key = type("Key", (), {"public_key": lambda self: public})()

    assert Known(b"").key_id == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_key_of_another_kind_is_refused() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(TypeError, match="not an RSA key"):
        RsaSigner(pem).sign(b"")


def test_secrets_do_not_show_themselves() -> None:
    signer = RsaSigner(PEM)
    signer.sign(b"")
    signing = Signing(
        now=datetime.now(UTC), secrets=[NEW], supplied={"password": "open sesame"}, read_rsa=lambda: signer
    )
    shown = f"{signer!r}{signer}{signing!r}{signing}"
    assert "PRIVATE KEY" not in shown
    assert "nnnn" not in shown
    assert "sesame" not in shown
