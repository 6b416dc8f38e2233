"""What a delivery costs the whole engine, and where it goes: decode, match, render, sign, POST, record.

AWS is a process with canned answers, so botocore's cost counts and AWS's does not. The ratio is to the same client
posting the same body in a bare loop in the same run; resolving names is left out of both. Beside it stands what an RSA
signature takes by itself, as ShipEngine's deliveries have: arithmetic, which no code of ours makes shorter.
"""

import asyncio
import gc
import io
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from types import FrameType
from typing import Any

from benchmarks import machine, stage
from benchmarks.claims import Claim
from benchmarks.table import print_table
from benchmarks.tls_endpoint import TlsEndpoint, running_endpoint
from benchmarks.transport import bare_post, our_sender
from parcelhook.delivery.attempt_log import AttemptLog
from parcelhook.delivery.engine import Engine
from parcelhook.delivery.plan import ReceivedMessage
from parcelhook.delivery.sender import HttpxSender, Post
from parcelhook.messages import decode
from parcelhook.security.signing import RsaSigner, new_rsa_key
from parcelhook.services.dispatch import build_engine
from parcelhook.telemetry import Lines

_DELIVERIES = 400
_BODY = b"x" * 2300
_ROUNDS = 5
_SAMPLE_SECONDS = 0.001
BAR = 2.0

