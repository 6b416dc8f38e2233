"""Shippo's `/tracks`, as its tracking guide and its clients tell them."""

from typing import Any

from functions.api.hops import hops_of
from functions.api.http import Request, Response, json_response
from functions.api.routes.shippo.bodies import Reader
from functions.api.routes.shippo.carriers import CARRIERS, MOCK
from functions.api.routes.shippo.mock import AT, mock_data
from functions.api.routes.shippo.webhooks import principal_of
from parcelhook.catalogue import validate
from parcelhook.clock import to_text
from parcelhook.dialects.shippo_track import track, unseen_track
from parcelhook.errors import InvalidRequestError, NotFoundError, Problem
from parcelhook.model.account import Mode, Principal
from parcelhook.model.event import EventType
from parcelhook.model.tracking import LONGEST_NUMBER
from parcelhook.publishing import Draft
from parcelhook.services.api import ApiServices
from parcelhook.storage.trackings import Parcel, Tracking

_LONGEST_METADATA = 5_000
_LONGEST_CARRIER = 64


def register(request: Request, services: ApiServices) -> Response:
    """`POST`: 200 with the Track; the vendor's clients refuse a 201."""
    principal = principal_of(request, services)
    reader = Reader.of(request)
    carrier = reader.text("carrier", required=True, longest=_LONGEST_CARRIER)
    number = reader.text("tracking_number", required=True, longest=LONGEST_NUMBER)
    has_metadata = reader.members.get("metadata") not in ("", None)
    metadata = reader.text("metadata", required=False, longest=_LONGEST_METADATA) if has_metadata else None
    if carrier and carrier.lower() not in CARRIERS | {MOCK}:
        reader.refuse("carrier", f"Invalid value specified for provider '{carrier}'")
    reader.finish()
    said = _checked({"carrier": (carrier or "").lower(), "tracking_number": number}, metadata)
    if said["carrier"] == MOCK:
        return json_response(200, _mocked(said, principal, services, hops=hops_of(request)))
    parcel = _parcel(principal, said["carrier"], said["tracking_number"])
    services.tracks.register(parcel, {"metadata": metadata} if metadata else {})
    return json_response(200, _track(parcel, services.tracks.find(parcel)))


def show(request: Request, services: ApiServices) -> Response:
    """`GET` of one: 200 with the Track as last published. It need not be registered, if that was lately."""
    principal = principal_of(request, services)
    carrier, number = request.parameters["carrier"], request.parameters["tracking_number"]
    mocked = mock_data(number) if carrier.lower() == MOCK else None
    if mocked:
        return json_response(200, track(mocked, at=AT))
    if len(carrier) > _LONGEST_CARRIER or len(number) > LONGEST_NUMBER:
        raise NotFoundError("There is no such tracking number.")
    parcel = _parcel(principal, carrier, number)
    try:
        found = services.tracks.find(parcel)
    except NotFoundError as error:
        if carrier.lower() in CARRIERS | {MOCK}:
            raise
        # A problem of no member is told as `detail`, as the vendor tells this one.
        raise InvalidRequestError([Problem("", f"Carrier with name '{carrier}' is not supported.")]) from error
    return json_response(200, _track(parcel, found))


def _checked(said: dict[str, Any], metadata: str | None) -> dict[str, Any]:
    """What was said as canonical tracking data of which nothing is known. Raises `InvalidRequestError`."""
    members = said | ({"metadata": metadata} if metadata else {})
    return validate(EventType.TRACKING_UPDATED, members | {"status": "unknown"}, pointer="")


def _mocked(said: dict[str, Any], principal: Principal, services: ApiServices, *, hops: int) -> dict[str, Any]:
    """The Track of a test number. With a test token its webhooks hear of it."""
    data = mock_data(said["tracking_number"])
    if data is None:
        raise InvalidRequestError([Problem("/tracking_number", "This is none of the carrier's test numbers.")])
    data |= {name: said[name] for name in ("metadata",) if name in said}
    if principal.mode is Mode.TEST:
        services.publisher.publish(principal, [Draft(type=EventType.TRACKING_UPDATED, data=data, hops=hops)])
    return track(data, at=AT)


def _parcel(principal: Principal, carrier: str, number: str) -> Parcel:
    return Parcel(account_id=principal.account_id, mode=principal.mode, carrier=carrier, number=number)


def _track(parcel: Parcel, known: Tracking) -> dict[str, Any]:
    registered = dict(known.registered)
    if known.data is None or known.occurred_at is None:
        return unseen_track(registered | {"carrier": parcel.carrier, "tracking_number": parcel.number})
    return track(registered | dict(known.data), at=to_text(known.occurred_at))
