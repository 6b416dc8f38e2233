from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.ids import Ids, is_ulid, microseconds_of
from tests.fakes import START, CountedBytes

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(9999, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_ulid_of_a_known_moment_is_as_the_specification_has_it() -> None:
    ids = Ids(lambda length: bytes(length))
    assert ids.ulid(datetime.fromtimestamp(1469922850.259, UTC)) == "01ARZ3NDEK" + "0" * 16
    assert Ids(lambda length: b"\xff" * length).ulid(START) == "01KE04Q9G000ZZZZZZZZZZZZZZ"


@given(MOMENTS, MOMENTS)
def test_ulids_sort_by_their_moments(one: datetime, other: datetime) -> None:
    ids = Ids(CountedBytes())
    first, second = ids.ulid(one), ids.ulid(other)
    assert is_ulid(first)
    if abs(one - other) >= timedelta(microseconds=1):
        assert (first < second) == (one < other)


@given(MOMENTS)
def test_ulid_tells_its_moment_to_the_microsecond(moment: datetime) -> None:
    assert microseconds_of(Ids(CountedBytes()).ulid(moment)) == (moment - EPOCH) // timedelta(microseconds=1)


def test_ulid_of_anybody_tells_its_millisecond_at_least() -> None:
    assert microseconds_of("01ARZ3NDEK" + "Z" * 16) == 1469922850259999


def test_ulids_of_one_moment_differ() -> None:
    ids = Ids()
    assert len({ids.ulid(START) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01arz3ndektsv4rrffq69g5fav",
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        "01ARZ3NDEKTSV4RRFFQ69G5FA\n",
        "\u0660" * 26,
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    ],
)
def test_text_of_another_form_is_no_ulid(text: str) -> None:
    assert not is_ulid(text)


@given(st.integers(0, 64), st.binary(min_size=8, max_size=80))
def test_lower_text_has_its_length_and_alphabet(length: int, noise: bytes) -> None:
    text = Ids(lambda wanted: (noise * 10)[:wanted]).lower_text(length)
    assert len(text) == length
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


def test_lower_text_uses_the_whole_alphabet() -> None:
    assert len(set(Ids(CountedBytes()).lower_text(2000))) == 36
