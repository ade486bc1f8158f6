"""Reads the state of a stack from a file backend into plain facts. Changes nothing."""

from __future__ import annotations

import json
import os
import shlex
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
_PROGRAM = "pulumi"


def read_state(root: Path, deployment: Deployment) -> StateFacts | None:
    """The state of a stack; None if its backend is no folder."""
    url = backend(root, sandbox=deployment.sandbox)
    if not url.startswith(_FILE):
        return None
    folder = Path(url.removeprefix(_FILE)).expanduser() / ".pulumi"
    try:
        project = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    except (OSError, TypeError, KeyError, yaml.YAMLError):
        return None
    file = folder / "stacks" / project / f"{deployment.stack}.json"
    lock = _lock(folder / "locks/organization" / project / deployment.stack)
    if repair := _repair(file):
        return StateFacts(url, lock, repair=repair)
    latest = _checkpoint(file)
    return StateFacts(
        backend=url,
        lock=lock,
        pending=tuple(_pending(operation) for operation in latest.get("pending_operations") or ()),
        ids=frozenset(str(resource["id"]) for resource in latest.get("resources") or () if resource.get("id")),
    )


def _checkpoint(file: Path) -> Mapping[str, Any]:
    """The latest deployment; empty before the first one."""
    if not file.exists():
        return {}
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}
    return found


def _repair(file: Path) -> str:
    """What makes the files of a state whole; the engine keeps the version before the last, and attributes of each."""
    attributes, earlier = Path(f"{file}.attrs"), Path(f"{file}.bak")
    if file.exists() and not _is_checkpoint(file):
        cure = ["cp", str(earlier), str(file)] if _is_checkpoint(earlier) else ["rm", str(file)]
        return shlex.join(cure)
    return "" if not attributes.exists() or _is_json(attributes) else shlex.join(["rm", str(attributes)])


def _is_checkpoint(file: Path) -> bool:
    try:
        _checkpoint(file)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return file.exists()


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True


def _pending(operation: Mapping[str, Any]) -> str:
    """`creating trial-network-bridge`."""
    return f"{operation['type']} {operation['resource']['urn'].rpartition('::')[2]}"


def _lock(folder: Path) -> LockFacts | None:
    file = next(iter(sorted(folder.glob("*.json"))), None)
    if file is None:
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        pid, host = int(found["pid"]), str(found["hostname"])
        alive = _runs(pid) if host == socket.gethostname() else None
        return LockFacts(f"{found['username']}@{host}", str(found["timestamp"]), pid, alive)
    except (OSError, ValueError, TypeError, KeyError):
        # Cut off while it was written.
        return LockFacts("an unknown process", "an unknown time", 0, alive=False)


def _runs(pid: int) -> bool:
    """Whether Pulumi runs under a process id, which another program may have by now."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    with suppress(OSError):  # Linux only
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith(_PROGRAM)
    return True
