"""The objects around a cluster's pods: namespaces, policies, services, autoscalers, versions, the entrance."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trial_cluster import GROUPS
from tests.unit.components.kubernetes.test_manifests import Objects, pods, rendered, spec

CANDIDATE = "ghcr.io/owner/fleet/front:0.2.0"


def rollout(percent: int, **state: Any) -> Objects:
    return rendered(rollouts={"front": {"candidate": CANDIDATE, "percent": percent, **state}})


def ports_from(objects: Objects, key: str) -> list[tuple[str, str, int]]:
    """(namespace, group, port) of everything that may come in to a group."""
    return [
        (
            source["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            source.get("podSelector", {}).get("matchLabels", {}).get("fleet.group", ""),
            port["port"],
        )
        for rule in spec(objects, key).get("ingress", [])
        for source in rule["from"]
        for port in rule["ports"]
    ]


def test_a_namespace_a_tenant_enforces_the_restricted_level() -> None:
    objects = rendered()
    namespaces = [m for m in objects.values() if m.kind == "v1/Namespace"]
    assert [m.name for m in namespaces] == ["fleet", "fleet-black", "fleet-red"]
    for manifest in namespaces:
        labels = manifest.object["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert objects["left-pods"].object["metadata"]["namespace"] == "fleet-red"


def test_nothing_but_names_is_allowed_unless_a_group_declares_it() -> None:
    objects = rendered()
    for namespace in ("fleet", "fleet-red", "fleet-black"):
        deny = spec(objects, f"{namespace}-default-deny")
        assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        names = spec(objects, f"{namespace}-names")["egress"]
        assert [port["port"] for rule in names for port in rule["ports"]] == [53, 53]


def test_only_declared_edges_the_entrance_and_the_metrics_reader_come_in() -> None:
    objects = rendered()
    assert ports_from(objects, "front-edges") == [
        ("fleet-red", "left", 8000),
        ("fleet-black", "right", 8000),
        ("ingress-nginx", "", 8000),
        ("monitoring", "", 8000),
    ]
    assert ports_from(objects, "store-edges") == [
        ("fleet", "front", 8000), ("fleet", "front", 9100), ("monitoring", "", 8000),
    ]  # fmt: skip
    assert ports_from(rendered(machine={"cluster": {"metrics": "none"}}), "left-edges") == []


def test_the_internet_is_open_on_the_named_port_and_nothing_private_is() -> None:
    *_, outside = spec(rendered(), "front-edges")["egress"]
    assert outside["ports"] == [{"protocol": "TCP", "port": 443}]
    assert "10.0.0.0/8" in outside["to"][0]["ipBlock"]["except"]
    assert "169.254.0.0/16" in outside["to"][0]["ipBlock"]["except"]


def test_copies_follow_use_up_at_once_and_down_after_a_rest() -> None:
    scaler = spec(rendered(), "front-blue-scaling")
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 10)
    uses = {m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in scaler["metrics"]}
    assert uses == {"cpu": 70, "memory": 80}
    assert scaler["behavior"]["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "front-blue"}


def test_waiting_work_is_watched_by_keda() -> None:
    signals = {"front": {"scaling": {"signals": {"queue": {"query": "sum(queue_length)", "per_replica": 5}}}}}
    scaler = rendered(groups=signals, machine={"cluster": {"autoscaler": "keda"}})["front-blue-scaling"]
    assert scaler.kind == "keda.sh/v1alpha1/ScaledObject"
    *_, queue = scaler.object["spec"]["triggers"]
    assert (queue["type"], queue["metadata"]["query"], queue["metadata"]["threshold"]) == (
        "prometheus", "sum(queue_length)", "5",
    )  # fmt: skip


def test_only_what_has_copies_to_spare_has_a_disruption_budget() -> None:
    assert [key for key in rendered() if key.endswith("-disruption")] == ["front-blue-disruption"]


def test_a_new_version_runs_next_to_the_old_one_with_its_share_of_requests() -> None:
    objects = rollout(10)
    images = {key: spec(objects, key)["template"]["spec"]["containers"][0]["image"] for key in pods(objects)}
    assert images["front-blue-pods"] == "ghcr.io/owner/fleet/front:0.1.0"
    assert images["front-green-pods"] == CANDIDATE
    backends = spec(objects, "front-entrance")["rules"][0]["backendRefs"]
    assert {ref["name"]: ref["weight"] for ref in backends} == {"front-blue": 90, "front-green": 10}
    assert spec(objects, "front-service")["selector"] == {"fleet.group": "front", "fleet.track": "blue"}


@pytest.mark.parametrize(("percent", "track"), [(0, "blue"), (99, "blue"), (100, "green")])
def test_requests_inside_the_cluster_move_with_the_last_step(percent: int, track: str) -> None:
    assert spec(rollout(percent), "front-service")["selector"]["fleet.track"] == track


def test_a_version_that_took_over_stays_on_its_track() -> None:
    objects = rendered(rollouts={"front": {"track": "green", "image": CANDIDATE}})
    assert [key for key in pods(objects) if key.startswith("front")] == ["front-green-pods"]
    assert spec(objects, "front-green-pods")["template"]["spec"]["containers"][0]["image"] == CANDIDATE
    assert spec(objects, "front-service")["selector"]["fleet.track"] == "green"


def test_a_rolling_group_surges_by_one_and_misses_none() -> None:
    assert spec(rendered(), "left-pods")["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
    }
    recreated = rendered(groups={"left": {"rollout": {"strategy": "recreate"}}})
    assert spec(recreated, "left-pods")["strategy"] == {"type": "Recreate"}


def test_an_ingress_has_tls_and_limits() -> None:
    found = rendered(machine={"cluster": {"entrance": {"kind": "ingress"}}})["front-entrance"].object
    assert found["kind"] == "Ingress"
    annotations = found["metadata"]["annotations"]
    assert annotations["cert-manager.io/cluster-issuer"] == "letsencrypt"
    assert annotations["nginx.ingress.kubernetes.io/limit-rps"] == "10"
    assert annotations["nginx.ingress.kubernetes.io/limit-connections"] == "100"
    assert found["spec"]["tls"] == [{"hosts": ["front.example.org"], "secretName": "front-tls"}]


def test_metrics_are_found_the_way_the_cluster_wants() -> None:
    annotated = spec(rendered(), "left-pods")["template"]["metadata"]["annotations"]
    assert annotated["prometheus.io/port"] == "8000"
    objects = rendered(machine={"cluster": {"metrics": "service-monitor"}})
    assert objects["left-monitor"].kind == "monitoring.coreos.com/v1/ServiceMonitor"
    # Of a group in two versions, each version's own service, and not the group's as well.
    both = spec(objects, "front-monitor")["selector"]
    assert both["matchExpressions"] == [{"key": "fleet.track", "operator": "Exists"}]
    assert "matchExpressions" not in spec(objects, "left-monitor")["selector"]
    assert "prometheus.io/port" not in spec(objects, "left-pods")["template"]["metadata"]["annotations"]


def test_a_quota_holds_all_copies_while_they_are_replaced() -> None:
    hard = spec(rendered(), "fleet-quota")["hard"]
    # Two versions of the front, the store, the brain: each with one that starts and one that still ends.
    assert hard["pods"] == str(2 * (10 + 2) + (1 + 2) + (3 + 2))
    assert hard["requests.nvidia.com/gpu"] == "5"
    assert (hard["services.nodeports"], hard["services.loadbalancers"]) == ("0", "0")
    assert spec(rendered(), "fleet-red-quota")["hard"]["pods"] == "3"
    assert spec(rendered(), "fleet-red-quota")["hard"]["requests.nvidia.com/gpu"] == "0"


def test_shares_of_a_card_are_counted_like_cards() -> None:
    shared = {"cluster": {"node_pools": {"cards": {"gpu": {"sharing": "shared-device", "shares": 4}}}}}
    hard = spec(rendered(machine=shared), "fleet-quota")["hard"]
    assert hard["requests.nvidia.com/gpu.shared"] == "5"
    assert "requests.nvidia.com/gpu" not in hard


def test_a_quota_holds_what_the_pods_ask_for_and_no_more() -> None:
    objects = rendered()
    hard = spec(objects, "fleet-quota")["hard"]
    copies = {"front-blue-pods": 2 * (10 + 2), "store-pods": 1 + 2, "brain-pods": 3 + 2}
    for amounts in ("requests", "limits"):
        for resource, unit in (("memory", "Mi"), ("cpu", "m")):
            asked = sum(
                count * int(container["resources"][amounts][resource].removesuffix(unit))
                for key, count in copies.items()
                for container in spec(objects, key)["template"]["spec"]["containers"]
            )
            assert hard[f"{amounts}.{resource}"] == f"{asked}{unit}"


def test_what_matters_most_is_evicted_last() -> None:
    objects = rendered()
    assert spec(objects, "front-blue-pods")["template"]["spec"]["priorityClassName"] == "fleet-critical"
    assert objects["priority-critical"].object["value"] > objects["priority-standard"].object["value"]


def test_an_endpoint_of_another_machine_has_a_name_and_an_address_in_the_cluster() -> None:
    far = {"far": {**GROUPS["left"], "tenant": None, "peers": [], "ports": {"main": {"port": 8000, "host_port": 8800}}}}
    objects = rendered(groups={**far, "front": {"peers": ["far"]}}, on_host=("far",))
    service, addresses = objects["fleet-host-far"].object, objects["fleet-host-far-addresses"].object
    assert (service["metadata"]["name"], service["spec"]["clusterIP"]) == ("host-far", "None")
    assert addresses["metadata"]["labels"]["kubernetes.io/service-name"] == "host-far"
    assert addresses["endpoints"] == [{"addresses": ["192.168.7.7"]}]
    assert [port["port"] for port in addresses["ports"]] == [8800]
    destinations = [to for rule in spec(objects, "front-edges")["egress"] for to in rule["to"]]
    assert {"ipBlock": {"cidr": "192.168.7.7/32"}} in destinations
    assert "far-pods" not in objects
