"""Deploys, uses, upgrades and removes the real stack on MiniStack, without Docker or an AWS account."""
