"""What subscribers of each dialect get, to the byte: canonical data in, body and headers out.

A vector may name members of its subscription, and secrets that its subscriber supplied.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from parcelhook.catalogue import validate
from parcelhook.clock import from_text
from parcelhook.delivery.sender import Post
from parcelhook.dialects.base import Dialect, covered_types
from parcelhook.model.account import Mode
from parcelhook.model.event import EventType
from parcelhook.security.sealing import Sealer, place
from tests import builders
from tests.fakes import CountedBytes
from tests.unit.delivery.fakes import FakeSecrets
from tests.unit.dialects.rendering import ALL_DIALECTS, rendered

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = sorted(VECTORS.glob("*/*.json"))
EACH = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def post(told: dict[str, Any], dialect: Dialect) -> Post:
    """The delivery that a vector is about."""
    subscription_id, event = told["subscription_id"], told["event"]
    sealer, random_bytes = Sealer(FakeSecrets().master()), CountedBytes()
    subscription = builders.subscription(
        id=subscription_id,
        dialect=dialect.name,
        mode=Mode(event["mode"]),
        sealed={
            name: sealer.seal(secret, place(subscription_id, name), random_bytes)
            for name, secret in told.get("supplied", {}).items()
        },
        **told.get("subscription", {}),
    )
    return rendered(dialect, subscription, event, from_text(told["now"]))


@EACH
def test_delivery_is_exactly_as_pinned(path: Path) -> None:
    told = read(path)
    sent = post(told, ALL_DIALECTS.named(path.parent.name))
    assert sent.body.decode() == told["body"]
    assert dict(sent.headers) == told["headers"]


@EACH
def test_vector_starts_from_canonical_data(path: Path) -> None:
    event = read(path)["event"]
    assert path.stem.startswith(event["type"])
    assert validate(EventType(event["type"]), event["data"]) == event["data"]


@pytest.mark.parametrize("dialect", ALL_DIALECTS.known, ids=lambda dialect: dialect.name)
def test_there_is_a_vector_for_every_type_that_a_dialect_knows_and_no_other(dialect: Dialect) -> None:
    told = {read(path)["event"]["type"] for path in FILES if path.parent.name == dialect.name}
    assert told == set(covered_types(dialect))
