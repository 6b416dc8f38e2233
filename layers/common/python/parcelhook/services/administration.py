"""Parts of the admin commands."""

from parcelhook.administration import Administration
from parcelhook.services import shared
from parcelhook.services.outside import REAL, Outside
from parcelhook.settings import Settings
from parcelhook.storage.usage import UsageDays


def build_administration(settings: Settings, outside: Outside = REAL) -> Administration:
    """With the operator's own AWS rights, from wherever boto3 finds them."""
    return Administration(
        registry=shared.build_registry(settings, outside.client("dynamodb"), outside),
        secrets=shared.build_secrets(settings, outside),
        clock=outside.clock,
        ids=outside.ids,
    )


def build_usage_days(settings: Settings, outside: Outside = REAL) -> UsageDays:
    """What accounts used, for the operator's eyes."""
    return UsageDays(shared.build_ledger(settings, outside.client("dynamodb"), outside).table)
