"""`/v1/usage`: what the caller's account used, day by day."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from functions.api.authentication import any_form
from functions.api.bodies import refuse
from functions.api.http import Request, Response, Route, json_response
from functions.api.routes.native.operations import usage as operations
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.model.usage import Usage
from parcelhook.services.api import ApiServices
from parcelhook.storage.usage import LONGEST_DAYS, UsageDays
from parcelhook.usage_cost import estimated_usd

_DEFAULT_DAYS = timedelta(days=30)


def show(request: Request, services: ApiServices) -> Response:
    """`GET`: 200 with the days from `?since=` to `?until=`, both included, that have anything."""
    principal = any_form(request, services)
    request.allow_query("since", "until")
    today = services.clock.now().date()
    until = _day(request, "until") or today
    since = _day(request, "since") or until - _DEFAULT_DAYS
    refuse(_problems(since, until))
    found = UsageDays(services.ledger.table).of_account(principal.account_id, principal.mode, since, until)
    total = Usage()
    for each in found:
        total.add(each.usage)
    told = {"mode": principal.mode, "since": since.isoformat(), "until": until.isoformat()}
    listed = [{"day": each.day.isoformat()} | numbers(each.usage) for each in found]
    return json_response(200, told | {"days": listed, "total": numbers(total)})


def numbers(usage: Usage) -> dict[str, Any]:
    """Usage as it is told."""
    return asdict(usage) | {"estimated_cost_usd": str(estimated_usd(usage))}


def _day(request: Request, name: str) -> date | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or day.year < 2000:
        raise InvalidRequestError([Problem(f"?{name}", "This must be a day, such as 2026-01-31.")])
    return day


def _problems(since: date, until: date) -> list[Problem]:
    if until < since:
        return [Problem("?until", "This must not be before `since`.")]
    if (until - since).days >= LONGEST_DAYS:
        return [Problem("?since", f"At most {LONGEST_DAYS} days can be asked for at once.")]
    return []


ROUTES = (Route("GET", "/v1/usage", show, operations.SHOW),)
