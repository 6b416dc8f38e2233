"""Nothing secret was ever committed: all that any commit of this history added is looked through."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PATTERNS = {
    "AWS access key": re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
    "AWS secret key": re.compile(r"(?i)aws_?secret_?(?:access_?)?key\W{1,6}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "token of GitHub": re.compile(r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})"),
    "token of PyPI": re.compile(r"pypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    "token of npm": re.compile(r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}"),
    "token of Slack": re.compile(r"xox[abprs]-[A-Za-z0-9-]{20,}"),
}
# Made for tests and used nowhere else.
TEST_VECTORS = {("private key", "tests/vectors/rsa_key.pem"), ("private key", "tests/upgrades/505f7d8.json")}


def found_in(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What in the lines of `git log -p` looks like a secret: its kind, and the file that it was added to."""
    path = ""
    for line in lines:
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/").rstrip()
        elif line.startswith("+"):
            yield from ((kind, path) for kind, pattern in PATTERNS.items() if pattern.search(line))


@pytest.mark.skipif(
    shutil.which("git") is None or not (REPOSITORY / ".git").exists(), reason="this is no git checkout: no history"
)
def test_no_commit_added_a_secret() -> None:
    command = ["git", "-C", str(REPOSITORY), "log", "-p", "--no-color", "--no-ext-diff", "--unified=0"]
    log = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode("utf-8", "replace")
    assert log.count("\n+++ b/") > 0
    assert set(found_in(log.split("\n"))) - TEST_VECTORS == set()


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("AWS access key", "AKIA" + "Q" * 16),
        ("AWS secret key", "aws_secret_access_key = " + "a1/B" * 10),
        ("private key", "-----BEGIN " + "RSA PRIVATE KEY-----"),
        ("token of GitHub", "ghp_" + "a" * 36),
        ("token of PyPI", "pypi-AgEIcHlwaS5vcmc" + "A" * 60),
        ("token of npm", "npm_" + "a" * 36),
        ("token of Slack", "xoxb-" + "1" * 24),
    ],
)
def test_secret_of_each_kind_would_be_found(kind: str, secret: str) -> None:
    lines = ["+++ b/settings.py", f'+KEY = "{secret}"', f'-OLD = "{secret}"', f' SAME = "{secret}"']
    assert list(found_in(lines)) == [(kind, "settings.py")]
