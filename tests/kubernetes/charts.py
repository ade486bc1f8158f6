"""Charts as Helm makes objects of them, and the same objects as they are rendered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from components.kubernetes.render import render
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.kubernetes import helm
from tests.kubernetes.client import Object
from tests.unit.builders import load_project
from tests.unit.clusters import write_cluster

Objects = Mapping[str, Object]
"""`Kind namespace/name` -> the object, without what Helm and Pulumi tell their own by."""

_OURS = ("app.kubernetes.io/managed-by", "app.kubernetes.io/instance")


class RefusedError(Exception):
    """Helm does not make anything of a chart; the message is its own."""


def write_chart(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes a chart's files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(*arguments: str) -> str:
    """What Helm prints, without any cluster. Raises RefusedError."""
    program = helm.call()
    assert program is not None
    with TemporaryDirectory() as home:
        own = {f"HELM_{kind}_HOME": home for kind in ("CACHE", "CONFIG", "DATA")}
        done = subprocess.run([program, *arguments], env=own, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RefusedError(done.stdout + done.stderr)
    return done.stdout


def templated(chart: Path, values: Mapping[str, Any] | None = None, *arguments: str) -> Objects:
    """The objects of a chart with some values turned. Raises RefusedError."""
    with TemporaryDirectory() as folder:
        turned = Path(folder) / "turned.json"
        turned.write_text(json.dumps(values or {}))
        text = run("template", "trial", str(chart), "-f", str(turned), *arguments)
    return by_name(found for found in yaml.safe_load_all(text) if found)


def rendered(deployment: Deployment) -> Objects:
    """The objects that `pulumi up` registers."""
    return by_name(manifest.object for manifest in render(deployment))


def replanned(stack: str, change: Callable[[str], str] = str, **groups: str | None) -> Deployment:
    """The plan of a cluster with a change of its file, and other texts for some groups."""
    with TemporaryDirectory() as folder:
        return plan_stack(load_project(write_cluster(Path(folder), stack, change, **groups)).fleet, stack)


def by_name(objects: Iterable[Mapping[str, Any]]) -> Objects:
    """Objects by kind, namespace and name; no two may share one."""
    found: dict[str, Object] = {}
    for body in objects:
        about = body["metadata"]
        name = f"{body['kind']} {about.get('namespace', '')}/{about['name']}"
        assert name not in found, f"{name} is there twice"
        found[name] = {**body, "metadata": _without_owners(about)}
    return found


def _without_owners(about: Mapping[str, Any]) -> Object:
    found = dict(about)
    for key in ("labels", "annotations"):
        kept = {name: value for name, value in found.pop(key, {}).items() if not _tells_owners(name)}
        if kept:
            found[key] = kept
    return found


def _tells_owners(name: str) -> bool:
    return name in _OURS or name.startswith("helm.sh/")
