"""Components of a cluster, registered against the real mock monitor of the SDK."""

from __future__ import annotations

from collections import Counter
from functools import cache

from cli.preview.input_types import refusals
from components.kubernetes.render import render
from fleet.plan.deployment import Deployment
from tests.trial_cluster import trial
from tests.unit.components.registering import Registered, register

CLUSTER = "urn:pulumi:trial::fleet::fleet:kubernetes:Cluster"


@cache
def deployment() -> Deployment:
    return trial()


@cache
def registered() -> Registered:
    return register(deployment())


def test_everything_rendered_is_registered_and_nothing_else() -> None:
    ours = [seen for seen in registered().all if seen.type.startswith("kubernetes:")]
    assert len(ours) == len(render(deployment()))
    for manifest in render(deployment()):
        name = f"trial-{manifest.key}-claim" if manifest.kind == "v1/PersistentVolumeClaim" else f"trial-{manifest.key}"
        resource = registered().plain[name]
        assert resource.inputs["metadata"] == manifest.object["metadata"], name
        assert resource.inputs.get("spec") == manifest.object.get("spec"), name


def test_an_engine_would_take_all_of_it() -> None:
    assert refusals(list(registered().plain.values())) == []


def test_a_fault_in_a_pod_would_be_refused() -> None:
    front = registered().plain["trial-left-pods"]
    front.inputs["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    try:
        assert any("imagePolicy: is not an input of the provider" in fault for fault in refusals([front]))
    finally:
        del front.inputs["spec"]["template"]["spec"]["containers"][0]["imagePolicy"]


def test_a_cluster_owns_a_group_each_and_each_volumes_claim() -> None:
    kinds = Counter(seen.type for seen in registered().all if not seen.type.startswith("kubernetes:"))
    assert kinds == {
        "fleet:kubernetes:Cluster": 1,
        "pulumi:providers:kubernetes": 1,
        "fleet:kubernetes:DataVolume": 1,
        "fleet:kubernetes:ContainerGroup": 5,
    }
    assert registered().by_name["trial-store-pods"].urn == (
        f"{CLUSTER}$fleet:kubernetes:ContainerGroup$kubernetes:apps/v1:StatefulSet::trial-store-pods"
    )


def test_data_is_protected_and_kept() -> None:
    claim = registered().by_name["trial-volume-facts-claim"].request
    assert (claim.protect, claim.retainOnDelete) == (True, True)
    assert not registered().by_name["trial-store-pods"].request.protect


def test_pods_come_after_their_namespace_their_claims_and_earlier_groups() -> None:
    brain = registered().by_name["trial-brain"].dependencies
    assert registered().by_name["trial-store-pods"].urn in registered().before("trial-brain-pods") | brain
    before = registered().before("trial-store-pods")
    assert registered().by_name["trial-fleet-namespace"].urn in before
    assert registered().by_name["trial-volume-facts-claim"].urn in before


def test_policies_get_the_capacity_of_the_nodes() -> None:
    published = registered().plain["trial"].outputs
    cards = published["nodePools"]["cards"]
    assert (cards["nodes"], cards["gpus"], cards["gpuMemoryMib"], cards["gpuSharing"]) == (2, 1, 24576, "whole-device")
    assert published["nodePools"]["general"]["gpus"] == 0


def test_the_engine_waits_as_long_as_the_pods_may_take() -> None:
    slow = {"containers": {"main": {"health": {"start_period": "20m"}}}, "scaling": {"min": 2, "max": 2}}
    found = register(trial(groups={"left": slow}))
    # 20 minutes and three tries of 40 s, twice.
    assert found.by_name["trial-left-pods"].request.customTimeouts.create == "2640s"
    assert found.by_name["trial-right-pods"].request.customTimeouts.create == "600s"
