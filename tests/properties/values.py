"""What events can tell, for properties: each sample of the catalogue with members changed and left out."""

from typing import Any

from hypothesis import strategies as st

from parcelhook.catalogue import sample, validate
from parcelhook.errors import InvalidRequestError
from parcelhook.model.event import EventType

# What breaks careless JSON, XML and paths, among all that text can hold.
AWKWARD = st.sampled_from(
    ["", " ", "#", "~", "&<>\"'", "]]>", "%2F", "a/b?c=d&e", "é", "日本", "😀", "\u2028", "{}", "\\"]
)
TEXTS = AWKWARD | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | TEXTS


def canonical_data(event_type: EventType) -> st.SearchStrategy[dict[str, Any]]:
    """Data of this type as the catalogue leaves it: the sample, changed wherever the catalogue lets it be."""

    @st.composite
    def made(draw: st.DrawFn) -> dict[str, Any]:
        data = sample(event_type)
        for _ in range(draw(st.integers(0, 4))):
            changed = _changed(data, draw)
            try:
                data = validate(event_type, changed)
            except InvalidRequestError:
                continue
        return data

    return made()


def _changed(value: Any, draw: st.DrawFn) -> Any:
    """`value` with one member of it replaced or left out, as deep as is drawn."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return draw(_like(value))
    if isinstance(value, list):
        place = draw(st.integers(0, len(value) - 1))
        copies = draw(st.integers(0, 2))
        return value[:place] + [_changed(value[place], draw) for _ in range(copies)] + value[place + 1 :]
    name = draw(st.sampled_from(sorted(value)))
    rest = {other: member for other, member in value.items() if other != name}
    return rest if draw(st.integers(0, 3)) == 0 else rest | {name: _changed(value[name], draw)}


def _like(value: object) -> st.SearchStrategy[Any]:
    """Mostly of the same kind, so that the catalogue takes it; sometimes of any."""
    return TEXTS | LEAVES if isinstance(value, str) else LEAVES | st.just([]) | st.just({})
