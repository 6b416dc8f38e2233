"""What the system consists of on AWS: tables, queues, functions, schedules.

The one definition of each. The CDK stack and the laptop stack both build from it, so that they cannot differ.
"""

from parcelhook.values import value


@value(kw_only=True)
class Index:
    """A global secondary index that holds keys only. Items without its keys are not in it."""

    name: str
    partition_key: str
    sort_key: str


@value(kw_only=True)
class Table:
    """An on-demand DynamoDB table whose keys are text."""

    name: str
    partition_key: str = "pk"
    sort_key: str = "sk"
    expiry_attribute: str | None = None
    indexes: tuple[Index, ...] = ()


@value(kw_only=True)
class Queue:
    """A standard SQS queue with a dead-letter queue of its own. Times in seconds."""

    name: str
    visibility_timeout: int
    max_receives: int
    dead_letter_retention: int = 14 * 24 * 3600


@value(kw_only=True)
class Function:
    """A Lambda function: `handler` is a dotted path; timeout in seconds, memory in MiB."""

    name: str
    handler: str
    timeout: int
    memory: int

    @property
    def package(self) -> str:
        """Below `functions`, what is uploaded for it. Functions of one package are the same upload."""
        return self.handler.split(".")[1]


@value(kw_only=True)
class Mapping:
    """An event source mapping with partial batch responses. `batching_window` in seconds."""

    queue: Queue
    function: Function
    batch_size: int
    batching_window: int
    max_concurrency: int


STATE_INDEX = Index(name="by-state", partition_key="state_pk", sort_key="state_sk")
DUE_INDEX = Index(name="by-due", partition_key="due_pk", sort_key="due_sk")

REGISTRY = Table(name="registry")
LEDGER = Table(name="ledger", expiry_attribute="expires_at", indexes=(STATE_INDEX, DUE_INDEX))

# API Gateway gives up after 30 s, so a longer answer would be of no use to anybody.
API = Function(name="api", handler="functions.api.handler.handler", timeout=29, memory=512)
# It waits more than it works, so that memory, which buys CPU, is kept low.
# 30 s for the slowest dialect's timeout (eHub), and as much again to plan and to record.
DISPATCH = Function(name="dispatch", handler="functions.dispatch.handler.handler", timeout=60, memory=384)
RETRY = Function(name="retry", handler="functions.retry.handler.handler", timeout=60, memory=512)

# The api's rules for what is published, behind a queue.
INGEST = Function(name="ingest", handler="functions.api.ingest.handler", timeout=30, memory=512)

# AWS advises six times the function's timeout, so that a throttled poller does not show a message twice.
EVENTS = Queue(name="events", visibility_timeout=6 * DISPATCH.timeout, max_receives=5)
INGESTION = Queue(name="ingestion", visibility_timeout=6 * INGEST.timeout, max_receives=5)
RETRIES = Queue(name="retries", visibility_timeout=6 * DISPATCH.timeout, max_receives=5)
# Endpoints that are slow, failing or limited, so that batches of healthy ones do not wait for them.
# What is gathered for a batch is hidden already while the rest of it is waited for.
SLOW = Queue(name="slow", visibility_timeout=6 * DISPATCH.timeout + 5, max_receives=5)

# Gathering for a second takes two fifths of the Lambda seconds, for under half a second of the median
# (docs/measured/isolation.txt).
EVENTS_MAPPING = Mapping(queue=EVENTS, function=DISPATCH, batch_size=10, batching_window=1, max_concurrency=20)
RETRIES_MAPPING = Mapping(queue=RETRIES, function=DISPATCH, batch_size=10, batching_window=0, max_concurrency=5)
# Its workers do little but wait, for as long as a dialect says: the more deliveries share one, the fewer it takes.
SLOW_MAPPING = Mapping(queue=SLOW, function=DISPATCH, batch_size=50, batching_window=5, max_concurrency=3)
INGESTION_MAPPING = Mapping(queue=INGESTION, function=INGEST, batch_size=10, batching_window=0, max_concurrency=2)

# How often the safety net looks for what an interrupted run left behind.
SWEEP_INTERVAL_MINUTES = 5

TABLES = (REGISTRY, LEDGER)
QUEUES = (EVENTS, RETRIES, SLOW, INGESTION)
FUNCTIONS = (API, DISPATCH, RETRY, INGEST)
MAPPINGS = (EVENTS_MAPPING, RETRIES_MAPPING, SLOW_MAPPING, INGESTION_MAPPING)
