import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcelhook.errors import InvalidRequestError
from parcelhook.storage.cursors import from_cursor, to_cursor

ULID = "01KDZ000000000000000000000"


@pytest.mark.parametrize("position", [ULID, f"{ULID}#se-abc123", f"{ULID}#{'a' * 64}"])
def test_position_comes_back(position: str) -> None:
    cursor = to_cursor(position)
    assert from_cursor(cursor) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "Zürich",
        "=",
        "\x00",
        encoded(""),
        encoded(ULID.lower()),
        encoded(f"{ULID}#"),
        encoded(f"{ULID}#a#b"),
        encoded(f"{ULID}\n"),
        encoded(f"{ULID}#{'a' * 65}"),
        encoded("9" + ULID[1:]),
        encoded("7" + "Z" * 25),
        encoded(f"ACCOUNT#other#{ULID}"),
    ],
)
def test_cursor_that_no_list_answered_with_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        from_cursor(cursor)
    assert [problem.pointer for problem in caught.value.problems] == ["?cursor"]


@given(st.text())
def test_any_text_is_a_position_or_refused(text: str) -> None:
    try:
        assert len(from_cursor(text)) >= 26
    except InvalidRequestError:
        return
