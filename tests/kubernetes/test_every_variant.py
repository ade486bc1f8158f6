"""Every way a cluster can be described: all objects of each are admitted, custom kinds by their own schemas."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubernetes import shipped
from tests.kubernetes.client import Client
from tests.trial_cluster import JOBS, trial

pytestmark = pytest.mark.kubernetes

SIGNALS = {"front": {"scaling": {"signals": {"queue": {"query": "sum(queue_length)", "per_replica": 5}}}}}
VARIANTS: dict[str, dict[str, Any]] = {
    "gateway": {},
    "ingress": {"machine": {"cluster": {"entrance": {"kind": "ingress"}}}},
    "canary": {"rollouts": {"front": {"candidate": "ghcr.io/owner/fleet/front:0.2.0", "percent": 10}}},
    "keda": {"groups": SIGNALS, "machine": {"cluster": {"autoscaler": "keda"}}},
    "monitors": {"machine": {"cluster": {"metrics": "service-monitor"}}},
    "shared-device": {
        "machine": {"cluster": {"node_pools": {"cards": {"gpu": {"sharing": "shared-device", "shares": 4}}}}}
    },
    "memory-amount": {"machine": {"cluster": {"node_pools": {"cards": {"gpu": {"sharing": "memory-amount"}}}}}},
    "jobs": {"groups": JOBS},
    "without-gpu": {"without_gpu": True},
    "stand-ins": {"stand_ins": True},
}


@pytest.mark.usefixtures("custom_kinds")
@pytest.mark.parametrize("name", VARIANTS)
def test_all_objects_are_admitted_with_strict_validation(client: Client, name: str) -> None:
    changes = {**VARIANTS[name]}
    cluster = {"cluster": {"namespace": f"trial-{name}"}}
    machine = changes.pop("machine", {})
    plan = trial(machine={"cluster": {**cluster["cluster"], **machine.get("cluster", {})}}, **changes)
    applied = shipped.apply_all(client, plan)
    try:
        assert len(applied) == len(shipped.objects(plan))
    finally:
        for manifest in shipped.objects(plan):
            if manifest["kind"] in ("Namespace", "PriorityClass"):
                client.delete(manifest)
