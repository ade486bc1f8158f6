"""Reads the state of a stack from a file backend into plain facts. Changes nothing."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from cli.doctor.facts import LockFacts, StateFacts
from cli.pulumi_cli import backend
from fleet.plan.deployment import Deployment

_FILE = "file://"


def read_state(root: Path, deployment: Deployment) -> StateFacts | None:
    """The state of a stack; None if its backend is no folder, or holds nothing that can be read."""
    url = backend(root, sandbox=deployment.sandbox)
    if not url.startswith(_FILE):
        return None
    folder = Path(url.removeprefix(_FILE)).expanduser() / ".pulumi"
    try:
        project = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
        latest = _checkpoint(folder / "stacks" / project / f"{deployment.stack}.json")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError):
        return None
    return StateFacts(
        backend=url,
        lock=_lock(folder / "locks/organization" / project / deployment.stack),
        pending=tuple(_pending(operation) for operation in latest.get("pending_operations") or ()),
        ids=frozenset(str(resource["id"]) for resource in latest.get("resources") or () if resource.get("id")),
    )


def _checkpoint(file: Path) -> Mapping[str, Any]:
    """The latest deployment; empty before the first one."""
    if not file.exists():
        return {}
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}
    return found


def _pending(operation: Mapping[str, Any]) -> str:
    """`creating trial-network-bridge`."""
    return f"{operation['type']} {operation['resource']['urn'].rpartition('::')[2]}"


def _lock(folder: Path) -> LockFacts | None:
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError, KeyError):
            found = json.loads(file.read_text(encoding="utf-8"))
            pid, host = int(found["pid"]), str(found["hostname"])
            alive = _runs(pid) if host == socket.gethostname() else None
            return LockFacts(f"{found['username']}@{host}", str(found["timestamp"]), pid, alive)
    return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
