import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.model.account import Mode
from parcelhook.storage.attributes import decode, encode

SCALARS = st.booleans() | st.text() | st.binary() | st.integers(-(10**37), 10**37)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner), max_leaves=8
)


@given(st.dictionaries(st.text(min_size=1), VALUES))
def test_attributes_come_back_as_they_were_given(values: dict[str, object]) -> None:
    assert decode(encode(values)) == values


def test_none_is_left_out_at_every_level() -> None:
    assert decode(encode({"a": None, "b": {"c": None, "d": 1}})) == {"b": {"d": 1}}


def test_truth_is_not_a_number() -> None:
    assert encode({"a": True, "b": 1}) == {"a": {"BOOL": True}, "b": {"N": "1"}}


def test_enumeration_is_stored_as_its_plain_text() -> None:
    attribute = encode({"mode": Mode.LIVE})["mode"]
    assert attribute == {"S": "live"}
    assert type(attribute["S"]) is str


def test_tuple_comes_back_as_a_list() -> None:
    assert decode(encode({"a": (1, "b")})) == {"a": [1, "b"]}


@pytest.mark.parametrize("value", [1.5, object(), {1, 2}, [None]])
def test_value_without_a_form_in_the_tables_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode({"a": value})


def test_attribute_that_the_tables_do_not_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        decode({"a": {"NS": ["1"]}})
