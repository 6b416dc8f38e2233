"""What an operator does: accounts, API keys, the deployment's secrets."""

from parcelhook.clock import Clock
from parcelhook.collaborators import collaborator
from parcelhook.dialects.shippo import LONGEST_URL
from parcelhook.errors import InvalidRequestError, Problem
from parcelhook.ids import Ids
from parcelhook.model.account import Account, ApiKey, Mode
from parcelhook.security.api_keys import KeyStyle, digest, hint, new_key
from parcelhook.security.parameters import ParameterSecrets
from parcelhook.storage.registry import Registry


@collaborator(kw_only=True)
class Administration:
    """Writes the registry directly, with the operator's own AWS rights. There is no sign-up."""

    registry: Registry
    secrets: ParameterSecrets
    clock: Clock
    ids: Ids

    def ensure_secrets(self) -> list[str]:
        """Makes the deployment's secrets unless they are there. Answers the names of the new ones."""
        return self.secrets.ensure(self.ids.random_bytes)

    def create_account(self, name: str, *, parent_id: str | None = None) -> Account:
        """A new account. Raises `NotFoundError` where the parent does not exist."""
        self.ensure_secrets()
        if parent_id is not None:
            self.registry.account(parent_id)
        now = self.clock.now()
        account = Account(id=f"acct_{self.ids.ulid(now)}", name=name, parent_id=parent_id, created_at=now)
        self.registry.add_account(account)
        return account

    def remove_account(self, account_id: str) -> None:
        """Removes an account and its keys. Its subscriptions must be deleted before; its events expire.

        Raises `NotFoundError`.
        """
        self.registry.remove_account(account_id)

    def set_default_webhook_url(self, account_id: str, url: str | None) -> None:
        """Where tracking updates of labels that the account buys go, unless a webhook says otherwise.

        Raises `NotFoundError`, or `InvalidRequestError` for what cannot be the URL of a Shippo webhook.
        """
        if url is not None and not (url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL):
            message = f"The URL must begin with https:// and have at most {LONGEST_URL} characters."
            raise InvalidRequestError([Problem("/default_webhook_url", message)])
        self.registry.set_default_webhook_url(account_id, url)

    def create_key(self, account_id: str, *, mode: Mode, style: KeyStyle) -> tuple[ApiKey, str]:
        """A new key, and its text, which nobody can ever read again. Raises `NotFoundError`."""
        self.registry.account(account_id)
        text = new_key(style, mode, self.ids.random_bytes)
        now = self.clock.now()
        key = ApiKey(id=f"key_{self.ids.ulid(now)}", account_id=account_id, mode=mode, hint=hint(text), created_at=now)
        self.registry.add_key(key, digest(text))
        return key, text

    def list_keys(self, account_id: str) -> list[ApiKey]:
        """All keys of an account, oldest first. Raises `NotFoundError`."""
        self.registry.account(account_id)
        return self.registry.keys_of(account_id)

    def revoke_key(self, account_id: str, key_id: str) -> ApiKey:
        """Makes a key worthless within seconds. Raises `NotFoundError`."""
        return self.registry.revoke_key(account_id, key_id, self.clock.now())
