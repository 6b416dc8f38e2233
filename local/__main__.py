"""`python -m local` starts the whole system on this machine."""

import os
import sys

from local.configuration import Configuration
from local.supervisor import StackError, Supervisor
from parcelhook.errors import SettingsError


def main() -> int:
    """The exit code: 1 when the stack cannot start."""
    try:
        Supervisor(Configuration.from_environment(os.environ)).run()
    except (SettingsError, StackError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
