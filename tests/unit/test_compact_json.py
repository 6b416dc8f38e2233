"""JSON as it is stored, sent and signed: the same bytes everywhere."""

import pytest

from parcelhook.compact_json import to_json, to_json_bytes, to_log_line


def test_there_is_no_space_and_every_character_is_as_it_is() -> None:
    assert to_json({"a": [1, "é→"], "b": None}) == '{"a":[1,"é→"],"b":null}'
    assert to_json_bytes("é") == b'"\xc3\xa9"'


def test_what_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})


def test_log_tells_it_as_text() -> None:
    assert to_log_line({"a": ValueError("é")}) == '{"a":"é"}'