# Where a sample belongs: the first of these on its stack, from the innermost frame outwards.
_STEPS = (
    ("AWS calls", ("botocore/", "urllib3/")),
    ("decode", ("messages.py:decode",)),
    ("sign", ("attempts.py:_headers",)),
    ("render", (":body",)),
    ("log", ("attempt_log.py:attempted",)),
    ("match", ("matching.py:subscriptions",)),
    ("record", ("record.py:record",)),
    ("POST: TLS", ("sslproto.py:", "ssl.py:")),
    ("POST: connect and send", ("transport.py:", "selector_events.py:", "base_events.py:create_connection")),
    ("POST: httpx", ("httpx/", "sender.py:")),
    ("plan", ("planner.py:", "admission.py:")),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Batches of `messages` messages with `events` events each, to subscriptions of one dialect."""

    dialect: str
    messages: int
    events: int

    @property
    def deliveries(self) -> int:
        return self.messages * self.events


SCENARIOS = (Scenario("shippo", 10, 1), Scenario("shippo", 1, 100), Scenario("shipengine", 10, 1))


class InlineExecutor(ThreadPoolExecutor):
    """Runs what it is given at once, so that a profile of one thread sees all."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True, slots=True)
class Worker:
    """A dispatch function without Lambda around it."""

    engine: Engine
    runner: asyncio.Runner

    def dispatch(self, texts: Sequence[str]) -> None:
        """Deals with a batch, as the handler does."""
        numbers = count()
        messages = [ReceivedMessage(id=str(next(numbers)), message=decode(text)) for text in texts]
        failed = self.runner.run(self.engine.dispatch(messages, deadline=time.monotonic() + 60))
        assert not failed


def build_worker(sender: HttpxSender, runner: asyncio.Runner) -> Worker:
    """On the stage that is running."""
    log = AttemptLog(Lines(io.StringIO().write))
    # On a machine that is busy otherwise it might take itself to be held by slow endpoints, and receive more.
    return Worker(replace(build_engine(stage.SETTINGS, log, sender=sender), backlog=None), runner)


def engine_milliseconds(worker: Worker, scenario: Scenario) -> float:
    """CPU of one delivery."""
    batches = [
        [stage.message(scenario.events) for _ in range(scenario.messages)]
        for _ in range(_DELIVERIES // scenario.deliveries)
    ]
    began = time.process_time()
    for batch in batches:
        worker.dispatch(batch)
    return (time.process_time() - began) * 1000 / (len(batches) * scenario.deliveries)


def bare_milliseconds(send: Callable[[], Any], runner: asyncio.Runner, parallel: int) -> float:
    """CPU of one POST in a bare loop, in rounds of `parallel`."""

    async def run() -> None:
        await asyncio.gather(*(send() for _ in range(parallel)))

    rounds = _DELIVERIES // parallel
    began = time.process_time()
    for _ in range(rounds):
        runner.run(run())
    return (time.process_time() - began) * 1000 / (rounds * parallel)


def signature_milliseconds(signer: RsaSigner) -> float:
    """CPU of one RSA signature and nothing else."""
    began = time.process_time()
    for _ in range(_DELIVERIES):
        signer.sign(_BODY)
    return (time.process_time() - began) * 1000 / _DELIVERIES


@dataclass(frozen=True, slots=True)
class Measured:
    """Minima of interleaved rounds, which are the nearest to an idle machine: CPU milliseconds for one delivery."""

    engine: float
    client: float
    sockets: float
    signature: float


def measure(endpoint: TlsEndpoint, scenario: Scenario, rounds: int = _ROUNDS) -> tuple[Measured, Counter[str]]:
    """The engine beside the bare POST, and how many samples of the engine's time fell into each step."""
    (host,) = endpoint.hosts(1)
    url = f"https://{host}:{endpoint.port}/"
    subscriber = stage.subscription(scenario.dialect, url)
    sender = our_sender(endpoint)
    post = Post(url=url, headers={"user-agent": "x"}, body=_BODY, timeout_seconds=10)
    sockets = bare_post(endpoint)
    signer = RsaSigner(new_rsa_key())
    times: dict[str, list[float]] = {"engine": [], "client": [], "sockets": [], "signature": []}
    with stage.running_stage(subscriber), asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(ThreadPoolExecutor(64))
        worker = build_worker(sender, runner)
        worker.dispatch([stage.message(1)])
        with _frozen():
            for _ in range(rounds):
                times["engine"].append(engine_milliseconds(worker, scenario))
                times["client"].append(bare_milliseconds(lambda: sender.send(post), runner, scenario.deliveries))
                times["sockets"].append(bare_milliseconds(lambda: sockets(host), runner, scenario.deliveries))
                times["signature"].append(signature_milliseconds(signer))
            runner.get_loop().set_default_executor(InlineExecutor(1))
            samples = _profiled(lambda: [engine_milliseconds(worker, scenario) for _ in range(rounds)])
    return Measured(**{name: min(measured) for name, measured in times.items()}), samples


@contextmanager
def _frozen() -> Iterator[None]:
    """What there is by now is not looked through for garbage, as after a function's start."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _profiled(run: Callable[[], object]) -> Counter[str]:
    samples: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        samples[_step(frame)] += 1

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, _SAMPLE_SECONDS, _SAMPLE_SECONDS)
    try:
        run()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    return samples


def _step(frame: FrameType | None) -> str:
    while frame:
        place = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        for step, places in _STEPS:
            if any(each in place for each in places):
                return step
        frame = frame.f_back
    return "event loop and engine"


def main() -> list[Claim]:
    """Prints the tables."""
    rows, profiles, claims = [], {}, []
    with running_endpoint() as endpoint:
        for scenario in SCENARIOS:
            found, profiles[scenario] = measure(endpoint, scenario)
            name = f"engine, {scenario.dialect} {scenario.messages} x {scenario.events}, to the bare POST"
            claims.append(Claim(name, found.engine / found.client, BAR))
            rows.append(
                [
                    scenario.dialect,
                    f"{scenario.messages} x {scenario.events}",
                    f"{found.engine:.2f}",
                    f"{found.client:.2f}",
                    f"{found.sockets:.2f}",
                    f"{found.signature:.2f}",
                    f"{found.engine / found.client:.2f}",
                    f"{found.engine / found.sockets:.2f}",
                ]
            )
    title = f"CPU ms of one delivery by the whole engine ({machine.described()})"
    head = ["dialect", "messages x events", "engine", "bare POST", "bare sockets", "RSA alone", "to POST", "to sockets"]
    print_table(title, head, rows)
    steps = [step for step, _ in _STEPS] + ["event loop and engine"]
    shares = [[step, *(f"{samples[step] / samples.total():.0%}" for samples in profiles.values())] for step in steps]
    names = [f"{each.dialect} {each.messages} x {each.events}" for each in profiles]
    print_table("Where the engine's CPU goes", ["step", *names], shares)
    return claims


if __name__ == "__main__":
    main()
