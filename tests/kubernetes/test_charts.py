"""Charts in Helm's own hands: with the defaults they are the plain manifests; each knob turns what its plan would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.helm import chart
from fleet.plan.deployment import Deployment
from fleet.plan.kubernetes_namespaces import moved
from fleet.plan.planner import plan_stack
from tests.kubernetes import helm
from tests.kubernetes.charts import RefusedError, rendered, replanned, run, templated, write_chart
from tests.levels import need
from tests.unit.builders import ROOT, load_project, swap
from tests.unit.clusters import (
    CRAWLER,
    DIGEST,
    HUB,
    LEDGER,
    PAINTER,
    PORTAL,
    REGISTRY,
    STACKS,
    cluster_chart,
    planned_cluster,
)

pytestmark = pytest.mark.kubernetes

_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))
CLUSTERS = [file.name.split(".")[1] for file in _FILES if "target: kubernetes" in file.read_text(encoding="utf-8")]
"""Shipped stacks that are clusters."""


@pytest.fixture(scope="module", autouse=True)
def _helm() -> None:
    need("kubernetes", helm.missing())


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("charts")
    return {stack: write_chart(folder / stack, cluster_chart(stack)) for stack in STACKS}


@pytest.mark.parametrize("stack", STACKS)
def test_a_chart_has_nothing_to_complain_of(stack: str, charts: Mapping[str, Path]) -> None:
    assert "0 chart(s) failed" in run("lint", "--strict", str(charts[stack]))


@pytest.mark.parametrize("stack", STACKS)
def test_a_chart_with_its_defaults_is_the_plain_manifests(stack: str, charts: Mapping[str, Path]) -> None:
    assert templated(charts[stack]) == rendered(planned_cluster(stack)[0])


@pytest.mark.parametrize("stack", CLUSTERS)
def test_the_chart_of_a_shipped_stack_is_its_plain_manifests(stack: str, tmp_path: Path) -> None:
    fleet = load_project(ROOT).fleet
    deployment = plan_stack(fleet, stack)
    there = plan_stack(moved(fleet, stack, NAMESPACE_MARK), stack)
    folder = write_chart(tmp_path, chart(deployment, there, "Made by a test."))
    assert "0 chart(s) failed" in run("lint", "--strict", str(folder))
    assert templated(folder) == rendered(deployment)


Turned = Mapping[str, Any]


def of_groups(**groups: Turned) -> Turned:
    return {"groups": groups}


def of_main(group: str, **values: Any) -> Turned:
    return of_groups(**{group: {"containers": {"main": values}}})


def scaled(text: str) -> Callable[[], Deployment]:
    """The plan in which the hub's copies are written so."""
    return lambda: replanned("plain", hub=f"scaling: {text}\n{HUB}")


def crawling(text: str) -> Callable[[], Deployment]:
    """The plan in which the crawler's copies are written so."""
    return lambda: replanned("plain", crawler=swap("{min: 2, max: 6, cpu_percent: 60}", text)(CRAWLER))


def with_image(group: str, image: str) -> Deployment:
    """A plan with another image of a main container."""
    planned = planned_cluster("plain")[0]
    groups = tuple(
        replace(one, containers=(replace(one.containers[0], image=image), *one.containers[1:]))
        if one.name == group
        else one
        for one in planned.groups
    )
    return replace(planned, groups=groups)


PINNED = f"{REGISTRY}/hub@{DIGEST}"
MEMORY = "memory: {request: 128MiB}"
"""Above it, the sizes of folders in memory do not depend on the limit."""
CPU = "cpu: {request: 100m, limit: 100m}"

