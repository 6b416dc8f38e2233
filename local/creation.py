"""Creates in moto what a deployment creates on AWS, and the first account."""

import boto3

from local import layout, provision
from local.configuration import Configuration
from local.tenant import Tenant, create_tenant
from parcelhook.services import build_administration
from parcelhook.settings import Settings


def create_all(configuration: Configuration, settings: Settings) -> Tenant:
    """Calls the AWS that the environment names."""
    provision.create_tables(boto3.client("dynamodb"))
    provision.create_queues(boto3.client("sqs"), visibility_timeout=configuration.visibility_timeout_seconds)
    provision.create_schedules(
        boto3.client("scheduler"),
        sweep_minutes=layout.sweep_minutes(configuration.retry_interval_seconds),
        role_arn=settings.scheduler_role_arn,
    )
    return create_tenant(build_administration(settings))
