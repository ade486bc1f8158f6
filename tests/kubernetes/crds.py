"""Kinds that a cluster learns from others: Gateway API, cert-manager, KEDA, the Prometheus operator, Knative."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kubernetes.client import Client, Object
from tests.kubernetes.cluster import ROOT

FOLDER = ROOT / ".state/lab/crds"
"""Where tools/lab/crds puts them: `<plural>.<group>.yaml`."""

_SCRIPT = ROOT / "tools/lab/crds"
_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def missing() -> str | None:
    """What keeps the kinds from being there; None where nothing does."""
    wanted = FOLDER / "wanted"
    if not wanted.is_file():
        return "no custom kinds are there; tools/lab/crds fetches them"
    # With its quotes: a shorter list from before is part of today's.
    is_current = f'wanted="{wanted.read_text().strip()}"' in _SCRIPT.read_text()
    return None if is_current else "the custom kinds are not the ones wanted now; tools/lab/crds fetches these"


def install(client: Client) -> None:
    """Makes the kinds known, and returns once objects of each are accepted."""
    files = sorted(FOLDER.glob("*.yaml"))
    # As text: reading megabytes of YAML here would take longer than all else.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda file: _apply(client.again(), file), files))
    client.wait(lambda: all(_is_known(client, file.stem) for file in files), "the custom kinds are known")


def _apply(client: Client, file: Path) -> Object:
    return client.apply_text(f"{_PATH}/{file.stem}", file.read_text())


def _is_known(client: Client, name: str) -> bool:
    # A new definition has `conditions: null`.
    conditions = client.call("GET", f"{_PATH}/{name}").get("status", {}).get("conditions") or ()
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)
