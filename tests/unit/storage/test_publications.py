from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from parcelhook.errors import UnavailableError
from parcelhook.model.account import Mode
from parcelhook.storage.publications import InProgress, Publication, Publications, PublicationState
from parcelhook.storage.table import DynamoTable
from tests.builders import ACCOUNT, ulid
from tests.cloud import Cloud
from tests.fakes import FixedClock, ObservedClient, throttled


@pytest.fixture
def publications(table: DynamoTable, clock: FixedClock) -> Publications:
    return Publications(table=table, clock=clock, days=30)


@pytest.fixture
def wanted(clock: FixedClock) -> Publication:
    return publication(clock)


def publication(clock: FixedClock, *, content: str = "same", client_id: str = "mine") -> Publication:
    """Somebody's wish to publish an id now."""
    return Publication(
        account_id=ACCOUNT,
        mode=Mode.LIVE,
        client_id=client_id,
        ulid=ulid(),
        content_digest=content,
        state=PublicationState.RESERVED,
        at=clock.now(),
    )


def queued(wanted: Publication) -> Publication:
    return replace(wanted, state=PublicationState.QUEUED)


def test_free_id_is_reserved(publications: Publications, wanted: Publication) -> None:
    assert publications.reserve(wanted) == wanted
    assert publications.find(ACCOUNT, Mode.LIVE, "mine") == wanted


@pytest.mark.parametrize("content", ["same", "other"])
def test_queued_id_stands_for_what_was_queued_whatever_comes(
    publications: Publications, wanted: Publication, clock: FixedClock, content: str
) -> None:
    publications.reserve(wanted)
    publications.confirm([wanted])
    assert publications.reserve(publication(clock, content=content)) == queued(wanted)


def test_id_that_is_being_published_is_in_progress(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    with pytest.raises(InProgress):
        publications.reserve(publication(clock))


def test_other_content_for_a_reserved_id_is_told_at_once(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    assert publications.reserve(publication(clock, content="other")) == wanted


def test_reservation_whose_owner_died_is_taken_over_with_its_ulid(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    clock.forward(seconds=59)
    with pytest.raises(InProgress):
        publications.reserve(publication(clock))
    clock.forward(seconds=1)
    mine = publication(clock)
    assert publications.reserve(mine) == replace(mine, ulid=wanted.ulid)
    with pytest.raises(InProgress):
        publications.reserve(publication(clock))


def test_reservation_whose_answer_got_lost_is_its_owners(
    publications: Publications, wanted: Publication, client: ObservedClient
) -> None:
    client.repeat("put_item")
    assert publications.reserve(wanted) == wanted


def test_of_concurrent_takeovers_one_succeeds(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    clock.forward(minutes=2)

    def taken(_: int) -> bool:
        try:
            publications.reserve(publication(clock))
        except InProgress:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(taken, range(10))) == 1


def test_of_concurrent_reservations_one_succeeds(publications: Publications, clock: FixedClock) -> None:
    def reserved(_: int) -> bool:
        try:
            publications.reserve(publication(clock))
        except InProgress:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(reserved, range(20))) == 1


def test_id_is_remembered_for_24_hours_and_free_afterwards(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    publications.confirm([wanted])
    clock.forward(hours=24)
    assert publications.reserve(publication(clock, content="other")).ulid == wanted.ulid
    clock.forward(seconds=1)
    new = publication(clock, content="other")
    assert publications.reserve(new) == new


def test_released_id_is_free(publications: Publications, wanted: Publication, cloud: Cloud) -> None:
    publications.reserve(wanted)
    publications.release([wanted])
    assert cloud.rows(publications.table) == []


def test_release_leaves_what_somebody_else_reserved(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    publications.release([publication(clock)])
    assert publications.find(ACCOUNT, Mode.LIVE, "mine") == wanted


def test_release_that_is_throttled_releases_the_others(
    publications: Publications, wanted: Publication, clock: FixedClock, client: ObservedClient
) -> None:
    other = publication(clock, client_id="other")
    for each in (wanted, other):
        publications.reserve(each)
    client.fail("delete_item", throttled("DeleteItem"))
    publications.release([wanted, other])
    assert publications.find(ACCOUNT, Mode.LIVE, "other") is None


def test_throttled_reservation_is_unavailable(
    publications: Publications, wanted: Publication, client: ObservedClient
) -> None:
    client.fail("put_item", throttled("PutItem"))
    with pytest.raises(UnavailableError):
        publications.reserve(wanted)


def test_ids_of_modes_and_accounts_are_their_own(
    publications: Publications, wanted: Publication, clock: FixedClock
) -> None:
    publications.reserve(wanted)
    for other in (replace(wanted, mode=Mode.TEST, ulid=ulid()), replace(wanted, account_id="other", ulid=ulid())):
        assert publications.reserve(other) == other
    assert publications.find("nobody", Mode.LIVE, "mine") is None
