"""How the simulated AWS says no: as botocore does."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class SimulationError(BaseException):
    """Raised when our code asks AWS for something that the simulation does not know. No handler may swallow it."""


def refusal(code: str, operation: str, message: str = "", *, status: int = 400, **members: Any) -> ClientError:
    """An error answer. `members` are those of the answer itself."""
    response: dict[str, Any] = {
        "Error": {"Code": code, "Message": message or code},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response | members, operation)  # type: ignore[arg-type]


def invalid(operation: str, message: str) -> ClientError:
    """What AWS refuses whoever asks however often."""
    return refusal("ValidationException", operation, message)


def expect(operation: str, parameters: Mapping[str, Any], known: frozenset[str]) -> None:
    """Refuses parameters that the simulation would otherwise pass over in silence."""
    unknown = parameters.keys() - known
    if unknown:
        raise SimulationError(f"{operation} with {', '.join(sorted(unknown))} is not simulated")
