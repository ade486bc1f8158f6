"""Clusters, copies and rollouts: what the models refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fleet.model import Machine, Rollout, RolloutState, Scaling
from fleet.model.operation import Signal
from tests.unit.fleet.models import make_group, make_machine, problem

POOL = {"nodes": 2, "cpus": 4, "memory": "16GiB"}
CLUSTER = {"name": "cluster", "title": "Cluster", "class": "container-service", "target": "kubernetes"}


def cluster(**changes: Any) -> Machine:
    keys = {"connection": "kubeconfig://home", "cluster": {"node_pools": {"general": POOL}}}
    return Machine.model_validate({**CLUSTER, **keys, **changes})


def test_a_cluster_has_what_its_nodes_have_together() -> None:
    assert (cluster().cpus, cluster().memory_mib, cluster().archs) == (8, 32768, ("amd64",))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"cpus": 4}, "cpus not supported on a kubernetes machine", id="processors of a host"),
        pytest.param({"cluster": None}, "cluster missing for a kubernetes machine", id="no cluster"),
        pytest.param({"connection": "ssh://a@b"}, "is not for a kubernetes machine", id="the connection of a host"),
    ],
)
def test_a_cluster_is_described_as_one(changes: Any, says: str) -> None:
    assert says in problem(cluster, **changes)


def test_a_docker_machine_has_no_cluster() -> None:
    assert "cluster not supported on a docker machine" in problem(
        make_machine, cluster={"node_pools": {"general": POOL}}
    )
    assert "is not for a docker machine" in problem(make_machine, connection="kubeconfig://home")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"mps": {}}, "mps is not supported on a cluster", id="MPS"),
        pytest.param({"shares": 4}, 'shares 4 does not match sharing "whole-device"', id="shares of a whole device"),
        pytest.param({"sharing": "shared-device"}, "shared-device takes 2 or more", id="a device shared by one"),
    ],
)
def test_a_pools_cards_are_shared_one_way(changes: Any, says: str) -> None:
    card = {"model": "L4", "memory": "24GiB", **changes}
    assert says in problem(cluster, cluster={"node_pools": {"cards": {**POOL, "gpu": card}}})


@pytest.mark.parametrize(
    ("rollout", "says"),
    [
        pytest.param({"surge": 0}, "cannot replace a replica", id="no room to move"),
        pytest.param({"strategy": "canary"}, "canary requires steps", id="a canary without steps"),
        pytest.param({"steps": [{"percent": 100}]}, "steps require strategy canary", id="steps of nothing"),
        pytest.param(
            {"strategy": "canary", "steps": [{"percent": 50}, {"percent": 10}]}, "make them rise", id="falling steps"
        ),
    ],
)
def test_a_rollout_can_be_carried_out(rollout: Any, says: str) -> None:
    assert says in problem(Rollout.model_validate, obj=rollout)


def test_copies_are_bounded_from_both_sides() -> None:
    assert "max: 2 is below min 3" in problem(Scaling.model_validate, obj={"min": 3, "max": 2})
    assert Scaling.model_validate({"min": 3, "max": 10}).is_elastic


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param(
            {"scaling": {"max": 2}}, "scaling.max: 2 copies, but volumes.facts allows one writer", id="two copies"
        ),
        pytest.param({"rollout": {"strategy": "blue-green"}}, "runs two versions", id="two versions"),
    ],
)
def test_one_writer_means_one_copy(changes: Any, says: str) -> None:
    volumes = {"facts": {"writers": "one"}}
    assert says in problem(make_group, volumes=volumes, **changes)


def test_names_on_a_cluster_follow_its_grammar() -> None:
    pools = {"node_pools": {"general": POOL}}
    wrong, long = [], "a" * 63
    gate = {"issuer": "letters", "exposed": {"front": {"host": "a.example.org"}}}
    for field, bad, good in (
        (
            "pool_label",
            (
                "a..b/c",
                "a-.b/c",
                "-a/c",
                "A/c",
                "a/",
                "/c",
                "a/b/c",
                "a/-c",
                "a/c-",
                f"{long}a/c",
                f"a/{long}a",
                "",
                "a b",
            ),
            ("c", "a.b/c", "cloud.google.com/gke-nodepool", f"{long}.{long}/{long}", "Pool_1.x"),
        ),
        ("pool_label", (f"{'.'.join([long] * 3)}.{'a' * 62}/c",), (f"{'.'.join([long] * 3)}.{'a' * 61}/c",)),
        ("storage_class", ("Nfs", "a..b", "-a", "a-", "a_b", ""), ("a", "nfs.csi.example.org", "gp3", long)),
        ("shared_storage_class", ("a.-b",), ("x1.y",)),
        ("namespace", ("system", "system-x", "kube-fleet", "default", "a.b"), ("systems", "fleet")),
    ):
        for value in bad:
            try:
                cluster(cluster={**pools, field: value})
            except ValidationError:
                continue
            wrong.append((field, value))
        for value in good:
            assert getattr(cluster(cluster={**pools, field: value}).cluster, field) == value
    for field in ("class_name", "issuer"):
        assert problem(cluster, cluster={**pools, "entrance": {**gate, field: "a..b"}})
        assert cluster(cluster={**pools, "entrance": {**gate, field: "a.b"}})
    assert wrong == []


def test_a_pool_chooses_no_card() -> None:
    card = {"model": "L4", "memory": "24GiB"}
    for key, value in (("device", "GPU-aaaa"), ("device", "0"), ("driver", "nvidia"), ("desktop_reserve", "1GiB")):
        pool = {**POOL, "gpu": {**card, key: value}}
        assert f"{key} has no effect on a cluster" in problem(cluster, cluster={"node_pools": {"cards": pool}})
    assert cluster(cluster={"node_pools": {"cards": {**POOL, "gpu": {**card, "context": "500MiB"}}}}).cards


def test_a_label_that_kubernetes_sets_names_a_pool_only_where_it_has_that_value() -> None:
    pools = {"general": {**POOL, "nodes": 3}}
    for label, says in (
        ("kubernetes.io/hostname", "another name on each of the 3 nodes of general"),
        ("kubernetes.io/arch", 'is set by Kubernetes, to "amd64" on the nodes of general'),
        ("beta.kubernetes.io/arch", 'to "amd64"'),
        ("kubernetes.io/os", 'to "linux"'),
        ("beta.kubernetes.io/os", 'to "linux"'),
        ("node-role.kubernetes.io/worker", 'to "" or "true"'),
    ):
        said = problem(cluster, cluster={"node_pools": pools, "pool_label": label})
        assert says in said, label
        assert "label the nodes fleet.local/pool=<pool>" in said
    for label, names in (
        ("kubernetes.io/hostname", {"node-1": {**POOL, "nodes": 1}}),
        ("kubernetes.io/arch", {"amd64": POOL, "arm64": {**POOL, "arch": "arm64"}}),
        ("kubernetes.io/os", {"linux": POOL}),
        ("topology.kubernetes.io/zone", {"us-central1-a": POOL}),
        ("node.kubernetes.io/instance-type", {"k3s": POOL}),
    ):
        assert cluster(cluster={"node_pools": names, "pool_label": label}).cluster, label


def test_lets_encrypt_signs_no_name_of_a_lan() -> None:
    def entrance(issuer: str, host: str) -> dict[str, Any]:
        return {"node_pools": {"general": POOL}, "entrance": {"issuer": issuer, "exposed": {"front": {"host": host}}}}

    for issuer in ("letsencrypt", "letsencrypt-staging", "my-letsencrypt"):
        for host in ("flow.local", "flow.home.arpa", "flow.lan", "flow.internal"):
            said = problem(cluster, cluster=entrance(issuer, host))
            assert f"exposed.front.host: {issuer} signs no certificate for {host}" in said
            assert cluster(cluster=entrance("home-ca", host)).cluster
        assert cluster(cluster=entrance(issuer, "flow.example.org")).cluster


def test_nothing_is_set_that_has_no_effect() -> None:
    for key, value in (("cpu_percent", 70), ("memory_percent", 90), ("down_after", "5m")):
        said = problem(Scaling.model_validate, obj={"min": 2, "max": 2, key: value})
        assert f"{key}: has no effect while max is min; raise max, or drop it" in said
        assert Scaling.model_validate({"max": 2, key: value}).is_elastic
    for key in ("surge", "unavailable"):
        said = problem(Rollout.model_validate, obj={"strategy": "recreate", key: 1})
        assert f'{key}: has no effect with strategy "recreate", which stops all first; drop it' in said
        assert Rollout.model_validate({"strategy": "blue-green", key: 1})
    image = "ghcr.io/owner/front:2"
    said = problem(RolloutState.model_validate, obj={"image": image, "candidate": image})
    assert "candidate: ghcr.io/owner/front:2 is also image, the version that runs" in said


def test_a_query_closes_what_it_opens() -> None:
    for query, lacks in (
        ("sum(", "lacks a )"),
        ("sum(rate(x[5m])", "lacks a )"),
        ("x[5m", "lacks a ]"),
        ("sum(x]", "has a ] without its counterpart"),
        ("x)", "has a ) without its counterpart"),
        ('x{a="b}', 'has a \\" without its counterpart'),
        ("x{a='b}", "has a ' without its counterpart"),
    ):
        said = problem(Signal.model_validate, obj={"query": query, "per_replica": 1})
        assert f"{lacks}".replace("\\", "") in said, (query, said)
    for query in ("sum(rate(x{a=~\"b[(]c\", d='}'}[5m]))", "x # (\n + 1", 'x{a="\\""}', "x{a=`\\`}"):
        assert Signal.model_validate({"query": query, "per_replica": 1}).query == query
