"""What Parcelhook signs is accepted, and nothing else."""

import pytest

from listener.jwks import ASK_AGAIN_SECONDS, KeysUnavailableError, PublicKeys
from listener.signatures import (
    TOLERANCE_SECONDS,
    SignatureError,
    Source,
    basic_auth,
    hmac_header,
    shipengine_rsa,
    verify_standard,
)
from parcelhook.security.signing import standard_webhooks_secret
from tests.examples.python.signed import BODY, NOW, SECRET, Rsa, basic, shippo, standard

OTHER_SECRET = standard_webhooks_secret(b"another")
SHIPPO = Source((SECRET,), hmac_header("shippo-auth-signature", (SECRET,)))
SIGNED = ["webhook-id", "webhook-timestamp", "webhook-signature", "shippo-auth-signature"]


def test_webhook_signed_in_both_ways_is_known_by_its_id() -> None:
    assert SHIPPO.verify(shippo(), BODY, NOW) == "dlv_1"


@pytest.mark.parametrize("secrets", [(OTHER_SECRET, SECRET), (SECRET, OTHER_SECRET)])
def test_any_of_several_secrets_may_fit(secrets: tuple[str, ...]) -> None:
    assert verify_standard(secrets, standard(), BODY, NOW) == "dlv_1"


def test_one_of_several_signatures_is_enough() -> None:
    headers = standard()
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
    assert verify_standard([SECRET], headers, BODY, NOW) == "dlv_1"


@pytest.mark.parametrize("name", SIGNED)
def test_missing_header_is_refused(name: str) -> None:
    headers = {key: value for key, value in shippo().items() if key != name}
    with pytest.raises(SignatureError, match=name):
        SHIPPO.verify(headers, BODY, NOW)


@pytest.mark.parametrize("name", SIGNED)
def test_changed_header_is_refused(name: str) -> None:
    headers = shippo()
    headers[name] = headers[name][:-2] + ("00" if name != "webhook-timestamp" else "01")
    with pytest.raises(SignatureError):
        SHIPPO.verify(headers, BODY, NOW)


def test_changed_body_is_refused() -> None:
    with pytest.raises(SignatureError, match="does not fit"):
        SHIPPO.verify(shippo(), BODY + b" ", NOW)


def test_other_secret_is_refused() -> None:
    with pytest.raises(SignatureError, match="does not fit"):
        verify_standard([OTHER_SECRET], standard(), BODY, NOW)


def test_vendors_signature_must_fit_too() -> None:
    source = Source((SECRET,), hmac_header("shippo-auth-signature", (OTHER_SECRET,)))
    with pytest.raises(SignatureError, match="does not fit"):
        source.verify(shippo(), BODY, NOW)


@pytest.mark.parametrize("late", [TOLERANCE_SECONDS + 1, -TOLERANCE_SECONDS - 1])
def test_signature_of_another_time_is_refused(late: int) -> None:
    with pytest.raises(SignatureError, match="too old"):
        SHIPPO.verify(shippo(), BODY, NOW + late)


@pytest.mark.parametrize("late", [TOLERANCE_SECONDS, -TOLERANCE_SECONDS])
def test_signature_of_five_minutes_is_accepted(late: int) -> None:
    assert SHIPPO.verify(shippo(), BODY, NOW + late) == "dlv_1"


@pytest.mark.parametrize("timestamp", ["", "soon", "1e9", "-5", "٣", "9" * 400])
def test_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(SignatureError):
        verify_standard([SECRET], standard() | {"webhook-timestamp": timestamp}, BODY, NOW)


def test_rsa_signature_is_checked_with_the_published_key() -> None:
    rsa = Rsa()
    check = shipengine_rsa(PublicKeys("jwks", fetch=rsa.fetch))
    check(rsa.headers(), BODY, NOW)
    with pytest.raises(SignatureError, match="RSA"):
        check(rsa.headers(), BODY + b" ", NOW)
    with pytest.raises(SignatureError, match="too old"):
        check(rsa.headers(), BODY, NOW + TOLERANCE_SECONDS + 1)
    with pytest.raises(SignatureError, match="cannot be read"):
        check(rsa.headers() | {"x-shipengine-rsa-sha256-signature": "*"}, BODY, NOW)
    assert rsa.fetched == 1


def test_rsa_key_of_somebody_else_is_refused() -> None:
    check = shipengine_rsa(PublicKeys("jwks", fetch=Rsa().fetch))
    with pytest.raises(SignatureError, match="RSA"):
        check(Rsa().headers(), BODY, NOW)


def test_unknown_key_ids_make_the_keys_be_read_once_a_minute() -> None:
    rsa, moment = Rsa(), [0.0]
    keys = PublicKeys("jwks", fetch=rsa.fetch, clock=lambda: moment[0])
    for _ in range(3):
        assert not keys.has_signed("unknown", b"", BODY)
    assert rsa.fetched == 1
    moment[0] = ASK_AGAIN_SECONDS
    assert not keys.has_signed("unknown", b"", BODY)
    assert rsa.fetched == 2


def test_keys_that_cannot_be_read_are_no_bad_signature() -> None:
    def fail(url: str) -> object:
        raise OSError("no route")

    with pytest.raises(KeysUnavailableError):
        shipengine_rsa(PublicKeys("jwks", fetch=fail))(Rsa().headers(), BODY, NOW)


def test_credentials_are_compared_whole() -> None:
    check = basic_auth("shop", "pässword")
    right = basic("shop", "pässword")["authorization"]
    check({"authorization": right}, BODY, NOW)
    for wrong in (right + "=", "Basic c2hvcDo=", right.replace("Basic", "Bearer")):
        with pytest.raises(SignatureError):
            check({"authorization": wrong}, BODY, NOW)
