"""What a stack asks of a cluster that it does not have, or does not support: reported at its line, with a fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.kubernetes.render import render as render_cluster
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import GROUPS, trial, trial_project, write_trial
from tests.unit.builders import LATER

STATE = {"candidate": "ghcr.io/owner/fleet/front:0.2.0", "percent": 10}


def faults(folder: Path, **changes: Any) -> list[str]:
    """What is wrong with the trial fleet once it is changed."""
    with pytest.raises(ConfigurationError) as refusal:
        load_project(write_trial(folder, **changes))
    return [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in refusal.value.faults]


def cluster(**settings: Any) -> dict[str, Any]:
    return {"machine": {"cluster": settings}}


def main(**keys: Any) -> dict[str, Any]:
    return {"containers": {"main": keys}}


SHELF: dict[str, Any] = {"volumes": {"shelf": {}}}
CARD = {"model": "L4", "memory": "24GiB"}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no card holds the limit": (
        {"groups": {"brain": main(gpu={"limit": "32GiB"})}},
        "containers.main.gpu.limit: no card of trial holds 32 768 MiB (it has cards 24 576 MiB); lower it",
    ),
    "a delay that the API server refuses": (
        {"groups": {"front": {"scaling": {"down_after": "3601s"}}}},
        "scaling.down_after: 3601 s exceed 3600 s, the most that Kubernetes takes; set it to 3600s or less",
    ),
    "no cards at all": (
        cluster(node_pools={"cards": {"gpu": None}}),
        "no card of trial holds 8 192 MiB (it has no pool with cards)",
    ),
    "fewer cards than copies": (
        {"groups": {"brain": {"scaling": {"min": 3, "max": 3}}}},
        "machine.cluster.node_pools.cards: has cards for 2 of the 3 copies that always run; add nodes",
    ),
    "too little memory": (
        cluster(node_pools={"general": {"memory": "100MiB", "nodes": 1}, "cards": {"memory": "200MiB", "nodes": 1}}),
        "machine.cluster.node_pools: 300 MiB are too little for requests of",
    ),
    "a pod that fits no node": (
        {"groups": {"left": main(memory={"request": "40GiB", "limit": "40GiB"})}},
        "containers: a pod of 40 960 MiB fits no node of trial; the largest has 32 768 MiB",
    ),
    "images nobody can pull": (
        {"images": {}},
        "images.registry: trial cannot pull the images of front, store, brain, left, right",
    ),
    "a volume in two namespaces": (
        {"groups": {"left": main(mounts={"facts": {"path": "/data", "read_only": True}})}},
        "volumes.facts: left mounts it from another namespace on trial, which Kubernetes does not allow",
    ),
    "a volume for several copies": (
        {"groups": {"front": {**main(mounts={"shelf": {"path": "/data"}}), "volumes": {"shelf": {}}}}},
        "volumes.shelf: several pods of front mount it on trial, which has no shared storage class; set "
        "machine.cluster.shared_storage_class",
    ),
    "a volume for two versions": (
        {"groups": {"front": {**main(mounts={"shelf": {"path": "/data"}}), **SHELF, "scaling": {"min": 1, "max": 1}}}},
        "volumes.shelf: several pods of front mount it on trial",
    ),
    "two containers on one port": (
        {"groups": {"store": {"ports": {"lookups": {"port": 8000}}}}},
        "ports.lookups.port: 8000 is already used by main, in the same pod of store on trial",
    ),
    "an exposed stranger": (
        cluster(entrance={"exposed": {"nobody": {"host": "a.example.org"}}}),
        "machine.cluster.entrance.exposed.nobody: nobody is not a group of trial",
    ),
    "an exposed port that is none": (
        cluster(entrance={"exposed": {"front": {"port": "back"}}}),
        "machine.cluster.entrance.exposed.front.port: front has no port back; use one of main",
    ),
    "one host for two": (
        cluster(entrance={"exposed": {"left": {"host": "front.example.org"}}}),
        "machine.cluster.entrance.exposed.left.host: front.example.org is also the host of front",
    ),
    "a rollout of a stranger": (
        {"rollouts": {"nobody": STATE}},
        "rollouts.nobody: nobody cannot run two versions on trial",
    ),
    "a rollout of what rolls": (
        {"rollouts": {"left": STATE}},
        'rollouts.left: left has the strategy "rolling", which runs one version',
    ),
    "a share that nobody divides": (
        {"rollouts": {"front": STATE}, **cluster(entrance={"kind": "ingress"})},
        "rollouts.front.percent: 10 percent requires a gateway that divides requests, and front has none",
    ),
    "a namespace's name that is too long": (
        cluster(namespace="a-name-of-forty-characters-is-long-enough"[:40])
        | {"groups": {"left": {"tenant": "t" * 30}}},
        "characters; a namespace has at most 63",
    ),
    "limits a gateway cannot keep": (
        cluster(entrance={"exposed": {"front": {"connections": 5}}}),
        "exposed.front.connections: connections is not supported by a gateway",
    ),
    "a weakened lock": (
        {
            "groups": {
                "left": main(
                    hardening={
                        "read_only_root": False,
                        "exceptions": {"read_only_root": {"reason": "writes next to itself", "until": LATER}},
                    }
                )
            }
        },
        "containers.main.hardening: not supported on trial (kubernetes): hardening exceptions",
    ),
    "a device of the host": (
        {"groups": {"left": main(devices=["/dev/snd"])}},
        "containers.main.devices: not supported on trial (kubernetes): host devices, such as audio",
    ),
    "an endpoint that another machine cannot reach": (
        {
            "groups": {"far": {**GROUPS["left"], "tenant": None, "peers": ["store"]}},
            "on_host": ("far",),
        },
        "machine.cluster: host needs store, which is reachable only inside trial; expose it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_cluster_cannot_do_is_reported_with_the_fix(name: str, tmp_path: Path) -> None:
    changes, says = CASES[name]
    found = faults(tmp_path, **changes)
    assert any(says in fault for fault in found), "\n".join(found)


def test_an_exposed_endpoint_is_reached_from_another_machine_by_its_url() -> None:
    far = {"far": {**GROUPS["left"], "tenant": None, "peers": ["front"]}}
    assert trial(groups=far, on_host=("far",)).endpoints["front"] == "tcp://front.fleet:8000"


@pytest.mark.parametrize(
    ("gpu", "copies", "placed"),
    [
        pytest.param({}, 3, 2, id="whole cards"),
        pytest.param({"sharing": "shared-device", "shares": 4}, 9, 8, id="turns on shared cards"),
        # 8192 and a context of 450 MiB: two fit a card of 24 576, and the pool has two.
        pytest.param({"sharing": "memory-amount"}, 6, 4, id="amounts of memory"),
        # Two nodes.
        pytest.param({"per_node": 3}, 7, 6, id="three cards a node"),
    ],
)
def test_the_plan_knows_how_many_copies_find_a_card(gpu: dict[str, Any], copies: int, placed: int) -> None:
    plan = trial(
        groups={"brain": {"scaling": {"max": copies}}}, machine={"cluster": {"node_pools": {"cards": {"gpu": gpu}}}}
    )
    (pool,) = plan.pools
    assert (pool.copies_max, pool.placed("copies_max")) == (copies, placed)


def test_a_budget_is_taken_from_the_smallest_cards_that_hold_it() -> None:
    pools = {"large": {"nodes": 1, "cpus": 8, "memory": "32GiB", "gpu": {"model": "H100", "memory": "80GiB"}}}
    (brain,) = (g for g in trial(machine={"cluster": {"node_pools": pools}}).groups if g.name == "brain")
    assert brain.containers[0].gpu
    assert list(brain.containers[0].gpu.cards) == ["cards"]


def test_a_pod_of_several_cards_takes_them_of_one_node() -> None:
    """Two nodes of three cards have room for two pods of two cards, and not for a third."""
    two = _several(2, per_node=3, scaling={"max": 9})
    (pool,) = two.pools
    assert (pool.placed("copies_max"), pool.taken) == (2, (("brain", 2 * 24576),))
    (brain,) = (group for group in two.groups if group.name == "brain")
    assert brain.containers[0].gpu
    assert brain.containers[0].gpu.count == 2
    assert brain.containers[0].env["CUDA_VISIBLE_DEVICES"] == "0,1"


def test_a_cluster_takes_a_number_of_cards_that_a_node_has() -> None:
    choose = "but the scheduler of trial chooses the cards; write a number, such as"
    shared = {"sharing": "shared-device", "shares": 4, "per_node": 2}
    for cards, gpu, said in (
        ("all", {"per_node": 2}, f"all cards, {choose} 2"),
        (["gpu0", "gpu1"], {"per_node": 2}, f"gpu0 and gpu1, {choose} 2"),
        (3, {"per_node": 2}, "3 cards, but no pool of trial gives a pod that many (cards 2 (whole-device)); lower it"),
        (2, shared, "2 cards, but no pool of trial gives a pod that many (cards 1 (shared-device)); lower it"),
    ):
        with pytest.raises(ConfigurationError) as refusal:
            _several(cards, **gpu)
        assert f"containers.main.gpu.cards: {said}" in refusal.value.text()
    with pytest.raises(ConfigurationError) as refusal:
        _several(2, per_node=2, memory="6GiB")
    assert "no pool of trial has 2 cards a node that hold 8 192 MiB (it has cards 6 144 MiB)" in refusal.value.text()


def _several(cards: object, scaling: dict[str, Any] | None = None, **gpu: Any) -> Deployment:
    brain = {"containers": {"main": {"gpu": {"cards": cards}}}, **({"scaling": scaling} if scaling else {})}
    return trial(groups={"brain": brain}, machine={"cluster": {"node_pools": {"cards": {"gpu": gpu}}}})


def test_a_pool_requests_its_makers_resource() -> None:
    """A ready image for that card; the pod joins the groups of its device files."""
    image = {"reference": "docker.io/library/rocm:1", "platforms": ["amd64"]}
    ready = {"build": None, "agents": None, "image": image, "command": ["/serve"], "health": {"port": 8000}}
    for gpu, resource in (
        ({"vendor": "amd"}, "amd.com/gpu"),
        ({"vendor": "intel"}, "gpu.intel.com/i915"),
        ({"vendor": "intel", "intel_driver": "xe"}, "gpu.intel.com/xe"),
        ({"vendor": "intel", "sharing": "shared-device", "shares": 2}, "gpu.intel.com/i915"),
    ):
        card = {"model": "X", "group_ids": [109], "per_node": 2, **gpu}
        deployment = trial(
            groups={"brain": {"containers": {"main": {**ready, "gpu": {"enforcement": "advisory"}}}}},
            machine={"cluster": {"node_pools": {"cards": {"gpu": card}}}},
        )
        (pod,) = (
            each["spec"]["template"]["spec"]
            for each in (manifest.object for manifest in render_cluster(deployment))
            if each["kind"] == "Deployment" and each["metadata"]["name"] == "brain"
        )
        (main,) = pod["containers"]
        assert main["resources"]["limits"][resource] == "1", gpu
        assert pod["tolerations"][0]["key"] == resource
        assert pod["securityContext"]["supplementalGroups"] == [109]
        assert not [each for each in main["env"] if each["name"].startswith(("CUDA", "NVIDIA"))]
        hard = {
            k: v
            for m in render_cluster(deployment)
            if m.object["kind"] == "ResourceQuota"
            for k, v in m.object["spec"]["hard"].items()
        }
        assert f"requests.{resource}" in hard


def test_what_cards_of_another_maker_cannot_do_on_a_cluster() -> None:
    for gpu, said in (
        ({"vendor": "amd", "sharing": "memory-amount"}, '"memory-amount" is not available for cards of amd; use'),
        (
            {"vendor": "amd", "sharing": "shared-device", "shares": 2},
            '"shared-device" is not available for cards of amd',
        ),
        ({"vendor": "intel", "sharing": "memory-amount"}, "for cards of intel; use whole-device or shared-device"),
        ({"intel_driver": "xe"}, "intel_driver has no effect on cards of nvidia; drop it"),
        (
            {"vendor": "amd"},
            "containers.main.build.variant: cuda, but pool cards of trial is of amd; use a",
        ),
        ({"unified": True}, "unified is not supported on a cluster; drop it, and lower the nodes' memory"),
    ):
        with pytest.raises(ConfigurationError) as refusal:
            trial_project(machine={"cluster": {"node_pools": {"cards": {"gpu": {"model": "X", **gpu}}}}})
        assert said in refusal.value.text(), gpu


def test_the_parts_of_the_driver_are_a_variable_of_the_pod() -> None:
    gpu = {"capabilities": ["compute", "video"]}
    (brain,) = (g for g in trial(groups={"brain": {"containers": {"main": {"gpu": gpu}}}}).groups if g.name == "brain")
    assert brain.containers[0].env["NVIDIA_DRIVER_CAPABILITIES"] == "compute,video"
