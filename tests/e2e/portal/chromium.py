"""The Chromium that is on this machine. None is downloaded."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")

MISSING = f"the portal is not tested: there is no {NAMES[0]} on this machine (Debian: apt-get install chromium)"

# Containers have no sandbox of their own, and little shared memory.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
