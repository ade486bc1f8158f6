"""A small fleet on a cluster that uses every part of the target: what unit, engine and kubernetes tests render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from fleet.load.project import Project, load_project
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planner import plan_stack

STACK = "trial"
Tree = dict[str, Any]

_SMALL = {"memory": {"request": "64MiB", "limit": "128MiB"}, "cpu": {"request": "100m", "limit": "200m"}}
_AGENTS = {"build": {}, "agents": {"Worker": {}}, **_SMALL}

GROUPS: Mapping[str, Tree] = {
    # Elastic, reached from outside, in two versions, and talking to the internet.
    "front": {
        "containers": {"main": {**_AGENTS, "agents": {"Front": {}}}},
        "peers": ["store", "store/lookups"],
        "outside": ["api.example.org:443"],
        "tier": "critical",
        "scaling": {"min": 3, "max": 10},
        "rollout": {"strategy": "canary", "steps": [{"percent": 10, "pause": "5m"}, {"percent": 100}]},
    },
    # Data for a single writer, a cache in memory, a secret, and a sidecar that answers a port of its own.
    "store": {
        "containers": {
            "main": {
                **_AGENTS,
                "agents": {"Store": {}},
                "mounts": {"facts": {"path": "/data"}, "notes": {"path": "/cache"}},
                "secrets": ["store-key"],
                "shared_memory": "128MiB",
            },
            "lookups": {**_AGENTS, "agents": {"Lookups": {}}},
        },
        "ports": {"main": {"port": 8000}, "lookups": {"port": 9100, "scheme": "http", "container": "lookups"}},
        "volumes": {
            "facts": {"kind": "data", "writers": "one", "medium": "ssd", "size": "2GiB"},
            "notes": {"kind": "scratch", "size": "256MiB"},
        },
    },
    # A card, whole.
    "brain": {
        "containers": {
            "main": {
                **_AGENTS,
                "build": {"variant": "cuda"},
                "agents": {"Brain": {}},
                "gpu": {"request": "4GiB", "limit": "8GiB", "enforcement": "framework"},
            }
        },
        "start_after": ["store"],
        "scaling": {"min": 1, "max": 3},
    },
    # Two tenants; each may reach the front, neither the other.
    "left": {"containers": {"main": {**_AGENTS, "agents": {"Left": {}}}}, "tenant": "red", "peers": ["front"]},
    "right": {"containers": {"main": {**_AGENTS, "agents": {"Right": {}}}}, "tenant": "black", "peers": ["front"]},
}

_ENDS = {"image": {"reference": "docker.io/library/tables:1.0"}, "run": "once", "time_limit": "20m", **_SMALL}
JOBS: Mapping[str, Tree] = {
    # A job, and a group after it whose volume is filled first.
    "tables": {"containers": {"main": {**_ENDS, "restart": "on-failure", "restarts_max": 3}}},
    "store": {"start_after": ["tables"], "containers": {"seed": {**_ENDS, "mounts": {"facts": {"path": "/data"}}}}},
}
"""Changes that add what runs to its end."""

MACHINE: Tree = {
    "name": STACK,
    "title": "Trial",
    "class": "container-service",
    "target": "kubernetes",
    "connection": "kubeconfig://trial",
    "cluster": {
        "node_pools": {
            "general": {"nodes": 2, "cpus": 8, "memory": "16GiB"},
            "cards": {"nodes": 2, "cpus": 8, "memory": "32GiB", "gpu": {"model": "L4", "memory": "24GiB"}},
        },
        "ssd_storage_class": "fast",
        "entrance": {
            "kind": "gateway",
            "class_name": "nginx",
            "issuer": "letsencrypt",
            "exposed": {"front": {"host": "front.example.org"}},
        },
    },
}


def merged(base: Any, change: Any) -> Any:
    """A tree with another laid over it: maps key by key, everything else as a whole, None drops a key."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    keys = [*base, *(key for key in change if key not in base)]
    found = {key: merged(base.get(key), change[key]) if key in change else base[key] for key in keys}
    return {key: value for key, value in found.items() if value is not None}


HOST: Tree = {
    "name": "host",
    "title": "Host",
    "class": "workstation",
    "arch": "amd64",
    "connection": "ssh://owner@192.168.7.7",
    "lan_address": "192.168.7.7",
    "cpus": 4,
    "memory": "8GiB",
    "network": {"name": "host_internal", "subnet": "10.210.7.0/24"},
}


def write_trial(
    folder: Path,
    *,
    groups: Tree | None = None,
    machine: Tree | None = None,
    on_host: Sequence[str] = (),
    **config: Any,
) -> Path:
    """Writes the trial fleet below a folder, with changes laid over its groups and its machine.

    Groups named `on_host` run on a Docker machine next to the cluster.
    """
    files = merged(dict(GROUPS), groups or {})
    for name, group in files.items():
        file = folder / "groups" / "trial" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(group, sort_keys=False))
    stack = {
        "pulumi:disable-default-providers": ["*"],
        "fleet:machine": merged(MACHINE, machine or {}),
        "fleet:images": {"registry": "ghcr.io/owner/fleet"},
        "fleet:groups": [name for name in files if name not in on_host],
        **{f"fleet:{key}": value for key, value in config.items()},
    }
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": stack}, sort_keys=False))
    if on_host:
        providers = {"pulumi:disable-default-providers": ["*"]}
        host = {**providers, "fleet:machine": HOST, "fleet:groups": list(on_host)}
        (folder / "Pulumi.host.yaml").write_text(yaml.safe_dump({"config": host}, sort_keys=False))
    return folder


def trial_project(**changes: Any) -> Project:
    """The trial fleet, loaded and judged. Raises ConfigurationError where the changes make it wrong."""
    with TemporaryDirectory() as folder:
        return load_project(write_trial(Path(folder), **changes))


def trial(**changes: Any) -> Deployment:
    """The trial fleet's plan."""
    return plan_stack(trial_project(**changes).fleet, STACK)


def group_of(deployment: Deployment, name: str) -> PlannedGroup:
    """A group of a plan by name."""
    return next(group for group in deployment.groups if group.name == name)
