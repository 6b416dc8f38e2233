"""Synthesises what the tests look at, in a process of its own: `python -m tests.infra.synthesise <directory>`.

The layer is a stand-in: its contents have their own tests, and here they would only take time.
"""

import sys
from pathlib import Path

from infra.app import synthesise, synthesise_checked
from infra.bundling import Artifacts
from parcelhook.resources import FUNCTIONS

VARIANTS: dict[str, dict[str, object]] = {
    "dev": {},
    "prod": {
        "stage": "prod",
        "alarm_email": "ops@example.com",
        "budget_usd": "20",
        "throttle_rate": "7",
        "throttle_burst": "9",
        "max_concurrency": "4",
        "batching_window_seconds": "2",
        "custom_domain": "hooks.example.com",
        "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/0f0f",
        "log_retention_days": "90",
        "log_level": "WARNING",
        "ledger_days": "60",
        "retry_interval_seconds": "3600",
        "retry_attempts": "5",
        "retry_jitter_seconds": "120",
        "allowed_ports": "443",
        "resource_base_url": "https://parcels.example.com",
    },
}


def stand_in(directory: Path) -> Artifacts:
    """Something to upload."""
    names = {function.package for function in FUNCTIONS}
    for name in ("layer", *names):
        (directory / name).mkdir(parents=True)
        (directory / name / "file.txt").write_text(name)
    return Artifacts(layer=directory / "layer", functions={name: directory / name for name in names})


def careless(output: Path) -> str:
    """What the checks say to a queue without TLS and dead letters."""
    # Here and not above, where it would come before `infra`, which says what Node.js CDK is to use.
    from aws_cdk import App, Stack
    from aws_cdk.aws_sqs import Queue

    app = App(outdir=str(output))
    Queue(Stack(app, "Careless"), "Queue")
    try:
        synthesise_checked(app)
    except RuntimeError as error:
        return str(error)
    return ""


def main(directory: Path) -> None:
    artifacts = stand_in(directory / "artifacts")
    for name, context in VARIANTS.items():
        synthesise(context, artifacts, directory / name)
    (directory / "careless.txt").write_text(careless(directory / "careless"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