TURNS: Mapping[str, tuple[str, Turned, Callable[[], Deployment]]] = {
    "an image by its digest": ("plain", of_main("hub", image=PINNED), lambda: with_image("hub", PINNED)),
    "a sidecar's image by its tag": (
        "plain",
        of_groups(ledger={"containers": {"metrics": {"image": "docker.io/library/exporter:1.3"}}}),
        lambda: replanned("plain", ledger=swap(f"exporter:1.2@{DIGEST}", "exporter:1.3")(LEDGER)),
    ),
    "the image on trial": (
        "woven",
        of_main("portal", candidateImage=f"{REGISTRY}/portal:0.3.0"),
        lambda: replanned("woven", swap("portal:0.2.0", "portal:0.3.0")),
    ),
    "three copies": ("plain", of_groups(hub={"replicas": 3}), scaled("{min: 3, max: 3}")),
    "two copies with a card each": (
        "plain",
        of_groups(painter={"replicas": 2}),
        lambda: replanned("plain", painter=f"scaling: {{min: 2, max: 2}}\n{PAINTER}"),
    ),
    "autoscaling on": (
        "plain",
        of_groups(hub={"autoscaling": {"enabled": True, "min": 1, "max": 4, "cpuPercent": 50, "memoryPercent": 60}}),
        scaled("{min: 1, max: 4, cpu_percent: 50, memory_percent: 60}"),
    ),
    "autoscaling off": (
        "plain",
        of_groups(crawler={"autoscaling": {"enabled": False}}),
        crawling("{min: 2, max: 2}"),
    ),
    "autoscaling off, and one copy": (
        "plain",
        of_groups(crawler={"replicas": 1, "autoscaling": {"enabled": False}}),
        crawling("{min: 1, max: 1}"),
    ),
    "other bounds": (
        "plain",
        of_groups(crawler={"autoscaling": {"min": 1, "max": 9}}),
        crawling("{min: 1, max: 9, cpu_percent: 60}"),
    ),
    "other percentages for KEDA": (
        "woven",
        of_groups(crawler={"autoscaling": {"cpuPercent": 55, "memoryPercent": 65}}),
        lambda: replanned(
            "woven", crawler=swap("max: 6, cpu_percent: 60", "max: 6, cpu_percent: 55, memory_percent: 65")(CRAWLER)
        ),
    ),
    "more copies of two versions": (
        "woven",
        of_groups(portal={"autoscaling": {"min": 2, "max": 5}}),
        lambda: replanned("woven", portal=swap("{min: 1, max: 3,", "{min: 2, max: 5,")(PORTAL)),
    ),
    "a larger memory limit": (
        "plain",
        of_main("crawler", resources={"limits": {"memory": "2048Mi"}}),
        lambda: replanned("plain", crawler=swap(MEMORY, "memory: {request: 128MiB, limit: 2GiB}")(CRAWLER)),
    ),
    "requests and limits": (
        "plain",
        of_main(
            "crawler",
            resources={"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "2000m", "memory": "256Mi"}},
        ),
        lambda: replanned(
            "plain",
            crawler=swap(CPU, "cpu: {request: 250m, limit: 2}")(swap(MEMORY, "memory: {request: 256MiB}")(CRAWLER)),
        ),
    ),
    "a host of an Ingress": (
        "plain",
        of_groups(hub={"entrance": {"host": "agents.example.org"}}),
        lambda: replanned("plain", swap("hub.example.com", "agents.example.org")),
    ),
    "limits of an Ingress": (
        "plain",
        of_groups(hub={"entrance": {"requestsPerSecond": 7, "connections": 9}}),
        lambda: replanned("plain", swap("requests_per_second: 5", "requests_per_second: 7, connections: 9")),
    ),
    "a host of a Gateway": (
        "woven",
        of_groups(portal={"entrance": {"host": "way.in.example.org"}}),
        lambda: replanned("woven", swap("portal.example.com", "way.in.example.org")),
    ),
    "another namespace": (
        "woven",
        {"namespace": {"name": "null"}},
        lambda: replanned("woven", swap("    cluster:\n", '    cluster:\n      namespace: "null"\n')),
    ),
}


@pytest.mark.parametrize("name", TURNS)
def test_a_turned_knob_changes_what_a_changed_plan_changes(name: str, charts: Mapping[str, Path]) -> None:
    stack, values, plan = TURNS[name]
    expected = rendered(plan())
    assert expected != rendered(planned_cluster(stack)[0]), "the case turns nothing"
    assert templated(charts[stack], values) == expected


@pytest.mark.parametrize(
    ("stack", "off"), [("plain", {"blue": "jay"}), ("woven", {"blue": "jay", "red": "fox"})], ids=["one", "all"]
)
def test_a_tenant_that_is_off_leaves_its_namespace(
    stack: str, off: Mapping[str, str], charts: Mapping[str, Path]
) -> None:
    """All else is as if its groups were not there, down to the policies and priorities of the others."""
    without = rendered(replanned(stack, **dict.fromkeys(off.values())))
    kept = {f"Namespace /fleet-{tenant}" for tenant in off}
    every = rendered(planned_cluster(stack)[0])
    found = templated(charts[stack], {"tenants": {tenant: {"enabled": False} for tenant in off}})
    assert found == {**without, **{name: every[name] for name in kept}}


def test_an_amount_may_be_written_in_two_ways(charts: Mapping[str, Path]) -> None:
    """What is computed from amounts comes out the same."""
    one = templated(charts["plain"], of_main("hub", resources={"limits": {"memory": "2Gi", "cpu": "3"}}))
    two = templated(charts["plain"], of_main("hub", resources={"limits": {"memory": "2048Mi", "cpu": "3000m"}}))
    assert {name for name in one if one[name] != two[name]} == {"Deployment fleet/hub"}


def test_namespaces_that_somebody_else_made_are_left_alone(charts: Mapping[str, Path]) -> None:
    made = {name for name in templated(charts["plain"]) if name.startswith("Namespace")}
    others = templated(charts["plain"], {"namespace": {"create": False}})
    assert templated(charts["plain"]).keys() - others.keys() == made


def test_what_holds_data_is_kept_when_a_release_goes(charts: Mapping[str, Path]) -> None:
    text = run("template", "trial", str(charts["plain"]))
    kept = [part for part in text.split("---\n") if "helm.sh/resource-policy: keep" in part]
    kinds = [line for part in kept for line in part.splitlines() if line.startswith("kind: ")]
    assert sorted(kinds) == ["kind: Namespace"] * 3 + ["kind: PersistentVolumeClaim"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param({"replicas": 3}, "replicas", id="a key that there is not"),
        pytest.param({"tenants": {"green": {"enabled": True}}}, "green", id="a tenant that there is not"),
        pytest.param(of_groups(hubb={"replicas": 2}), "hubb", id="a group that there is not"),
        pytest.param(of_groups(hub={"replica": 2}), "replica", id="a misspelt key"),
        pytest.param(of_groups(hub={"replicas": "3"}), "/groups/hub/replicas", id="a number as a text"),
        pytest.param(of_groups(hub={"replicas": -1}), "/groups/hub/replicas", id="fewer copies than none"),
        pytest.param(of_groups(hub={"replicas": None}), "replicas", id="a value taken away"),
        pytest.param(of_groups(ledger={"replicas": 2}), "/groups/ledger/replicas", id="two writers"),
        pytest.param(of_main("hub", image=""), "/containers/main/image", id="no image"),
        pytest.param(of_main("hub", image="a b"), "/containers/main/image", id="an image with a blank"),
        pytest.param(
            of_main("hub", resources={"limits": {"memory": "1000"}}), "/limits/memory", id="memory without a unit"
        ),
        pytest.param(of_main("hub", resources={"limits": {"cpu": "1.5"}}), "/limits/cpu", id="a part of a processor"),
        pytest.param(of_groups(crawler={"autoscaling": {"cpuPercent": 0}}), "/autoscaling/cpuPercent", id="no percent"),
        pytest.param(of_groups(hub={"entrance": {"host": "nowhere"}}), "/entrance/host", id="a host without a domain"),
        pytest.param({"namespace": {"name": "Fleet"}}, "/namespace/name", id="a namespace in capitals"),
        pytest.param(
            of_groups(crawler={"autoscaling": {"min": 7}}),
            "groups.crawler.autoscaling: min 7 is above max 6; raise max or lower min",
            id="more at least than at the most",
        ),
        pytest.param(
            of_main("hub", resources={"requests": {"memory": "1Gi"}}),
            "groups.hub.containers.main.resources: requests.memory 1Gi is above limits.memory 64Mi; raise the limit",
            id="a request above its limit",
        ),
        pytest.param(
            of_main("hub", resources={"requests": {"cpu": "2"}}),
            "groups.hub.containers.main.resources: requests.cpu 2 is above limits.cpu 100m; raise the limit",
            id="more processors than the limit",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(values: Turned, says: str, charts: Mapping[str, Path]) -> None:
    with pytest.raises(RefusedError) as refused:
        templated(charts["plain"], values)
    # Older versions of Helm write a path with dots.
    assert says in str(refused.value) or says.strip("/").replace("/", ".") in str(refused.value)


def test_a_release_in_a_namespace_of_the_chart_is_refused(charts: Mapping[str, Path]) -> None:
    with pytest.raises(RefusedError, match="the chart creates the namespace fleet itself; keep the release in another"):
        templated(charts["plain"], {}, "--namespace", "fleet")
    assert templated(charts["plain"], {"namespace": {"create": False}}, "--namespace", "fleet")
