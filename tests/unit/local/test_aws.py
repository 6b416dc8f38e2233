"""moto is called by one caller at a time, under the names that AWS uses."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from types_boto3_dynamodb import DynamoDBClient
from types_boto3_sqs import SQSClient

from local import layout, provision
from local.aws import Answer, Aws, aws_url
from parcelhook.resources import REGISTRY

SESSION = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name="us-east-1")


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    server = Aws()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def dynamodb(server: Aws) -> DynamoDBClient:
    client = SESSION.client(
        "dynamodb",
        endpoint_url=server.endpoint,
        config=Config(max_pool_connections=20, retries={"total_max_attempts": 1}),
    )
    provision.create_tables(client)
    return client


@pytest.fixture(scope="module")
def sqs(server: Aws) -> SQSClient:
    client = SESSION.client("sqs", endpoint_url=server.endpoint)
    provision.create_queues(client)
    return client


def test_conditional_write_has_one_winner(dynamodb: DynamoDBClient) -> None:
    def put(number: int) -> bool:
        try:
            dynamodb.put_item(
                TableName=layout.table_name(REGISTRY),
                Item={"pk": {"S": "one"}, "sk": {"S": "one"}, "by": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(put, range(40))) == 1


def test_queue_has_the_url_that_it_has_on_aws(sqs: SQSClient) -> None:
    url = layout.queue_url("parcelhook-local-events")
    assert sqs.get_queue_url(QueueName="parcelhook-local-events")["QueueUrl"] == url
    sqs.send_message(QueueUrl=url, MessageBody="ü")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "ü"


class Busy:
    """A service that notes how many are inside at once."""

    def __init__(self) -> None:
        self._inside = threading.Semaphore(1)
        self.calls = 0

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.calls += 1
        assert self._inside.acquire(blocking=False)
        try:
            return 200, {"x-amzn-RequestId": "1"}, "{}"
        finally:
            self._inside.release()


def test_calls_wait_for_each_other() -> None:
    server, busy = Aws(), Busy()
    server.start(busy)
    client = SESSION.client("dynamodb", endpoint_url=server.endpoint)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.list_tables(), range(40)))
    server.stop()
    assert busy.calls == 40


def test_url_is_the_one_on_aws() -> None:
    signature = "AWS4-HMAC-SHA256 Credential=local/20261121/us-east-1/scheduler/aws4_request, SignedHeaders=host"
    assert aws_url("/schedules/a?b=1", signature) == "https://scheduler.us-east-1.amazonaws.com/schedules/a?b=1"


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=a/b"])
def test_unsigned_call_is_refused(authorization: str) -> None:
    with pytest.raises(ValueError, match="not signed"):
        aws_url("/", authorization)
