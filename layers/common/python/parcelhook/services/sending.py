"""What POSTs to customers' endpoints."""

import logging

from parcelhook.delivery.guarded_sender import GuardedSender
from parcelhook.delivery.sender import HttpxSender, Sender, build_client, build_tls
from parcelhook.delivery.transport import DeliveryTransport, Resolver, SystemResolver
from parcelhook.security.addresses import is_public_text
from parcelhook.services import shared
from parcelhook.settings import Settings


def build_sender(settings: Settings, resolve: Resolver | None = None) -> Sender:
    """To what may be an endpoint only, judged at each attempt."""
    # httpx logs every request with its URL at INFO; URLs may carry a customer's token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    allow_all = settings.dangerous_allow_private_endpoints
    is_allowed = (lambda _: True) if allow_all else is_public_text
    transport = DeliveryTransport(tls=build_tls(), is_allowed=is_allowed, resolve=resolve or SystemResolver())
    # Names are resolved once for each attempt, by the transport.
    rules = shared.build_endpoint_rules(settings, resolve=lambda _: [])
    return GuardedSender(HttpxSender(build_client(transport)), rules)
