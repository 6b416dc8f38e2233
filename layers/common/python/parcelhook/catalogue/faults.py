"""What is wrong with one value, in words, on its way through Pydantic."""

from pydantic_core import PydanticCustomError

from parcelhook.catalogue.values import kind

FAULT = "parcelhook_fault"
"""The error type by which our own messages are known again."""


def fault(message: str) -> PydanticCustomError:
    """An error for a validator to raise, whose message callers read as it is."""
    return PydanticCustomError(FAULT, "{message}", {"message": message})


def text_of(value: object) -> str:
    """`value`, if it is text."""
    if not isinstance(value, str):
        raise fault(f"This must be text, not {kind(value)}.")
    return value
