"""A process of the stack. It does the slow imports at once, then waits for the supervisor's word to begin.

The word comes over standard input, which the supervisor holds open: when it ends, the supervisor is gone.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from local.roles import Role

STANDARD_INPUT = 0


def main(arguments: list[str]) -> None:
    run = prepare(arguments)
    if wait_for_word(STANDARD_INPUT):
        threading.Thread(target=_end_with, args=(STANDARD_INPUT,), name="lifeline", daemon=True).start()
        run()


def prepare(arguments: list[str]) -> Callable[[], None]:
    """Imports what the role needs.

    Who listens is told the descriptor of the socket; then the front its limits, and moto where its state lies.
    """
    role = Role(arguments[0])
    if role is Role.FRONT:
        from local.front_server import front

        rate, burst = map(int, arguments[2:])
        return front(socket.socket(fileno=int(arguments[1])), rate=rate, burst=burst)
    if role is Role.AWS:
        from local.aws import aws_process

        return aws_process(socket.socket(fileno=int(arguments[1])), Path(arguments[2]))
    from local.workers import dispatch_worker, retry_worker, slow_worker

    workers = {Role.DISPATCH: dispatch_worker, Role.SLOW: slow_worker, Role.RETRY: retry_worker}
    return workers[role]()


def wait_for_word(lifeline: int) -> bool:
    """Whether the supervisor said to begin; false when it is gone."""
    return bool(os.read(lifeline, 1))


def _end_with(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    # Whatever hangs in this process must not outlive the supervisor.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
