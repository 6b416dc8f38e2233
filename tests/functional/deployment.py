"""The api's services on moto, and callers of it."""

from dataclasses import dataclass, replace
from typing import Any

from functions.api.app import build_app
from functions.api.routes import GROUPS
from parcelhook.administration import Administration
from parcelhook.bought_labels import BoughtLabels
from parcelhook.ids import Ids
from parcelhook.model.account import Mode
from parcelhook.queues import SqsQueue
from parcelhook.resources import LEDGER, REGISTRY
from parcelhook.security.api_keys import KeyStyle
from parcelhook.security.endpoints import EndpointRules
from parcelhook.services.api import ApiServices, build_api_services
from parcelhook.settings import Settings
from parcelhook.storage.ledger import Ledger
from parcelhook.storage.lists import Lists
from parcelhook.storage.publications import Publications
from parcelhook.storage.recoverable import Recoverable
from parcelhook.storage.recoveries import RecoveryRows
from parcelhook.storage.registry import Registry
from parcelhook.storage.table import DynamoTable
from parcelhook.storage.trackings import Trackings
from tests.cloud import Cloud
from tests.fakes import CountedBytes, FixedClock, ObservedClient
from tests.functional.client import Api

ADDRESSES = {"private.example.com": ["10.0.0.1"], "half.example.com": ["93.184.215.14", "127.0.0.1"]}


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment whose AWS clients and clock are in the test's hand."""

    services: ApiServices
    administration: Administration
    clock: FixedClock
    dynamodb: ObservedClient
    sqs: ObservedClient
    events_queue_url: str

    def caller(self, mode: Mode = Mode.LIVE, *, account_id: str | None = None) -> Api:
        """Somebody with a key, and an account of their own unless one is given."""
        owner = account_id or self.administration.create_account("Acme").id
        _, key = self.administration.create_key(owner, mode=mode, style=KeyStyle.SHIPENGINE)
        return Api(build_app(self.services, GROUPS), key, owner)


def deploy(cloud: Cloud, signing_key: str) -> Deployment:
    """All that the api has, on new tables and a new queue."""
    clock, ids = FixedClock(), Ids(CountedBytes())
    settings = _settings(cloud, signing_key)
    built = build_api_services(settings)
    dynamodb, sqs = ObservedClient(cloud.dynamodb), ObservedClient(cloud.sqs)
    registry = Registry(_table(dynamodb, settings.registry_table))
    ledger = Ledger(table=_table(dynamodb, settings.ledger_table), clock=clock, days=30, shards=1)
    publications = Publications(table=ledger.table, clock=clock, days=30)
    queue = _queue(sqs, settings.events_queue_url)
    endpoint_rules = EndpointRules(
        allowed_ports=frozenset(settings.allowed_ports), resolve=lambda host: ADDRESSES.get(host, [])
    )
    trackings = Trackings(table=ledger.table, clock=clock, days=30)
    tracks = replace(built.tracks, registry=registry, trackings=trackings, lists=Lists(ledger), clock=clock)
    labels = BoughtLabels(
        tracks=tracks,
        registry=registry,
        dialect=built.dialects.named("shippo"),
        endpoint_rules=endpoint_rules,
        clock=clock,
    )
    services = replace(
        built,
        registry=registry,
        ledger=ledger,
        lists=Lists(ledger),
        publications=publications,
        publisher=replace(
            built.publisher,
            queue=queue,
            publications=publications,
            clock=clock,
            ids=ids,
            wait=lambda seconds: clock.forward(seconds=seconds),
            queued=labels.queued,
        ),
        authenticator=replace(built.authenticator, source=registry, clock=clock),
        manual_retries=replace(built.manual_retries, clock=clock, ids=ids),
        recoveries=replace(
            built.recoveries,
            queue=queue,
            rows=RecoveryRows(ledger),
            recoverable=Recoverable(ledger),
            clock=clock,
            ids=ids,
        ),
        tracks=tracks,
        endpoint_rules=endpoint_rules,
        clock=clock,
        ids=ids,
    )
    administration = Administration(registry=registry, secrets=services.secrets, clock=clock, ids=ids)
    return Deployment(services, administration, clock, dynamodb, sqs, settings.events_queue_url)


def _settings(cloud: Cloud, signing_key: str) -> Settings:
    names = {"/test/master": "c2VjcmV0" * 5 + "c2U=", "/test/rsa": signing_key}
    for name, value in names.items():
        cloud.ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    return Settings(
        registry_table=cloud.table(REGISTRY)[0].name,
        ledger_table=cloud.table(LEDGER)[0].name,
        events_queue_url=cloud.queue_url(),
        retries_queue_url=cloud.queue_url(),
        master_secret_parameter="/test/master",
        signing_key_parameter="/test/rsa",
    )


def _table(client: Any, name: str) -> DynamoTable:
    return DynamoTable(client, name)


def _queue(client: Any, url: str) -> SqsQueue:
    return SqsQueue(client, url)
