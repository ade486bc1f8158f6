"""Helm 3, as `tools/lab/helm` finds or builds it."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.kubernetes.cluster import PROGRAMS, Cluster

_CALLS = ("helm", str(PROGRAMS / "helm"))


@cache
def call() -> str | None:
    """How Helm is called here; None where there is none of version 3."""
    for name in _CALLS:
        with suppress(OSError):
            done = subprocess.run([name, "version", "--short"], capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.startswith("v3."):
                return name
    return None


def missing() -> str | None:
    """What keeps Helm from running here; None where nothing does."""
    return None if call() else "Helm 3 is not installed; tools/lab/helm builds it"


@dataclass(frozen=True)
class Helm:
    """Helm, against one control plane; what it keeps of its own lies in a folder."""

    cluster: Cluster
    home: Path

    def run(self, *arguments: str) -> str:
        """What a command prints; fails with what it says where it does not succeed."""
        program = call()
        assert program is not None
        own = {f"HELM_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        done = subprocess.run(
            [program, *arguments],
            env={**os.environ, **own, "KUBECONFIG": str(self.cluster.kubeconfig)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"helm {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout
