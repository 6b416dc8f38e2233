"""Synthesises the stack of one stage: `python -m infra.app -c stage=dev`, and what the CDK command line calls."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.bundling import Artifacts, build_for_lambda
from infra.config import StageSettings, StageSettingsError
from infra.interpreters import REPOSITORY
from infra.stack import ParcelhookStack


def synthesise(context: Mapping[str, object], artifacts: Artifacts, output: Path | None = None) -> None:
    """Writes the cloud assembly, or fails on a wrong setting or on a finding of cdk-nag."""
    app = App(
        analytics_reporting=False, context=_feature_flags() | dict(context), outdir=str(output) if output else None
    )
    settings = StageSettings.from_context(app.node.get_all_context())
    ParcelhookStack(app, settings=settings, artifacts=artifacts)
    synthesise_checked(app)


def synthesise_checked(app: App) -> None:
    """Fails on whatever cdk-nag finds and no construct acknowledges."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def _feature_flags() -> dict[str, object]:
    """Those of `cdk.json`, which only the CDK command line would read: both ways must give the same template."""
    document: dict[str, dict[str, object]] = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))
    return document["context"]


def synthesise_for_lambda(context: Mapping[str, object], output: Path | None = None) -> None:
    """Builds what Lambda runs, then the assembly. A wrong setting ends it with one sentence."""
    try:
        synthesise(context, build_for_lambda(), output)
    except StageSettingsError as error:
        raise SystemExit(str(error)) from error


def parse_context(arguments: list[str]) -> dict[str, object]:
    """Settings as the CDK command line takes them, `name=value`."""
    pairs = (argument.partition("=") for argument in arguments)
    return {name: value for name, _, value in pairs}


def main() -> None:
    """Takes settings as the CDK command line does, which itself passes them in the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="a stage setting")
    synthesise_for_lambda(parse_context(parser.parse_args().context))


if __name__ == "__main__":
    main()
