"""What a function's cold start costs: importing and building it, beside importing boto3 and making the same clients.

Fresh processes, interleaved, bytecode compiled; the minimum is the nearest to an idle machine.
"""

import compileall
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.table import print_table

_ROUNDS = 10
_ROOT = Path(__file__).parents[1]
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "PARCELHOOK_REGISTRY_TABLE": "registry",
    "PARCELHOOK_LEDGER_TABLE": "ledger",
    "PATH": os.environ.get("PATH", ""),
}

_PROGRAMS = {
    "bare interpreter": "pass",
    "boto3 and 4 clients": "import boto3\nfor name in ('dynamodb', 'sqs', 'scheduler', 'ssm'): boto3.client(name)",
    "api": "from functions.api.handler import build\nbuild()",
    "dispatch": "from functions.dispatch import handler\nhandler._engine()",
    "retry": "from functions.retry import handler\nhandler._redriver('arn')",
}


def _seconds(program: str) -> float:
    """CPU seconds of a fresh process."""
    before = os.times()
    subprocess.run([sys.executable, "-c", program], env=_ENVIRONMENT, cwd=_ROOT, check=True)  # noqa: S603 - our own
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Prints the table."""
    for directory in ("layers", "functions"):
        compileall.compile_dir(_ROOT / directory, quiet=1)
    times: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
    for _ in range(_ROUNDS):
        for name, program in _PROGRAMS.items():
            times[name].append(_seconds(program))
    bare = min(times["bare interpreter"])
    clients = min(times["boto3 and 4 clients"]) - bare
    rows = [
        [name, f"{(min(measured) - bare) * 1000:.0f}", f"{(min(measured) - bare) / clients:.2f}"]
        for name, measured in times.items()
    ]
    title = f"Cold start on Python {sys.version.split()[0]}: CPU ms above a bare interpreter, minimum of {_ROUNDS}"
    print_table(title, ["what", "ms", "to boto3"], rows)


if __name__ == "__main__":
    main()
