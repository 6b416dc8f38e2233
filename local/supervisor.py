"""The process that holds the stack together: its children are moto and what runs our functions."""

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from local import layout
from local.banner import banner
from local.configuration import Configuration
from local.environment import clean_environment
from local.process import Process
from local.roles import PROCESSES, Role
from local.state import StateFiles

GRACE_SECONDS = 2.0
"""What children get to end by themselves."""
START_SECONDS = 60.0
"""How long the front may take to answer."""
AWS_STATE = "aws.state"
"""Where moto leaves what it holds when it is told to end."""


class StackError(Exception):
    """Raised when the stack cannot start. Its text is for the person who started it."""


def listen(port: int) -> socket.socket:
    """A socket for the front or for moto. It stays with the supervisor, so that who calls waits while they restart."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise StackError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: PORT=8001 make run"
        ) from error
    return listener


class Supervisor:
    """Starts the stack, keeps it alive until told to stop, and leaves nothing behind."""

    def __init__(self, configuration: Configuration) -> None:
        self._began = time.monotonic()
        self._configuration = configuration
        self._settings = layout.settings(configuration)
        self._stop = _Stop()
        self._files = StateFiles(configuration.state_directory)
        self._aws_state = (configuration.state_directory / AWS_STATE).absolute()
        self._arguments: dict[Role, tuple[str, ...]] = {
            Role.FRONT: (str(configuration.throttle_rate), str(configuration.throttle_burst)),
            Role.AWS: (str(self._aws_state),),
        }
        self._processes: list[Process] = []

    def run(self) -> None:
        """Returns after SIGINT, SIGTERM or SIGHUP. Raises `StackError` when the stack cannot start."""
        with ExitStack() as cleanup:
            cleanup.enter_context(_signals_set(self._stop))
            listener = cleanup.enter_context(contextlib.closing(listen(self._configuration.port)))
            aws = cleanup.enter_context(contextlib.closing(listen(0)))
            self._start(listener, aws, cleanup)
            self._keep_alive()

    def _start(self, listener: socket.socket, aws: socket.socket, cleanup: ExitStack) -> None:
        base_url, endpoint = _url(listener), _url(aws)
        environment = clean_environment(os.environ, aws_endpoint=endpoint) | self._settings.to_environment()
        # The supervisor calls moto too, with none of the person's own AWS.
        os.environ.clear()
        os.environ.update(environment)
        self._aws_state.unlink(missing_ok=True)
        cleanup.callback(self._aws_state.unlink, missing_ok=True)
        cleanup.callback(self._end_children)
        self._start_children({Role.FRONT: listener, Role.AWS: aws}, environment)
        self._only(Role.AWS).release()
        stack = self._create(base_url, endpoint)
        for process in self._processes:
            if process.role is not Role.AWS:
                process.release()
        self._wait_for_front(listener.getsockname()[1])
        cleanup.callback(self._files.remove)
        if not self._stop.is_set():
            self._stack = stack
            self._write_files()
            print(banner(stack, self._configuration, seconds=time.monotonic() - self._began), flush=True)

    def _start_children(self, listeners: dict[Role, socket.socket], environment: dict[str, str]) -> None:
        logs = self._configuration.state_directory / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        for number, role in enumerate(PROCESSES):
            process = Process(
                role=role,
                log=logs / f"{role}-{number}.log",
                environment=environment,
                descriptors=(listeners[role].fileno(),) if role in listeners else (),
                arguments=self._arguments.get(role, ()),
                monotonic=time.monotonic,
            )
            process.log.write_bytes(b"")
            process.start()
            self._processes.append(process)

    def _create(self, base_url: str, aws_endpoint: str) -> dict[str, Any]:
        """Everything that a deployment and its administrator would have created."""
        # Imported here because by now the children are doing their own slow imports beside us.
        from local.creation import create_all

        tenant = create_all(self._configuration, self._settings)
        return {
            "base_url": base_url,
            "account_id": tenant.account_id,
            "keys": tenant.keys,
            "aws_endpoint_url": aws_endpoint,
            "retry_interval_seconds": self._configuration.retry_interval_seconds,
        }

    def _wait_for_front(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._stop.is_set() and not _is_healthy(port):
            for process in self._processes:
                if (code := process.died()) is not None:
                    raise StackError(f"The {process.role} process ended with code {code}; see above, or {process.log}.")
            if time.monotonic() > deadline:
                raise StackError(f"The front does not answer after {START_SECONDS:.0f} s.")
            self._stop.wait(0.05)

    def _keep_alive(self) -> None:
        while not self._stop.wait(0.1):
            for process in self._processes:
                if (code := process.died()) is not None:
                    self._mourn(process.role, code)
                if process.start_if_due():
                    self._write_files()

    def _mourn(self, role: Role, code: int) -> None:
        """Raises `StackError` when there is no going on."""
        if role is Role.AWS and not self._aws_state.exists():
            raise StackError(f"moto ended ({_reason(code)}), and all that it held is lost. Start the stack again.")
        print(f"The {role} process ended ({_reason(code)}); starting it again.", flush=True)

    def _only(self, role: Role) -> Process:
        return next(process for process in self._processes if process.role is role)

    def _write_files(self) -> None:
        single = {role: self._only(role).pid for role in Role if role is not Role.DISPATCH}
        workers = [process.pid for process in self._processes if process.role is Role.DISPATCH and process.pid]
        processes = {"supervisor": os.getpid(), Role.DISPATCH: workers} | single
        self._files.write(self._stack | {"processes": processes})

    def _end_children(self) -> None:
        own = [process for process in self._processes if process.role is not Role.AWS]
        for process in own:
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in own:
            process.wait_or_kill(deadline)
        for process in self._processes:
            # What is left is moto, which nobody calls any more, and which need not save anything.
            process.wait_or_kill(time.monotonic())


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class _Stop:
    """Whether to end. Unlike `threading.Event` it can be set from a signal handler while somebody waits for it."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float) -> bool:
        """Passes so many seconds, unless it is set already."""
        if not self._set:
            time.sleep(seconds)
        return self._set


@contextmanager
def _signals_set(stop: _Stop) -> Iterator[None]:
    """While it lasts, the signals that mean "end" set `stop`."""

    def handle(_signal: int, _frame: object) -> None:
        stop.set()

    signals = [signal.SIGINT, signal.SIGTERM]
    # Under nohup a hang-up is ignored, and stays ignored.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    before: list[tuple[signal.Signals, Any]] = [(number, signal.signal(number, handle)) for number in signals]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
