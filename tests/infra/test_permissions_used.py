"""Holds what each function's role allows against what the function really does: no less, and no more."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from parcelhook.model.account import Mode
from parcelhook.resources import LEDGER, REGISTRY
from parcelhook.security.api_keys import KeyStyle
from parcelhook.services import build_administration, outside
from parcelhook.settings import Settings
from tests.cloud import Cloud
from tests.infra.template import Template
from tests.infra.uses import (
    Tenant,
    event_on_sheets,
    use_api,
    use_api_afterwards,
    use_dispatch,
    use_dispatch_for_erasure,
    use_ingest,
    use_retry,
)
from tests.infra.witness import allowed, witnessed


class _Endpoint(BaseHTTPRequestHandler):
    """Answers 500 at /broken, else 200."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def settings(cloud: Cloud) -> Settings:
    outside.client("scheduler").create_schedule_group(Name="group")
    return Settings(
        registry_table=cloud.table(REGISTRY)[0].name,
        ledger_table=cloud.table(LEDGER)[0].name,
        events_queue_url=cloud.queue_url(),
        retries_queue_url=cloud.queue_url(),
        slow_queue_url=cloud.queue_url(),
        # Every endpoint is slow, so that what is tried again takes the slow lane.
        fast_budget_seconds=0,
        ingest_dead_letter_queue_url=cloud.queue_url(),
        schedule_group="group",
        retry_function_arn="arn:aws:lambda:us-east-1:123456789012:function:retry",
        scheduler_role_arn="arn:aws:iam::123456789012:role/scheduler",
        master_secret_parameter="/master-secret",
        signing_key_parameter="/signing-key",
        subscription_cache_seconds=0,
        bucket_seconds=1,
        bucket_lead_seconds=0,
        retry_interval_seconds=0,
        sweep_grace_seconds=0,
        dangerous_allow_private_endpoints=True,
    )


@pytest.fixture(scope="module")
def tenant(settings: Settings) -> Tenant:
    administration = build_administration(settings)
    account = administration.create_account("Acme")
    _, key = administration.create_key(account.id, mode=Mode.LIVE, style=KeyStyle.SHIPENGINE)
    return Tenant(None, key)


def test_roles_allow_what_is_done_and_no_more(
    dev: Template, cloud: Cloud, settings: Settings, tenant: Tenant, endpoint: str
) -> None:
    with witnessed(settings) as by_api:
        use_api(settings, tenant.key, endpoint)
    with witnessed(settings) as by_dispatch:
        use_dispatch(settings, cloud)
    with witnessed(settings) as by_api_afterwards:
        use_api_afterwards(settings, tenant.key)
    administration = build_administration(settings)
    account = administration.create_account("Inside").id
    administration.set_default_webhook_url(account, f"{endpoint}/default")
    with witnessed(settings) as by_ingest:
        use_ingest(settings, account)
    with witnessed(settings) as by_retry:
        use_retry(settings)
    erased = event_on_sheets(settings, cloud, endpoint)
    with witnessed(settings) as by_dispatch_again:
        use_dispatch(settings, cloud)
        use_dispatch_for_erasure(settings, erased)
    for uses, more in ((by_dispatch, by_dispatch_again), (by_api, by_api_afterwards)):
        for resource, actions in more.items():
            uses.setdefault(resource, set()).update(actions)

    assert by_api == allowed(dev, "Api")
    assert by_dispatch == allowed(dev, "Dispatch")
    assert by_retry == allowed(dev, "Retry")
    assert by_ingest == allowed(dev, "Ingest")
