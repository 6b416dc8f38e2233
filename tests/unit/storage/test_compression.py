import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.catalogue import sample
from parcelhook.model.event import EventType
from parcelhook.storage.compression import compress, decompress

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)

# Written with dictionary 1. It must be readable for as long as such items may be in a table.
WRITTEN_BEFORE = bytes.fromhex("01abc65314215b067572d4e13dc00a3a43a91600")


@given(JSON)
def test_json_comes_back_as_it_was_given(value: object) -> None:
    assert decompress(compress(value)) == value


@pytest.mark.parametrize("event_type", EventType)
def test_sample_comes_back_and_is_shorter(event_type: EventType) -> None:
    data = sample(event_type)
    plain = json.dumps(data, separators=(",", ":")).encode()
    assert decompress(compress(data)) == data
    assert len(compress(data)) < len(plain)


def test_dictionary_helps_more_than_deflate_alone() -> None:
    plain = json.dumps(sample(EventType.TRACKING_UPDATED), separators=(",", ":")).encode()
    assert len(compress(sample(EventType.TRACKING_UPDATED))) < 0.6 * len(zlib.compress(plain, 9))


def test_what_dictionary_1_wrote_stays_readable() -> None:
    assert decompress(WRITTEN_BEFORE) == {"carrier": "usps", "status": "delivered", "city": "Zürich"}


def test_first_byte_names_the_dictionary() -> None:
    assert compress({})[0] == 1


@pytest.mark.parametrize("data", [b"\x63rest", b"\x01\xff\xff\xff"], ids=["unknown dictionary", "broken"])
def test_what_was_not_written_here_is_not_read(data: bytes) -> None:
    with pytest.raises((KeyError, zlib.error)):
        decompress(data)
