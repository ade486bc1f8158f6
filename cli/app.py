"""Entry point of the `fleet` command."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

from cli import interrupts


def main() -> None:
    """Runs the command with its signals and standard streams prepared, and ends the process."""
    interrupts.install()
    # Imported below the handlers: Python answers ^C during an import with a traceback.
    from cli import streams

    streams.prepare()
    # Garbage collection takes longer than it saves in a process this short.
    gc.set_threshold(200000, 1000, 1000)
    # Looking for pydantic plugins reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from cli.group import app

    try:
        app(prog_name="fleet")
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        with suppress(OSError):
            sys.stdout.flush()
        # Skips interpreter shutdown, which takes up to 0.1 s.
        os._exit(end.code)
