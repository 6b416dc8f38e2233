"""What a function's cold start costs: importing and building it, beside importing boto3 and making the same clients.

Both run from a directory laid out like the layer, for this machine: the locked dependencies, stripped, with bytecode
that is never checked against its source. boto3 lies in a directory of its own, as the runtime brings it. Fresh
processes, interleaved; the minimum is the nearest to an idle machine.

A function makes the clients that nearly every call needs, and leaves others to their first use. The ratio is of all of
them on both sides, so that leaving some for later does not flatter it.
"""

import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.claims import Claim
from benchmarks.table import print_table
from infra.bundling import Target, build
from infra.interpreters import REPOSITORY, find_uv

_ROUNDS = 10
_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six")
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    # What a function does on Lambda only, at its start, is part of it.
    "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "PARCELHOOK_REGISTRY_TABLE": "registry",
    "PARCELHOOK_LEDGER_TABLE": "ledger",
    "PATH": os.environ.get("PATH", ""),
}

_BARE = "bare interpreter"
# Each function's clients, once each: those that it starts with, and those that wait for their first use.
_CLIENTS = {
    "api": (("dynamodb", "sqs"), ("ssm",)),
    "dispatch": (("dynamodb", "ssm"), ("sqs", "scheduler")),
    "retry": (("dynamodb", "sqs"), ("scheduler",)),
}
_PROGRAMS = {
    "api": "import functions.api.handler",
    "dispatch": "import functions.dispatch.handler",
    # It is built in its first call, which tells it its own ARN.
    "retry": "from functions.retry import handler\nhandler._redriver('arn')",
}
BAR = 1.3


def _boto3(name: str) -> str:
    return f"import boto3\nfor name in {sum(_CLIENTS[name], ())!r}: boto3.client(name)"


def _all_clients(name: str) -> str:
    later = f"for name in {_CLIENTS[name][1]!r}: client(name)"
    return f"{_PROGRAMS[name]}\nfrom parcelhook.services.outside import client\n{later}"


def _milliseconds(program: str, path: str) -> float:
    """CPU of a fresh process that finds modules on `path` only."""
    before = _cpu_seconds()
    command = [sys.executable, "-S", "-c", program]
    subprocess.run(command, env=_ENVIRONMENT | {"PYTHONPATH": path}, cwd="/", check=True)  # noqa: S603 - our own
    return 1000 * (_cpu_seconds() - before)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _build(directory: Path) -> dict[str, str]:
    """The layout of Lambda, for this interpreter. Answers each function's path of modules."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    built = build(directory, Target(python_version=version, interpreter=Path(sys.executable)))
    runtime = directory / "runtime"
    locked = [line for line in _locked().splitlines() if line.partition("==")[0] in _RUNTIME]
    install = [find_uv(), "pip", "install", "--quiet", "--target", str(runtime), "--no-deps", "--python"]
    subprocess.run([*install, sys.executable, *locked], check=True)  # noqa: S603 - our own
    compileall = [sys.executable, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compileall, str(runtime)], check=True)  # noqa: S603 - our own
    return {
        name: os.pathsep.join(map(str, (code, built.layer / "python", runtime)))
        for name, code in built.functions.items()
    }


def _locked() -> str:
    command = [
        find_uv(),
        "export",
        "--locked",
        "--no-default-groups",
        "--no-emit-project",
        "--no-hashes",
        "--no-header",
    ]
    process = subprocess.run(  # noqa: S603 - our own
        [*command, "--no-annotate", "--quiet", "--project", str(REPOSITORY)], capture_output=True, text=True, check=True
    )
    return "\n".join(line.partition(" ;")[0] for line in process.stdout.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdStart:
    """CPU milliseconds above a bare interpreter."""

    start: float
    with_all_clients: float
    boto3: float

    @property
    def ratio(self) -> float:
        return self.with_all_clients / self.boto3


def measure(rounds: int = _ROUNDS) -> dict[str, ColdStart]:
    """Each function's, minima of interleaved rounds."""
    times: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        paths = _build(Path(directory))
        for _ in range(rounds):
            for name, program in _PROGRAMS.items():
                programs = {_BARE: "pass", "boto3": _boto3(name), "start": program, "all": _all_clients(name)}
                for kind, text in programs.items():
                    times.setdefault((name, kind), []).append(_milliseconds(text, paths[name]))
    least = {key: min(measured) for key, measured in times.items()}
    return {
        name: ColdStart(
            start=least[name, "start"] - least[name, _BARE],
            with_all_clients=least[name, "all"] - least[name, _BARE],
            boto3=least[name, "boto3"] - least[name, _BARE],
        )
        for name in _PROGRAMS
    }


def main() -> list[Claim]:
    """Prints the table."""
    found = measure()
    rows = [
        [name, f"{each.start:.0f}", f"{each.with_all_clients:.0f}", f"{each.boto3:.0f}", f"{each.ratio:.2f}"]
        for name, each in found.items()
    ]
    title = f"Cold start: CPU ms above a bare interpreter, minimum of {_ROUNDS} ({machine.described()})"
    print_table(title, ["function", "its start", "with all its clients", "boto3 and these clients", "ratio"], rows)
    return [Claim(f"cold start of {name}, to boto3", each.ratio, BAR) for name, each in found.items()]


if __name__ == "__main__":
    main()
