"""Accepts single findings of cdk-nag, each on its construct and with its reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accepts what `rule` finds on this construct, and nowhere else."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
