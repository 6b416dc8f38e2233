"""Parts of the dispatch function."""

import logging
from datetime import timedelta

from parcelhook.clock import SystemClock
from parcelhook.delivery.attempts import Attempter
from parcelhook.delivery.engine import AttemptObserver, Engine
from parcelhook.delivery.matching import Matching
from parcelhook.delivery.plan import Planner
from parcelhook.delivery.record import Recorder
from parcelhook.delivery.recover import Recoverer
from parcelhook.delivery.sender import HttpxSender, build_client, build_tls
from parcelhook.delivery.transport import DeliveryTransport
from parcelhook.security.addresses import is_public_text
from parcelhook.services import shared
from parcelhook.settings import Settings
from parcelhook.storage.lists import Lists


def build_engine(settings: Settings, observer: AttemptObserver) -> Engine:
    """The engine, on AWS and the internet."""
    # httpx logs every request with its URL at INFO; URLs may carry a customer's token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    clock, dialects = SystemClock(), shared.build_known_dialects(settings)
    dynamodb = shared.client("dynamodb")
    ledger = shared.build_ledger(settings, dynamodb, clock)
    registry = shared.build_registry(settings, dynamodb)
    waiting = shared.build_waiting(settings, ledger)
    recorder = Recorder(waiting=waiting, dialects=dialects, health=registry)
    planner = Planner(
        matching=Matching(registry, clock, timedelta(seconds=settings.subscription_cache_seconds)),
        ledger=ledger,
        recorder=recorder,
        recoverer=Recoverer(lists=Lists(ledger), waiting=waiting),
        dialects=dialects,
        clock=clock,
        claim=timedelta(seconds=settings.claim_seconds),
    )
    attempter = Attempter(
        dialects=dialects, sender=_build_sender(settings), secrets=shared.build_secrets(settings), clock=clock
    )
    return Engine(planner=planner, attempter=attempter, recorder=recorder, observer=observer, clock=clock)


def _build_sender(settings: Settings) -> HttpxSender:
    allow_all = settings.dangerous_allow_private_endpoints
    transport = DeliveryTransport(tls=build_tls(), is_allowed=(lambda _: True) if allow_all else is_public_text)
    return HttpxSender(build_client(transport))
