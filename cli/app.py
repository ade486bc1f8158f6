"""Entry point of the `fleet` command.

Imports little at the top: until the handlers are in place, Python answers ^C with a traceback.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the standard library's own stubs lack it
import gc
import os
import sys


def main() -> None:
    """Runs the command with its signals and standard streams prepared, and ends the process."""
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        # Ends the process silently, during the imports of the handlers.
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from cli import interrupts

    interrupts.install()
    from contextlib import suppress

    from cli import streams

    streams.prepare()
    # Garbage collection takes longer than it saves in a process this short.
    gc.disable()
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
