"""A small stack on Cloud Run with services that use all of Knative: what unit and kubernetes tests export."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.trial_cluster import Tree, merged

STACK = "sky"
NAME = "europe-west4-docker.pkg.dev/sky-project/fleet/front"
NEW = f"{NAME}:0.2.0"
_ONE = {"memory": {"request": "512MiB", "limit": "512MiB"}, "cpu": {"request": 1, "limit": 1}}

GROUPS: Mapping[str, Tree] = {
    # Two versions, a sidecar, two secrets, and an environment that both platforms would refuse as it is.
    "front": {
        "containers": {
            "main": {
                "build": {},
                "agents": {"Front": {}},
                **_ONE,
                "secrets": ["front-key", "hub-token"],
                "env": {"PORT": "8000", "HINT": "$(HOME)"},
            },
            "lookups": {"build": {}, "agents": {"Lookups": {}}, **_ONE, "health": {"port": 9000}},
        },
        "peers": ["store"],
        "start_after": ["store"],
        "rollout": {"strategy": "canary", "steps": [{"percent": 10, "pause": "5m"}, {"percent": 100}]},
    },
    # Files in a bucket, notes in memory.
    "store": {
        "containers": {
            "main": {
                "build": {},
                "agents": {"Store": {}},
                **_ONE,
                "mounts": {"files": {"path": "/data"}, "notes": {"path": "/cache"}},
            }
        },
        "volumes": {"files": {}, "notes": {"kind": "scratch", "size": "64MiB"}},
    },
    "brain": {
        "containers": {
            "main": {
                "build": {"variant": "cuda"},
                "agents": {"Brain": {}},
                **_ONE,
                "gpu": {"request": "4GiB", "limit": "8GiB", "enforcement": "exclusive"},
            }
        }
    },
    "crawler": {"containers": {"main": {"build": {}, "agents": {"Crawler": {}}, **_ONE}}, "ports": {}},
}
SERVICES: Tree = {
    "front": {"min_instances": 1, "max_instances": 5, "concurrency": 20, "timeout": "10m", "ingress": "all"},
    "store": {"max_instances": 1, "volumes": {"files": "bucket"}},
    "brain": {"cpu": 4, "memory": "16GiB", "gpu": "nvidia-l4", "billing": "instance", "max_instances": 2},
    "crawler": {"kind": "worker-pool"},
}
CLOUD: Tree = {
    "project_number": 123456789012,
    "regions": ["europe-west4"],
    "services": SERVICES,
    "secrets": {"front-key": {"version": 3}, "hub-token": {"version": 1}},
}


def write_sky(
    folder: Path, *, machine: str = STACK, groups: Tree | None = None, cloud: Tree | None = None, **config: Any
) -> Path:
    """Writes the stack's project below a folder, with changes laid over its groups and its cloud."""
    files = merged(dict(GROUPS), groups or {})
    for name, group in files.items():
        file = folder / "groups" / "sky" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(group, sort_keys=False))
    described = {
        "name": machine,
        "title": "Sky",
        "class": "container-service",
        "target": "cloudrun",
        "connection": "gcp://sky-project",
        "cloud": merged(CLOUD, cloud or {}),
    }
    stack = {
        "fleet:machine": described,
        "fleet:images": {"registry": "europe-west4-docker.pkg.dev/sky-project/fleet"},
        "fleet:groups": list(files),
        **{f"fleet:{key}": value for key, value in config.items()},
    }
    (folder / "Pulumi.yaml").write_text("name: fleet\n")
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": stack}, sort_keys=False))
    return folder


def sky(**changes: Any) -> Deployment:
    """The stack's plan. Raises ConfigurationError where the changes make it wrong."""
    with TemporaryDirectory() as folder:
        return plan_stack(load_project(write_sky(Path(folder), **changes)).fleet, STACK)
