"""Deploys, removes or only synthesises a stage: `python -m infra.deploy deploy --stage dev -c alarm_email=…`."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.app import parse_context, synthesise_for_lambda
from infra.command_line import (
    NotReadyError,
    aws_client,
    check_account,
    check_bootstrap,
    check_certificate,
    run_cdk,
)
from infra.config import StageSettings
from infra.interpreters import REPOSITORY
from infra.quotas import concurrency_warning

ASSEMBLY = REPOSITORY / "cdk.out"
FIRST_EVENT = json.dumps(
    {"type": "tracking.updated", "data": {"tracking_number": "1Z1", "carrier": "ups", "status": "in_transit"}}
)


def synth(context: dict[str, object]) -> None:
    """Writes the template and has the pinned command line read it: needs neither network nor credentials."""
    synthesise_for_lambda(context, ASSEMBLY)
    run_cdk("synth", "--app", str(ASSEMBLY), "--quiet")
    print(f"The template is {ASSEMBLY.name}/{_stack(context)}.template.json.")


def deploy(context: dict[str, object]) -> None:
    """Creates or updates the stack, whose outputs CDK shows, and says what comes next."""
    place = check_account()
    check_bootstrap(place)
    settings = StageSettings.from_context(context)
    check_certificate(settings.certificate_arn, place)
    warning = concurrency_warning(aws_client("lambda"), settings.max_concurrency)
    if warning:
        print(warning)
    synthesise_for_lambda(context, ASSEMBLY)
    print(f"Deploying {_stack(context)} to {place}.")
    outputs = REPOSITORY / "build" / f"outputs-{_stage(context)}.json"
    run_cdk(
        "deploy",
        "--app",
        str(ASSEMBLY),
        "--outputs-file",
        str(outputs),
        *_unasked("--require-approval", "never"),
        _stack(context),
    )
    _say_what_next(outputs, context)


def destroy(context: dict[str, object]) -> None:
    """Removes the stack, and says what is left."""
    place = check_account()
    synthesise_for_lambda(context, ASSEMBLY)
    run_cdk("destroy", "--app", str(ASSEMBLY), *_unasked("--force"), _stack(context))
    print(left_behind(context, place))


def bootstrap(_: dict[str, object]) -> None:
    """Prepares the account and Region for CDK, once for all stages."""
    run_cdk("bootstrap", f"aws://{check_account()}")


def _unasked(*options: str) -> list[str]:
    """CDK asks before it widens permissions or destroys; where nobody can answer, the command is the answer."""
    return [] if sys.stdin.isatty() else list(options)


def _say_what_next(outputs: Path, context: dict[str, object]) -> None:
    values: dict[str, str] = json.loads(outputs.read_text(encoding="utf-8"))[_stack(context)]
    print(what_next(values, _stage(context)))


def what_next(outputs: Mapping[str, str], stage: str) -> str:
    """From a new stage to the first webhook, as commands to copy."""
    url, domain = outputs["ApiUrl"], outputs.get("CustomDomainUrl")
    lines = [
        "",
        f"The API is at {url}, its dashboard at {outputs['DashboardUrl']}.",
        *([f"It answers at {domain} too, once that name leads to {outputs['CustomDomainTarget']}."] if domain else []),
        f"`make smoke STAGE={stage}` says whether it works. The first webhook of your own:",
        "",
        f"  .venv/bin/parcelhook accounts create NAME --stage {stage}",
        f"  .venv/bin/parcelhook keys create ACCOUNT --mode live --stage {stage}     # ACCOUNT is the id just printed",
        "  export API_KEY=live_...                                          # the key just printed",
        f'  curl -s {url}/v1/environment/webhooks -H "API-Key: $API_KEY" -H "Content-Type: application/json" \\',
        """    -d '{"event": "track", "url": "https://YOUR.ENDPOINT/path"}'""",
        f'  curl -s {url}/v1/events -H "API-Key: $API_KEY" -H "Content-Type: application/json" \\',
        f"    -d '{FIRST_EVENT}'",
        f'  curl -s {url}/v1/deliveries -H "API-Key: $API_KEY"',
        "",
        f"`make destroy STAGE={stage}` removes the stage, and says what stays.",
    ]
    return "\n".join(lines)


def left_behind(context: dict[str, object], place: str) -> str:
    settings = StageSettings.from_context(context)
    kept = [
        "the secrets in SSM, which `.venv/bin/parcelhook secrets delete --stage " + settings.stage + "` deletes",
        f"the CDK bootstrap stack CDKToolkit of {place} with its bucket of assets, which other stacks may use",
    ]
    if settings.keeps_data:
        kept.insert(0, f"the registry table, protected from deletion, its name beginning with {_stack(context)}")
        kept.insert(1, f"the log groups, which empty themselves after {settings.log_retention_days} days")
    return "What stays:\n" + "\n".join(f"- {item}" for item in kept)


def _stage(context: dict[str, object]) -> str:
    return StageSettings.from_context(context).stage


def _stack(context: dict[str, object]) -> str:
    return f"Parcelhook-{_stage(context)}"


def main() -> None:
    """What the Makefile's targets of the same names call."""
    actions: dict[str, Callable[[dict[str, object]], None]] = {
        action.__name__: action for action in (synth, deploy, destroy, bootstrap)
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=actions)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE", help="a stage setting")
    arguments = parser.parse_args()
    context = parse_context(arguments.context) | {"stage": arguments.stage}
    try:
        actions[arguments.action](context)
    except (NotReadyError, ValueError) as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
