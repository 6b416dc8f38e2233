"""Everything of one stage in one stack, so that one command deploys it and one removes it."""

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from infra.bundling import Artifacts
from infra.config import StageSettings
from infra.constructs.alarms import Alarms
from infra.constructs.backing import Backing
from infra.constructs.budget import Budget
from infra.constructs.bus import Bus
from infra.constructs.dashboard import Dashboard
from infra.constructs.functions import Functions
from infra.constructs.http_api import HttpApi
from infra.constructs.mappings import Mappings
from infra.constructs.queues import Queues
from infra.constructs.schedules import Schedules
from infra.constructs.tables import Tables
from infra.constructs.watches import watches
from parcelhook.resources import API, EVENTS, INGESTION, LEDGER, REGISTRY, RETRIES, RETRY, SLOW


class ParcelhookStack(Stack):
    """Tied to no account and no Region: it is deployed to those of the caller's credentials."""

    def __init__(self, scope: Construct, *, settings: StageSettings, artifacts: Artifacts) -> None:
        super().__init__(
            scope, f"Parcelhook-{settings.stage}", description=f"Parcelhook, stage {settings.stage}: shipping webhooks"
        )
        queues = Queues(self, "Queues", settings=settings)
        backing = Backing(
            settings=settings,
            tables=Tables(self, "Tables", settings=settings),
            queues=queues,
            schedules=Schedules(self, "Schedules", dead_letters=queues.scheduler_dead_letters),
        )
        functions = Functions(self, "Functions", backing=backing, artifacts=artifacts)
        backing.schedules.start(functions.by_name[RETRY.name])
        Mappings(self, "Mappings", queues=queues, functions=functions, settings=settings)
        bus = Bus(self, "Bus", queue=queues.by_name[INGESTION.name], dead_letters=queues.dead_letters[INGESTION.name])
        api = HttpApi(self, "HttpApi", function=functions.by_name[API.name], settings=settings)
        functions.tell_own_hosts(api.hosts)
        Alarms(self, "Alarms", watches=watches(backing, functions, api), settings=settings)
        dashboard = Dashboard(self, "Dashboard", backing=backing, functions=functions, api=api)
        if settings.budget_usd is not None and settings.alarm_email is not None:
            Budget(self, "Budget", monthly_usd=settings.budget_usd, email=settings.alarm_email)
        self._tell(backing, api, dashboard, bus)
        Tags.of(self).add("app", "parcelhook")
        Tags.of(self).add("stage", settings.stage)

    def _tell(self, backing: Backing, api: HttpApi, dashboard: Dashboard, bus: Bus) -> None:
        queues = backing.queues
        outputs = {
            "ApiUrl": api.url,
            "RegistryTable": backing.tables.by_name[REGISTRY.name].table_name,
            "LedgerTable": backing.tables.by_name[LEDGER.name].table_name,
            "EventsQueueUrl": queues.by_name[EVENTS.name].queue_url,
            "RetriesQueueUrl": queues.by_name[RETRIES.name].queue_url,
            "SlowQueueUrl": queues.by_name[SLOW.name].queue_url,
            "EventsDeadLetterQueueUrl": queues.dead_letters[EVENTS.name].queue_url,
            "RetriesDeadLetterQueueUrl": queues.dead_letters[RETRIES.name].queue_url,
            "SlowDeadLetterQueueUrl": queues.dead_letters[SLOW.name].queue_url,
            "IngestionQueueUrl": queues.by_name[INGESTION.name].queue_url,
            "IngestionDeadLetterQueueUrl": queues.dead_letters[INGESTION.name].queue_url,
            "EventBusName": bus.name,
            "SchedulerDeadLetterQueueUrl": queues.scheduler_dead_letters.queue_url,
            "ScheduleGroup": backing.schedules.group.schedule_group_name,
            "MasterSecretParameter": backing.settings.master_secret_parameter,
            "SigningKeyParameter": backing.settings.signing_key_parameter,
            "DashboardUrl": dashboard.url,
        }
        if api.domain:
            outputs |= {
                "CustomDomainUrl": f"https://{api.domain.name}",
                "CustomDomainTarget": api.domain.regional_domain_name,
            }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
