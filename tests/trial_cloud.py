"""A small fleet on Cloud Run that uses every part of the target: what unit tests render and register."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from fleet.charge import charged
from fleet.load.project import Project, load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.trial_cluster import merged

STACK = "trial"
PROJECT = "trial-project"
NUMBER = 123456789012
REGIONS = ("us-central1", "europe-west4", "asia-southeast1")
Tree = dict[str, Any]

_SMALL = {"memory": {"request": "256MiB", "limit": "512MiB"}, "cpu": {"request": "100m", "limit": 1}}
_AGENTS = {"build": {}, "agents": {"Worker": {}}, **_SMALL}

GROUPS: Mapping[str, Tree] = {
    # Reached by the world, in two versions, with two secrets and a sidecar.
    "front": {
        "containers": {
            "main": {
                **_AGENTS,
                "agents": {"Front": {}},
                "secrets": ["front-key", "hub-token"],
                "env": {"PORT": "8000"},
            },
            "lookups": {**_AGENTS, "agents": {"Lookups": {}}},
        },
        "peers": ["store"],
        "start_after": ["store"],
        "outside": ["api.example.org:443"],
        "rollout": {"strategy": "canary", "steps": [{"percent": 10, "pause": "5m"}, {"percent": 100}]},
    },
    # Files in a bucket, facts in a database, notes in memory, and a secret alone.
    "store": {
        "containers": {
            "main": {
                **_AGENTS,
                "agents": {"Store": {}},
                "mounts": {
                    "files": {"path": "/data"},
                    "facts": {"path": "/models"},
                    "notes": {"path": "/cache"},
                },
                "secrets": ["store-key"],
            }
        },
        "volumes": {"files": {}, "facts": {}, "notes": {"kind": "scratch", "size": "64MiB"}},
    },
    # A card.
    "brain": {
        "containers": {
            "main": {
                **_AGENTS,
                "build": {"variant": "cuda"},
                "agents": {"Brain": {}},
                "gpu": {"request": "4GiB", "limit": "8GiB", "enforcement": "exclusive"},
            }
        },
    },
    # Runs all the time and answers nobody; and runs to its end.
    "crawler": {"containers": {"main": {**_AGENTS, "agents": {"Crawler": {}}}}, "ports": {}, "peers": ["store"]},
    "nightly": {"containers": {"main": {**_AGENTS, "agents": {"Nightly": {}}, "restart": "no"}}, "ports": {}},
}

CLOUD: Tree = {
    "project_number": NUMBER,
    "regions": [REGIONS[0]],
    "services": {
        "front": {
            "size": "medium",
            "ingress": "load-balancer",
            "invokers": ["serviceAccount:caller@trial-project.iam.gserviceaccount.com"],
            "min_instances": 1,
            "billing": "instance",
            "egress": "private",
        },
        "store": {"cpu": 1, "memory": "1GiB", "max_instances": 1, "volumes": {"files": "bucket", "facts": "sql"}},
        "brain": {"cpu": 4, "memory": "16GiB", "gpu": "nvidia-l4", "max_instances": 2, "billing": "instance"},
        "crawler": {"kind": "worker-pool"},
        "nightly": {"kind": "job", "timeout": "30m"},
    },
    "secrets": {
        "front-key": {"version": 3},
        "hub-token": {"version": 1},
        "store-key": {"version": 2, "rotation_days": 30},
    },
    "network": "default",
    "subnet": "default",
}

DOOR: Tree = {"host": "front.example.org", "group": "front", "requests_per_minute": 600, "armor": True}
OBSERVATION: Tree = {"email": "owner@example.org"}
BUDGET: Tree = {"monthly_usd": 99.5, "billing_account": "0A1B2C-3D4E5F-678901"}
FULL: Tree = {
    "regions": list(REGIONS),
    "front_door": DOOR,
    "observation": OBSERVATION,
    "budget": BUDGET,
    "build_repository": "owner/fleet",
}
"""Everything else a cloud may have."""


def write_trial(folder: Path, *, groups: Tree | None = None, cloud: Tree | None = None, **config: Any) -> Path:
    """Writes the trial fleet below a folder, with changes laid over its groups and its cloud."""
    files = merged(dict(GROUPS), groups or {})
    for name, group in files.items():
        file = folder / "groups" / "trial" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(group, sort_keys=False))
    machine = {
        "name": STACK,
        "title": "Trial",
        "class": "container-service",
        "target": "cloudrun",
        "connection": f"gcp://{PROJECT}",
        "cloud": merged(CLOUD, cloud or {}),
    }
    stack = {
        "pulumi:disable-default-providers": ["*"],
        "fleet:machine": machine,
        "fleet:images": {"registry": f"us-central1-docker.pkg.dev/{PROJECT}/fleet"},
        "fleet:groups": list(files),
        **{f"fleet:{key}": value for key, value in config.items()},
    }
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": stack}, sort_keys=False))
    return folder


def trial_project(**changes: Any) -> Project:
    """The trial fleet, loaded and judged. Raises ConfigurationError where the changes make it wrong."""
    with TemporaryDirectory() as folder:
        return load_project(write_trial(Path(folder), **changes))


def trial(**changes: Any) -> Deployment:
    """The trial fleet's plan with its charge, as the program makes it."""
    fleet = trial_project(**changes).fleet
    return charged(plan_stack(fleet, STACK), fleet)
