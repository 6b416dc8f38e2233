from dataclasses import FrozenInstanceError, field, replace

import pytest

from parcelhook.values import value


@value
class Parcel:
    number: str
    grams: int = 0
    seen: int = field(default=0, compare=False)


@value
class Letter:
    number: str
    grams: int = 0
    seen: int = field(default=0, compare=False)


@value(kw_only=True)
class Nothing:
    pass


@value(kw_only=True, printed=False)
class Credentials:
    key: str


@value
class Shelf:
    parcels: list[object]
    secret: str = field(repr=False)


OTHERS: list[object] = [Letter("1Z", 500), ("1Z", 500)]


def test_is_never_changed() -> None:
    parcel = Parcel("1Z", 500)

    assert (parcel.number, parcel.grams) == ("1Z", 500)
    assert replace(parcel, grams=7).grams == 7
    with pytest.raises(FrozenInstanceError):
        parcel.grams = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        Credentials("x")  # type: ignore[call-arg]


def test_equals_those_of_its_class_with_the_same_compared_fields() -> None:
    assert Parcel("1Z", 500, seen=1) == Parcel("1Z", 500, seen=2)
    assert Parcel("1Z", 500) != Parcel("1Z", 501)
    for other in OTHERS:
        assert Parcel("1Z", 500) != other
    assert Credentials(key="a") != Credentials(key="b")
    assert Nothing() == Nothing()


def test_is_one_key_with_its_equals() -> None:
    assert {Parcel("1Z", seen=1), Parcel("1Z", seen=2), Parcel("2Z")} == {Parcel("1Z"), Parcel("2Z")}
    assert {Nothing(): 1}[Nothing()] == 1
    with pytest.raises(TypeError):
        hash(Shelf([], "s"))


def test_prints_its_fields_but_for_those_left_out() -> None:
    shelf = Shelf([Parcel("1Z", 500)], "whsec_1")
    shelf.parcels.append(shelf)

    assert repr(shelf) == "Shelf(parcels=[Parcel(number='1Z', grams=500, seen=0), ...])"
    assert repr(Nothing()) == "Nothing()"
    assert "whsec_1" not in repr(Credentials(key="whsec_1"))
