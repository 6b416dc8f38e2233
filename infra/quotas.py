"""Where a quota of the AWS account will pinch: told, and never a reason not to deploy."""

from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

# Below this, slow endpoints can take all that there is from the api.
PLENTY = 100


class TellsAccountSettings(Protocol):
    """As much of the Lambda client as is needed."""

    def get_account_settings(self) -> dict[str, dict[str, int]]:
        """Limits and usage of the account in this Region."""
        ...


def concurrency_warning(client: TellsAccountSettings, wanted: int) -> str | None:
    """A sentence if few functions may run at once, of which `wanted` may be dispatching. None if it cannot be read."""
    try:
        limit = client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except (BotoCoreError, ClientError, KeyError):
        return None
    if limit >= PLENTY:
        return None
    return (
        f"This AWS account may run {limit} Lambda functions at once, of which {wanted} may be dispatching: with slow "
        f"endpoints the api may have to wait. Ask AWS for more (Service Quotas, Lambda, Concurrent executions), or set "
        f"max_concurrency={max(2, limit // 2)}."
    )
