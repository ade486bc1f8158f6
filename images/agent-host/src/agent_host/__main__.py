"""`python3 -m agent_host`: the command of a container with agents."""

from __future__ import annotations

import asyncio
import os
import sys

from agent_host.host import run_host
from agent_host.logs import LogLines
from agent_host.settings import SettingsError, read_settings


def main() -> int:
    """Exit code: 0 after SIGTERM, 1 if an essential agent is lost or a port is taken, 2 for invalid settings."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        for fault in error.faults:
            print(f"agent_host: {fault}", file=sys.stderr)
        return 2
    return asyncio.run(run_host(settings, LogLines(settings.group, settings.machine)))


if __name__ == "__main__":
    sys.exit(main())
