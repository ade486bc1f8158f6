"""A small fleet on Cloud Run, to be changed: a service behind a front door, one with a GPU, one with volumes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fleet.load.project import Project, load_project
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import Tree, merged

STACK = "sky"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"

SMALL = {"memory": {"request": "512MiB", "limit": "512MiB"}, "cpu": {"request": 1, "limit": 1}}
SIDECAR = {
    "image": {"reference": f"docker.io/library/exporter:1.2@{DIGEST}", "platforms": ["amd64"]},
    "memory": {"request": "128MiB"},
    "cpu": {"request": "100m", "limit": "500m"},
    "health": {"path": "/metrics", "port": 9100},
}
GROUPS: Tree = {
    "front": {"containers": {"main": {"build": {}, "agents": {"Front": {}}, **SMALL}}},
    "brain": {
        "containers": {
            "main": {
                "build": {"variant": "cuda"},
                "agents": {"Brain": {}},
                **SMALL,
                "gpu": {"request": "4GiB", "limit": "8GiB", "enforcement": "framework"},
            }
        }
    },
    "store": {
        "containers": {
            "main": {
                "build": {},
                "agents": {"Store": {}},
                **SMALL,
                "mounts": {"facts": {"path": "/data"}, "notes": {"path": "/cache"}, "papers": {"path": "/content"}},
                "secrets": ["store-key"],
            }
        },
        "volumes": {
            "facts": {"kind": "data", "writers": "one"},
            "notes": {"kind": "scratch"},
            "papers": {"kind": "cache"},
        },
    },
}
SERVICES: Tree = {
    "front": {"ingress": "load-balancer"},
    "brain": {"gpu": "nvidia-l4", "cpu": 4, "memory": "16GiB", "billing": "instance", "max_instances": 2},
    "store": {"volumes": {"facts": "sql", "papers": "bucket"}},
}
CLOUD: Tree = {
    "project_number": 123456789012,
    "regions": ["europe-west4", "europe-west1"],
    "services": SERVICES,
    "secrets": {"store-key": {"version": 3}},
    "front_door": {"host": "front.example.org", "group": "front"},
}


def loaded(folder: Path, *, groups: Tree | None = None, cloud: Tree | None = None, **config: Any) -> Project:
    """The fleet of one stack on Cloud Run, with changes laid over its groups, its cloud and its other settings."""
    files = merged(GROUPS, groups or {})
    for name, group in files.items():
        file = folder / "groups" / "trial" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(group, sort_keys=False))
    machine = {
        "name": STACK,
        "title": "Sky",
        "class": "container-service",
        "target": "cloudrun",
        "connection": "gcp://sky-project",
        "cloud": merged(CLOUD, cloud or {}),
    }
    stack = {
        "pulumi:disable-default-providers": ["*"],
        "fleet:machine": machine,
        "fleet:images": {"registry": "europe-west4-docker.pkg.dev/sky-project/fleet"},
        "fleet:groups": list(files),
        **{f"fleet:{key}": value for key, value in config.items()},
    }
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": stack}, sort_keys=False))
    return load_project(folder)


def faults(folder: Path, **changes: Any) -> list[str]:
    """What is wrong once the fleet is changed."""
    try:
        loaded(folder, **changes)
    except ConfigurationError as refusal:
        return [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in refusal.faults]
    return []


def service(name: str, **keys: Any) -> dict[str, Any]:
    return {"cloud": {"services": {name: keys}}}


def main(name: str, **keys: Any) -> dict[str, Any]:
    return {"groups": {name: {"containers": {"main": keys}}}}
