"""The account that is there from the start, with a key of each kind."""

from dataclasses import dataclass

from parcelhook.administration import Administration
from parcelhook.model.account import Mode
from parcelhook.security.api_keys import KeyStyle

KINDS = {
    "live": (Mode.LIVE, KeyStyle.SHIPENGINE),
    "sandbox": (Mode.TEST, KeyStyle.SHIPENGINE),
    "shippo_live": (Mode.LIVE, KeyStyle.SHIPPO),
    "shippo_test": (Mode.TEST, KeyStyle.SHIPPO),
    "ehub": (Mode.LIVE, KeyStyle.EHUB),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An account and its keys, in plain text."""

    account_id: str
    keys: dict[str, str]


def create_tenant(administration: Administration) -> Tenant:
    """Makes the system's secrets too."""
    administration.ensure_secrets()
    account = administration.create_account("Local")
    keys = {
        kind: administration.create_key(account.id, mode=mode, style=style)[1] for kind, (mode, style) in KINDS.items()
    }
    return Tenant(account_id=account.id, keys=keys)
