"""Parts of the admin commands."""

from parcelhook.administration import Administration
from parcelhook.clock import SystemClock
from parcelhook.ids import Ids
from parcelhook.services import shared
from parcelhook.settings import Settings


def build_administration(settings: Settings) -> Administration:
    """With the operator's own AWS rights, from wherever boto3 finds them."""
    return Administration(
        registry=shared.build_registry(settings, shared.client("dynamodb")),
        secrets=shared.build_secrets(settings),
        clock=SystemClock(),
        ids=Ids(),
    )
