"""Synthesises a stage as MiniStack can run it: `python -P assembly.py DIRECTORY NAME=VALUE …`.

A script and not a module, so that it works on whichever version of the code is on the path. The template is the one
that AWS gets, but for variables that let the functions call endpoints on this machine, and without alarms on more than
one metric, which MiniStack cannot make. What it uploads is built for it.
"""

import json
import sys
from pathlib import Path

from aws_cdk import App

from infra.bundling import build, host_target
from infra.config import StageSettings
from infra.interpreters import REPOSITORY
from infra.stack import ParcelhookStack

# Endpoints of the rehearsal are on loopback, and nobody wants to wait for a bucket of a minute.
VARIABLES = {
    "PARCELHOOK_DANGEROUS_ALLOW_PRIVATE_ENDPOINTS": "true",
    "PARCELHOOK_BUCKET_SECONDS": "5",
    "PARCELHOOK_BUCKET_LEAD_SECONDS": "10",
}


def main(directory: Path, settings: dict[str, str]) -> None:
    context = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
    artifacts = build(directory / "artifacts", host_target())
    app = App(analytics_reporting=False, context=context | settings, outdir=str(directory / "cdk.out"))
    stack = ParcelhookStack(app, settings=StageSettings.from_context(app.node.get_all_context()), artifacts=artifacts)
    functions = getattr(stack.node.find_child("Functions"), "by_name")  # noqa: B009 - jsii does not know its type
    for function in functions.values():
        for name, value in VARIABLES.items():
            function.add_environment(name, value)
    leave_out_metric_math(stack)
    app.synth()


def leave_out_metric_math(stack: ParcelhookStack) -> None:
    """Takes the alarms away that are about sums or shares of metrics. A version may have no alarms at all."""
    alarms = stack.node.try_find_child("Alarms")
    if alarms is None:
        return
    for alarm in list(alarms.node.children):
        if getattr(alarm.node.default_child, "metrics", None):
            alarms.node.try_remove_child(alarm.node.id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), dict(argument.split("=", 1) for argument in sys.argv[2:]))
