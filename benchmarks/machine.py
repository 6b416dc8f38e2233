"""What a measurement was made on."""

import os
import platform
from pathlib import Path


def described() -> str:
    """Processor, cores, system and Python, in a line."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {python()}"


def python() -> str:
    """The version of Python."""
    return platform.python_version()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown processor")
