"""Changes of a small fleet on a cluster: every field of a group, of its operation and of the cluster is in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.trial_cluster import Tree, merged
from tests.unit.builders import LATER

_FAR = {
    "containers": {
        "main": {"build": {}, "agents": {"Far": {}}, "memory": {"request": "64MiB"}, "cpu": {"limit": "500m"}},
    },
    "ports": {"main": {"port": 8000, "host_port": 9000}},
}


def a_fleet(changes: Tree | None = None) -> dict[str, Any]:
    """The trial fleet with a group on another machine, and changes laid over it: arguments of `write_trial`."""
    whole: Tree = {
        "groups": {"far": _FAR, "front": {"peers": ["store", "store/lookups", "far"]}},
        "on_host": ["far"],
    }
    given = changes or {}
    found: dict[str, Any] = merged(whole, given)
    # A group that is dropped stays named, so that it is dropped from the trial fleet too.
    found["groups"].update({name: None for name, group in given.get("groups", {}).items() if group is None})
    return found


def _main(**fields: Any) -> Tree:
    return {"containers": {"main": fields}}


def _cluster(**fields: Any) -> Tree:
    return {"cluster": fields}


CHANGES: Mapping[str, Tree] = {
    "images": {"images": {"registry": "ghcr.io/owner/fleet", "tag": "0.1.1"}},
    "what containers run and may use": {
        "groups": {
            "front": _main(
                agents={"Second": {}},
                command=["python3", "-m", "agent_host"],
                health={"ready_path": "/up", "port": 8001},
            ),
            "store": _main(
                memory={"request": "96MiB", "limit": "160MiB"},
                cpu={"request": "150m", "limit": "300m"},
                env={"MOOD": "calm"},
                health={"interval": "5s", "retries": 5, "start_period": "90s"},
                shared_memory="96MiB",
                stop_grace="40s",
                secrets=["store-key", "other-key"],
            ),
            "brain": _main(gpu={"request": "6GiB", "limit": "10GiB"}),
            "left": _main(hardening={"run_as": "10077:10077", "tmpfs": {"/tmp": "32MiB"}}),
            "right": {
                "containers": {
                    "helper": {
                        "build": {},
                        "agents": {"Helper": {}},
                        "memory": {"request": "64MiB"},
                        "cpu": {"limit": "500m"},
                    }
                }
            },
        },
    },
    "how many run": {
        "groups": {
            "front": {"scaling": {"min": 4, "max": 12, "cpu_percent": 60, "down_after": "60s"}, "tier": "standard"},
            "brain": {"scaling": {"min": 2, "max": 2}},
            "left": {"scaling": {"min": 2, "max": 4}},
            "right": {"scaling": {"min": 2, "max": 2}, "tier": "experimental"},
        },
    },
    "how a new version takes over": {
        "groups": {
            "front": {"rollout": {"strategy": "rolling", "surge": 2, "steps": None}},
            "brain": {"rollout": {"strategy": "recreate"}},
            "left": {"rollout": {"strategy": "blue-green"}},
            "right": {"rollout": {"surge": 2, "unavailable": 1}},
        },
    },
    "a step of a canary": {"rollouts": {"front": {"candidate": "ghcr.io/owner/fleet/front:0.2.0", "percent": 10}}},
    "who reaches whom": {
        "groups": {
            "front": {"peers": ["store"], "outside": ["api.example.org:443", "other.example.org:8443"]},
            "far": {"ports": {"main": {"host_port": None}}},
            "store": {"ports": {"main": {"port": 8100}, "lookups": None}, "start_after": ["left"]},
            "brain": {"peers": ["store"]},
            "right": {"ports": {"main": {"port": 8000}, "more": {"port": 9200, "scheme": "http"}}},
        },
    },
    "an endpoint of another machine": {"groups": {"far": {"ports": {"main": {"port": 8000, "host_port": 9100}}}}},
    "more room and a volume more": {
        "groups": {
            "store": {
                **_main(mounts={"notes": {"path": "/scratch"}, "more": {"path": "/content"}}),
                "volumes": {"facts": {"size": "4GiB"}, "notes": {"size": "512MiB"}, "more": {"kind": "data"}},
            },
        },
    },
    "the entrance": {
        "machine": _cluster(
            entrance={"issuer": "staging", "class_name": "other", "exposed": {"front": {"host": "www.example.org"}}}
        ),
    },
    "an ingress": {
        "machine": _cluster(entrance={"kind": "ingress"}),
        "groups": {"front": {"rollout": {"strategy": "rolling", "steps": None}}},
    },
    "no entrance": {"machine": _cluster(entrance=None)},
    "watched and scaled by others": {
        "machine": _cluster(metrics="service-monitor", metrics_namespace="watch", autoscaler="keda"),
    },
    "cards in shares": {
        "machine": _cluster(node_pools={"cards": {"gpu": {"sharing": "memory-amount"}}}),
        "groups": {"brain": _main(gpu={"enforcement": "hami-core"})},
    },
    "another pool label": {"machine": _cluster(pool_label="example.org/pool")},
    "another tenant": {"groups": {"left": {"tenant": "green"}}},
    "a group less": {"groups": {"right": None}},
    "a group more": {"groups": {"extra": {**_FAR, "ports": {}}}},
    "a waiver": {"groups": {"left": {"waivers": {"C09": {"reason": "reads a lot", "until": LATER}}}}},
    "another context": {"machine": {"connection": "kubeconfig://other"}},
}

REFUSED: Mapping[str, Tree] = {
    "another storage class": {"groups": {"store": {"volumes": {"facts": {"medium": "any"}}}}},
    "many writers": {
        "machine": _cluster(shared_storage_class="shared"),
        "groups": {"store": {"volumes": {"facts": {"writers": "many", "medium": "any"}}, "scaling": {"max": 2}}},
    },
    "another cluster": {"machine": {"name": "other"}},
    "another namespace": {"machine": _cluster(namespace="other")},
    "a volume less": {"groups": {"store": {**_main(mounts={"facts": None}), "volumes": {"facts": None}}}},
}
