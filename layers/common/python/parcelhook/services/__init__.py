"""Puts the system together: settings in, working parts out. A module for each function, so that none loads more."""

from parcelhook.services.administration import build_administration

__all__ = ["build_administration"]
