"""`make rehearse`: the whole life of a stage on MiniStack, from bootstrapping to removal, in a few minutes.

What it cannot show is told in docs/deploy.md.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from cli.client import ApiClient, build_http
from cli.stage import connect, removed_stage_settings, stage_settings
from infra.command_line import check_bootstrap, run_cdk
from infra.interpreters import REPOSITORY
from infra.rehearsal import ministack, versions
from infra.rehearsal.endpoint import Endpoint, listening
from infra.rehearsal.left import SERVICES, left_of
from infra.smoke import TRACKING, Smoke, SmokeError, new_key
from parcelhook.services import build_administration

STAGE = "rehearsal"
STACK = f"Parcelhook-{STAGE}"
# The shortest retry interval that a stage may have, and data that goes with the stack.
SETTINGS = {"stage": STAGE, "keep_data": "false", "retry_interval_seconds": "60", "retry_attempts": "5"}
DIRECTORY = REPOSITORY / "build/rehearsal"
PLACE = f"{ministack.ACCOUNT}/{ministack.REGION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The steps, on a MiniStack that runs."""

    url: str
    endpoint: Endpoint
    log: Path
    started: float

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def bootstrap(self) -> None:
        self._cdk("bootstrap", f"aws://{PLACE}")
        check_bootstrap(PLACE)
        self.say(f"`cdk bootstrap` set {PLACE} up.")

    def deploy(self, sources: Path, name: str, version: str) -> str:
        """Deploys a version of the code. Answers the URL of its api."""
        assembly = versions.synthesise(sources, DIRECTORY / name, SETTINGS)
        self.say(f"{version} is built and synthesised.")
        outputs = DIRECTORY / "outputs.json"
        options = ("--app", str(assembly), "--outputs-file", str(outputs), "--require-approval", "never")
        self._cdk("deploy", *options, STACK)
        api_url: str = json.loads(outputs.read_text(encoding="utf-8"))[STACK]["ApiUrl"]
        self.say(f"`cdk deploy` deployed {STACK}.")
        return ministack.front_door(self.url, api_url)

    def session(self, api_url: str) -> None:
        """The session of `make smoke`."""
        with new_key(build_administration(stage_settings(STAGE, connect()))) as key, build_http(api_url, key) as http:
            self.smoke(ApiClient(http)).run()

    def smoke(self, api: ApiClient) -> Smoke:
        """The means of that session."""
        return Smoke(api=api, url=f"{self.endpoint.url}/works", refusing=f"{self.endpoint.url}/refuses", say=self.say)

    def inside(self, api_url: str) -> None:
        """Publishes by IAM, over the queue and over the bus."""
        outputs = connect()(STACK) or {}
        administration = build_administration(stage_settings(STAGE, connect()))
        with new_key(administration) as key, build_http(api_url, key) as http:
            smoke = self.smoke(ApiClient(http))
            account_id = smoke.api.get("/v1/account")["id"]
            webhook_id = smoke.subscribe("track", f"{self.endpoint.url}/works")
            message = {"account_id": account_id, "mode": "live"}
            event = {"type": "tracking.updated", "data": TRACKING}
            body = json.dumps(message | {"events": event | {"id": "by-queue"}})
            boto3.client("sqs").send_message(QueueUrl=outputs["IngestionQueueUrl"], MessageBody=body)
            detail = json.dumps(message | {"events": event | {"id": "by-bus"}})
            entry = {"EventBusName": outputs["EventBusName"], "Source": "rehearsal", "DetailType": "test"}
            boto3.client("events").put_events(Entries=[entry | {"Detail": detail}])
            for event_id in ("by-queue", "by-bus"):
                if smoke.tried(event_id, "it was never tried")["state"] != "delivered":
                    raise SmokeError(f"The event {event_id} was not delivered.")
            smoke.api.call("DELETE", f"/v1/environment/webhooks/{webhook_id}")
        self.say("Events by way of the ingestion queue and the event bus were delivered.")

    def destroy(self, assembly: Path) -> None:
        """Removes the stage, its secrets with it, and looks that nothing is left."""
        there = left_of(STAGE)
        unseen = SERVICES - {each.partition(":")[0] for each in there}
        if unseen:
            raise SmokeError(f"The stage should have something in {sorted(unseen)}, which would not be missed either.")
        self._cdk("destroy", "--app", str(assembly), "--force", STACK)
        secrets = {f"ssm: /parcelhook/{STAGE}/{name}" for name in ("master-secret", "signing-key")}
        left = set(left_of(STAGE))
        if left != secrets:
            raise SmokeError(
                f"After `cdk destroy` there is {sorted(left - secrets)}, and not {sorted(secrets - left)}."
            )
        self.say(f"`cdk destroy` left the two secrets of {len(there)} things.")
        build_administration(removed_stage_settings(STAGE)).secrets.delete()
        if left_of(STAGE):
            raise SmokeError("The secrets cannot be removed.")
        self.say("With the secrets removed there is nothing left.")

    def _cdk(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            run_cdk(*arguments, output=log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A subscription whose delivery failed before the upgrade, and is to succeed after it."""

    rehearsal: Rehearsal
    key: str
    event_id: str
    webhook_id: str

    @classmethod
    def leave(cls, rehearsal: Rehearsal, api_url: str, key: str) -> "Waiting":
        with build_http(api_url, key) as http:
            smoke = rehearsal.smoke(ApiClient(http))
            webhook_id = smoke.subscribe("track", f"{rehearsal.endpoint.url}/broken")
            delivery = smoke.published("tracking.updated", TRACKING)
        if delivery["state"] != "retrying":
            raise SmokeError(f"The delivery that is to survive the upgrade is {delivery['state']}.")
        rehearsal.say("A delivery waits for its second attempt.")
        return cls(rehearsal=rehearsal, key=key, event_id=delivery["event_id"], webhook_id=webhook_id)

    def check(self, api_url: str) -> None:
        """Mends the endpoint and waits for Scheduler, retry and dispatch to do what is left to do."""
        before = self.rehearsal.endpoint.arrived["/broken"]
        self.rehearsal.endpoint.mended = True
        with build_http(api_url, self.key) as http:
            smoke = self.rehearsal.smoke(ApiClient(http))
            delivery = smoke.tried(self.event_id, "not tried again after the upgrade", attempts=before + 1)
            webhooks = [each["webhook_id"] for each in smoke.api.get("/v1/environment/webhooks")]
        if delivery["state"] != "delivered" or self.webhook_id not in webhooks:
            raise SmokeError(f"After the upgrade the delivery is {delivery['state']}, and the webhooks are {webhooks}.")
        self.rehearsal.say(f"It survived the upgrade, and was delivered with attempt {len(delivery['attempts'])}.")


def rehearse(previous: str, say: Callable[[str], None] = print) -> None:
    """All of it. Raises `SmokeError` or `CommandError`, or exits, at the first thing that is wrong."""
    shutil.rmtree(DIRECTORY / "previous", ignore_errors=True)
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    ministack.install()
    say(f"From {versions.described(previous)}\nto   {versions.described('HEAD')}, and what is not committed yet.")
    with _on_ministack() as rehearsal:
        rehearsal.bootstrap()
        with versions.checked_out(previous, DIRECTORY / "previous-sources") as sources:
            api_url = rehearsal.deploy(sources, "previous", previous)
        rehearsal.session(api_url)
        with new_key(build_administration(stage_settings(STAGE, connect()))) as key:
            waiting = Waiting.leave(rehearsal, api_url, key)
            api_url = rehearsal.deploy(REPOSITORY, "current", "This version")
            waiting.check(api_url)
        rehearsal.session(api_url)
        rehearsal.inside(api_url)
        rehearsal.destroy(DIRECTORY / "current/cdk.out")
    say("The rehearsal went well.")


@contextmanager
def _on_ministack() -> Iterator[Rehearsal]:
    """MiniStack in place of AWS for everything in this process and what it starts."""
    started, before = time.monotonic(), dict(os.environ)
    log = DIRECTORY / "cdk.log"
    log.write_bytes(b"")
    with ministack.running(DIRECTORY / "ministack.log") as url, listening() as endpoint:
        os.environ.pop("AWS_PROFILE", None)
        os.environ.update(ministack.variables(url))
        try:
            yield Rehearsal(url=url, endpoint=endpoint, log=log, started=started)
        finally:
            os.environ.clear()
            os.environ.update(before)


def main() -> None:
    """What `make rehearse` calls."""
    parser = argparse.ArgumentParser(description="Deploys, uses, upgrades and removes a stage on MiniStack.")
    parser.add_argument("--previous", help="tag or commit to upgrade from")
    arguments = parser.parse_args()
    try:
        rehearse(arguments.previous or versions.previous_version())
    except Exception as error:
        raise SystemExit(f"{error}\nThe logs are in {DIRECTORY}.") from error


if __name__ == "__main__":
    main()
