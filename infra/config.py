"""The settings of a stage, read from CDK context (`-c name=value`) and checked before anything is built."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from infra.setting_rules import RULES, StageSettingsError, parse
from parcelhook.resources import EVENTS_MAPPING
from parcelhook.settings import Settings

__all__ = ["StageSettings", "StageSettingsError"]


_SECONDS_A_DAY = 24 * 3600


def _application_default(name: str) -> Any:
    """What the application itself does without the setting, so that no default is written down twice."""
    return next(field.default for field in fields(Settings) if field.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """One deployment. Each field is the context key of the same name.

    What a field may be is in `infra.setting_rules`. The texts below are also those of `docs/settings.md`.
    """

    stage: str = "dev"
    """Names the stack, `Parcelhook-<stage>`."""
    keep_data: bool | None = None
    """Whether registry and logs outlive the stack, the registry protected from deletion. Unset: yes, except for `dev`
    and `dev-…`."""
    log_retention_days: int = 14
    """For how long logs are kept, in days: one of CloudWatch's own steps."""
    log_level: str = _application_default("log_level")
    """The least severe log line that is written."""
    throttle_rate: int = 50
    """Requests a second that the API takes, over all callers."""
    throttle_burst: int = 100
    """Requests at once that the API takes, over all callers."""
    max_concurrency: int = EVENTS_MAPPING.max_concurrency
    """How many dispatch functions may work on published events at once. Other queues keep their proportion to it."""
    batching_window_seconds: int = EVENTS_MAPPING.batching_window
    """How long published events are gathered before they are dispatched together, in seconds: fewer invocations,
    later webhooks."""
    custom_domain: str | None = None
    """A domain name of yours that the API answers on, besides the one that AWS gives it. Unset: none."""
    certificate_arn: str | None = None
    """The certificate of `custom_domain` in AWS Certificate Manager, in the Region of the stage."""
    alarm_email: str | None = None
    """Who is told of alarms. Unset: alarms only show in CloudWatch."""
    budget_usd: int | None = None
    """Monthly cost of the AWS account, in US dollars, of which `alarm_email` is told at 80 % expected and 100 % spent.
    Unset: no budget."""
    ledger_days: int = _application_default("ledger_days")
    """For how long events and deliveries are kept, in days."""
    retry_interval_seconds: int = _application_default("retry_interval_seconds")
    """From a failed attempt to the next, in seconds."""
    retry_attempts: int = _application_default("retry_attempts")
    """Attempts in all, the first one included."""
    retry_jitter_seconds: int = _application_default("retry_jitter_seconds")
    """Up to this much later, at random, in seconds."""
    allowed_ports: tuple[int, ...] = _application_default("allowed_ports")
    """Ports that an endpoint may listen on, comma-separated."""
    publish_rate: int = _application_default("publish_rate")
    """Events a second that an account may publish in the long run; 0 is no limit."""
    publish_burst: int = _application_default("publish_burst")
    """Events that an account may publish at once before `publish_rate` counts."""
    resource_base_url: str = _application_default("resource_base_url")
    """Where an event published without a `resource_url` is said to be readable."""

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            value = getattr(self, name)
            if value is not None and not rule.accepts(value):
                raise StageSettingsError(f"{name} is {value!r}, but must be {rule.wanted}.")
        self._check_combinations()

    def _check_combinations(self) -> None:
        if self.budget_usd is not None and self.alarm_email is None:
            raise StageSettingsError("budget_usd needs alarm_email, which is told when the budget is reached.")
        if (self.custom_domain is None) is not (self.certificate_arn is None):
            raise StageSettingsError("custom_domain and certificate_arn need each other; give both or neither.")
        if (self.retry_attempts - 1) * self.retry_interval_seconds >= self.ledger_days * _SECONDS_A_DAY:
            raise StageSettingsError(
                f"{self.retry_attempts} attempts {self.retry_interval_seconds} seconds apart take longer than the "
                f"{self.ledger_days} days of ledger_days, after which a delivery is forgotten."
            )

    @property
    def keeps_data(self) -> bool:
        """Keeping is the default of every stage that is not plainly for development: what is deleted stays deleted."""
        if self.keep_data is not None:
            return self.keep_data
        return not re.fullmatch("dev(-.*)?", self.stage)

    @property
    def master_secret_parameter(self) -> str:
        """SSM name of the secret that signing secrets are derived from."""
        return f"/parcelhook/{self.stage}/master-secret"

    @property
    def signing_key_parameter(self) -> str:
        """SSM name of the RSA key of ShipEngine's signature."""
        return f"/parcelhook/{self.stage}/signing-key"

    @classmethod
    def from_context(cls, context: Mapping[str, object]) -> "StageSettings":
        """Takes its own keys and refuses look-alikes: a misspelt setting must not be ignored.

        CDK's own keys hold a colon, a hyphen or an @ and are left alone.
        """
        kinds = {field.name: str(field.type) for field in fields(cls)}
        unknown = [key for key in context if key.isidentifier() and key not in kinds]
        if unknown:
            raise StageSettingsError(f"{unknown[0]} is not a setting; the settings are {', '.join(kinds)}.")
        values: dict[str, Any] = {key: parse(key, kinds[key], context[key]) for key in kinds if key in context}
        return cls(**values)
