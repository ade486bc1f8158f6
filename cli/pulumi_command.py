"""A Pulumi command as a person types it: with the variables that `fleet up` and `fleet down` set for it."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

_VARIABLES = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")


def typed(pulumi: str, root: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """The command for a shell in the project's root. pulumi: the program; environment: what `fleet` runs it with."""
    program = "pulumi" if pulumi == shutil.which("pulumi") else os.path.relpath(pulumi, root)
    variables = [
        f"{name}={shlex.quote(environment[name])}"
        for name in _VARIABLES
        if name in environment and environment[name] != os.environ.get(name)
    ]
    return " ".join([*variables, shlex.join([program, *arguments])])
