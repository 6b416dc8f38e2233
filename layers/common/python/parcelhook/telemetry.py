"""Logs: JSON lines with stable names. No bodies, secrets, query strings or personal data.

There are two kinds. Each attempt and each API call has one line, told by `Lines`: CloudWatch is paid by the byte and
knows the time itself, so such a line says nothing that all of them would. What somebody should look at goes through
`logging`, with level, time and logger; docs/observability.md lists both.
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from parcelhook.clock import to_text
from parcelhook.collaborators import collaborator
from parcelhook.compact_json import to_log_line
from parcelhook.errors import ConcurrentChangeError, PoisonedMessageError, SettingsError, UnavailableError
from parcelhook.startup import on_lambda

SERVICE = "parcelhook"

Write = Callable[[str], object]
"""Writes a line, which has no line end yet."""

# Ours, and written without anything that came from outside. Any other error may repeat what it could not deal with:
# a part of an event, an address, a secret.
_TELLING = (UnavailableError, ConcurrentChangeError, PoisonedMessageError, SettingsError)
_OWN_MEMBERS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def to_stdout(text: str) -> None:
    """Where Lambda takes lines from."""
    print(text, flush=True)


@collaborator
class Lines:
    """Writes the lines that there is one of for each attempt and each call; none at a level above INFO."""

    write: Write | None = to_stdout

    def tell(self, message: str, values: Mapping[str, object]) -> None:
        """Writes a line; what is None is left out."""
        if self.write:
            told = {"message": message} | {name: value for name, value in values.items() if value is not None}
            self.write(to_log_line(told))


def build_lines(level: str, write: Write = to_stdout) -> Lines:
    """Those of a function whose `log_level` is `level`."""
    return Lines(write if logging.getLevelNamesMapping()[level] <= logging.INFO else None)


def build_logger(level: str, write: Write = to_stdout) -> logging.Logger:
    """The logger of a function, which the loggers of all our modules write through. Libraries only warn.

    Whatever our level is: what botocore says for debugging has the bodies of all calls in it.
    """
    root, logger, handler = logging.getLogger(), logging.getLogger(SERVICE), _Handler(write)
    root.setLevel(logging.WARNING)
    logger.setLevel(level)
    logger.handlers = [handler]
    if on_lambda():
        # Lambda's own handler would write our lines once more, and with whatever an error says.
        root.handlers = [handler]
        logger.propagate = False
    return logger


class _Handler(logging.Handler):
    def __init__(self, write: Write) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write(to_log_line(_described(record)))
        except Exception:
            self.handleError(record)


def _described(record: logging.LogRecord) -> dict[str, Any]:
    described = {
        "level": record.levelname,
        "timestamp": to_text(datetime.fromtimestamp(record.created, UTC)),
        "message": record.getMessage(),
        "logger": record.name,
    }
    described |= {name: value for name, value in vars(record).items() if name not in _OWN_MEMBERS}
    error = record.exc_info[1] if record.exc_info else None
    return described | _told(error) if error else described


def _told(error: BaseException) -> dict[str, Any]:
    """What was raised, what that came from, and where; never what an error that is not ours says."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "exception": [_named(each) for each in _chain(error)],
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _named(error: BaseException) -> str:
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, _TELLING) else name
