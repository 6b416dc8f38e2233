"""Entries of Lambda, a package for each upload. This module is imported before any of theirs."""

from parcelhook import startup

startup.begin()
