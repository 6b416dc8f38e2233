"""Lambda entry of the api: API Gateway's events in, its responses out."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.api.app import Resolve, build_app
from functions.api.routes import GROUPS
from parcelhook import startup
from parcelhook.services.api import build_api_services
from parcelhook.settings import Settings
from parcelhook.telemetry import build_lines, build_logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def build() -> Resolve:
    """An application of its own, with clients of its own. It answers one request at a time."""
    settings = Settings.from_environment(os.environ)
    build_logger(settings.log_level)
    return build_app(build_api_services(settings), GROUPS, build_lines(settings.log_level))


_app = cache(build)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answers a request."""
    return _app()(event, context)


startup.finish(_app)
