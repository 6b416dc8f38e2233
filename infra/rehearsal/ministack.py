"""MiniStack, AWS in one process, in an environment of its own: it wants another botocore than ours."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.interpreters import REPOSITORY, find_uv
from infra.stamps import Stamp, fingerprint

LOCK = Path(__file__).with_name("ministack.txt")
ENVIRONMENT = REPOSITORY / ".tools/ministack"
ACCOUNT, REGION = "000000000000", "us-east-1"
_START_SECONDS = 60


def install() -> None:
    """Brings what `ministack.txt` names, on this very Python: functions run on MiniStack's own interpreter."""
    with Stamp(ENVIRONMENT, "lock").unless_current(fingerprint([LOCK], sys.version)) as stale:
        if stale:
            _run(find_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
            _run(find_uv(), "pip", "sync", "--quiet", "--require-hashes", "--python", str(ENVIRONMENT), str(LOCK))


def is_installed() -> bool:
    """Whether `install` was ever called here."""
    return (ENVIRONMENT / "bin/ministack").is_file()


@contextmanager
def running(log: Path) -> Iterator[str]:
    """Runs it on loopback, at a free port, with nothing in it. Gives its URL."""
    port = _free_port()
    # Its own keys are not secret, and nothing of the person's own AWS must be within reach.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "MINISTACK_REGION": REGION}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [str(ENVIRONMENT / "bin/ministack")], env=environment, stdout=output, stderr=output
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def empty(url: str) -> None:
    """Forgets everything that was made in it."""
    urllib.request.urlopen(urllib.request.Request(f"{url}/_ministack/reset", method="POST"), timeout=30).close()  # noqa: S310


def variables(url: str) -> dict[str, str]:
    """What makes AWS clients and the CDK command line find it, and nothing of the person's own AWS."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def front_door(url: str, api_url: str) -> str:
    """Where an HTTP API answers, by its path: names below localhost are not known everywhere."""
    api_id = api_url.split("://", 1)[1].split(".", 1)[0]
    return f"{url}/_aws/execute-api/{api_id}/$default"


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/_ministack/health", timeout=5).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("MiniStack did not start.")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _run(*command: str) -> None:
    process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if process.returncode:
        raise SystemExit(f"MiniStack could not be installed: {process.stderr.strip()}")


if __name__ == "__main__":
    install()
