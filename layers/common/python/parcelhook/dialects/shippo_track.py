"""Shippo's Track, as its tracking guide and its official clients have it.

What is not known is left out: the JavaScript client's parser fails on null. Members that the clients' parsers require
are always there.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from parcelhook.compact_json import to_json_bytes
from parcelhook.dialects.scans import oldest_first
from parcelhook.dialects.statuses import SHIPPO_SUBSTATUSES, STATUSES, ShippoSubstatus
from parcelhook.model.event import EventData
from parcelhook.model.tracking import TrackingStatus

Members = dict[str, Any]

# What a status says of itself, the most telling first.
_SCAN_WORDS = ("status_details", "description", "event_description", "carrier_status_description", "status_description")
_UPDATE_WORDS = ("status_detail_description", "carrier_status_description", "status_description")


def track(data: EventData, *, at: str) -> Members:
    """Canonical tracking data as a Track, its history oldest first. `at` dates a status that no scan dates."""
    scans = oldest_first(data.get("events", ()))
    newest = scans[-1] if scans else {"occurred_at": at}
    return unseen_track(data) | {
        "tracking_status": _current(data, newest),
        "tracking_history": [_past(data, scan, is_newest=scan is newest) for scan in scans],
    }


def unseen_track(data: EventData) -> Members:
    """A Track of which nothing has been heard yet."""
    service, transaction = data.get("service_level"), data.get("transaction_id")
    return _present(
        carrier=data["carrier"],
        tracking_number=data["tracking_number"],
        address_from=_location(data.get("address_from", {})),
        address_to=_location(data.get("address_to", {})),
        transaction=transaction,
        original_eta=data.get("original_estimated_delivery_date"),
        eta=data.get("estimated_delivery_date"),
        servicelevel=_service(service) if service else None,
        metadata=_text(data.get("metadata")),
    ) | {"messages": _messages(data), "tracking_history": []}


def _current(data: EventData, newest: Mapping[str, Any]) -> Members:
    """The update's own status, with what the newest scan adds to it if it is about the same."""
    status = TrackingStatus(data["status"])
    scan = newest if newest.get("status", status) == status else {}
    words = [*_words(scan, _SCAN_WORDS), *_words(data, _UPDATE_WORDS)]
    if status is TrackingStatus.EXCEPTION:
        words.insert(0, data.get("exception_description"))
    return _status(data, newest, status, words, data.get("substatus") or scan.get("substatus") or _detail(data))


def _past(data: EventData, scan: Mapping[str, Any], *, is_newest: bool) -> Members:
    status = scan.get("status") or (data["status"] if is_newest else TrackingStatus.UNKNOWN)
    return _status(data, scan, TrackingStatus(status), _words(scan, _SCAN_WORDS), scan.get("substatus"))


def _status(
    data: EventData,
    scan: Mapping[str, Any],
    status: TrackingStatus,
    words: Iterable[str | None],
    substatus: Mapping[str, Any] | None,
) -> Members:
    told = STATUSES[status]
    told_substatus = _substatus(substatus, told.shippo_substatus)
    details = next(filter(None, words), None) or (told_substatus or {}).get("text") or _sentence(status)
    moment = scan["occurred_at"]
    return _present(
        object_id=scan.get("object_id") or _object_id(data, moment, told.shippo, details),
        object_created=moment,
        object_updated=moment,
        status=told.shippo,
        substatus=told_substatus,
        status_details=details,
        status_date=moment,
        location=_location(scan),
    )


def _object_id(data: EventData, moment: str, status: str, details: str) -> str:
    """The same for the same status of the same parcel, whenever it is told."""
    identity = to_json_bytes([data["carrier"], data["tracking_number"], moment, status, details])
    return hashlib.sha256(identity).hexdigest()[:32]


def _substatus(given: Mapping[str, Any] | None, implied: str | None) -> Members | None:
    """Code, text and whether to act: clients require all three."""
    code = given["code"] if given else implied
    if not code:
        return None
    known = SHIPPO_SUBSTATUSES.get(code, ShippoSubstatus("", _words_of(code)))
    substatus = {"code": code, "text": known.text, "action_required": known.action_required}
    return substatus | dict(given or {})


def _detail(data: EventData) -> Members | None:
    """ShipEngine's detail code, where it is one of Shippo's substatuses too."""
    code = data.get("status_detail_code", "").lower()
    if code not in SHIPPO_SUBSTATUSES:
        return None
    return _present(code=code, text=data.get("status_detail_description"))


def _location(place: Mapping[str, Any]) -> Members | None:
    names = {"city": "city", "state": "state", "zip": "postal_code", "country": "country"}
    return {name: place[ours] for name, ours in names.items() if ours in place} or None


def _service(service: Mapping[str, Any]) -> Members:
    members = {name: value for name, value in service.items() if name != "parent"}
    return members | ({"parent_servicelevel": service["parent"]} if "parent" in service else {})


def _messages(data: EventData) -> list[str]:
    """With the exception's description, unless it is what the current status says of itself."""
    messages, description = list(data.get("messages", ())), data.get("exception_description")
    return [*messages, description] if description and data.get("status") != TrackingStatus.EXCEPTION else messages


def _text(metadata: object) -> str | None:
    """Shippo's metadata is text."""
    return metadata if metadata is None or isinstance(metadata, str) else to_json_bytes(metadata).decode()


def _words(values: Mapping[str, Any], names: Iterable[str]) -> list[str | None]:
    return [values.get(name) for name in names]


def _sentence(status: TrackingStatus) -> str:
    return f"{_words_of(status)}."


def _words_of(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _present(**members: object) -> Members:
    return {name: value for name, value in members.items() if value is not None}
