"""Credentials of a stack's job: reports which are missing, and writes the files that programs read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

FILES = {
    "FLEET_SSH_KEY": ".ssh/id_ed25519",
    "FLEET_SSH_KNOWN_HOSTS": ".ssh/known_hosts",
    "FLEET_KUBECONFIG": ".kube/config",
}
"""Variable -> file in the home folder that receives its value."""

_OF_CONNECTION = {
    "ssh": ("FLEET_SSH_KEY", "FLEET_SSH_KNOWN_HOSTS"),
    "kubeconfig": ("FLEET_KUBECONFIG",),
    "gcp": ("FLEET_GCP_IDENTITY_PROVIDER", "FLEET_GCP_SERVICE_ACCOUNT"),
}
_OWN_RUNNER = "FLEET_RUNNER"


def missing(connection: str, environment: Mapping[str, str]) -> list[str]:
    """Required variables that are not set, for the state backend and for reaching a machine.

    A self-hosted runner may hold the keys of machines; only the backend's variables are required there.
    """
    backend = environment.get("PULUMI_BACKEND_URL", "")
    on_service = urlsplit(backend).scheme in ("", "http", "https")
    needed = ["PULUMI_ACCESS_TOKEN" if on_service else "PULUMI_CONFIG_PASSPHRASE"]
    if not environment.get(_OWN_RUNNER):
        needed += _OF_CONNECTION.get(urlsplit(connection).scheme, (_OWN_RUNNER,))
    return [name for name in needed if not environment.get(name)]


def lay_out(environment: Mapping[str, str], home: Path) -> list[str]:
    """Writes the variables' files, readable by their owner alone. Returns a line for each file that already exists."""
    kept = []
    for variable, name in FILES.items():
        value, file = environment.get(variable, ""), home / name
        if not value:
            continue
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            kept.append(f"~/{name}: already exists; {variable} is not used")
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            # OpenSSH refuses a key without a final newline.
            out.write(value.rstrip("\n") + "\n")
    return kept
