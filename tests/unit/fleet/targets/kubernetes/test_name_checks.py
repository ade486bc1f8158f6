"""Names on a cluster: a group that would replace an object of another is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.kubernetes.listing import inventory
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from fleet.load.project import load_project
from fleet.model.base import NAME_PATTERN
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import GROUPS, write_trial
from tests.unit.builders import faults_of, small_group
from tests.unit.clusters import STACKS, planned_cluster, write_cluster

MEETING_PLACES = ("default-deny", "names", "default", "kubernetes", "portal-blue", "portal-green")


def _identity(manifest: Manifest) -> tuple[str, str, str]:
    about = manifest.object["metadata"]
    return manifest.kind, about.get("namespace", ""), about["name"]


def _twice(deployment: Deployment) -> Iterator[Any]:
    """Names that two resources of a deployment share, in the cluster or in Pulumi's state."""
    found = Counter[Any](map(_identity, render(deployment)))
    found.update((entry.type, entry.name) for entry in inventory(deployment).walk())
    yield from (what for what, times in found.items() if times > 1)


@pytest.mark.parametrize("stack", STACKS)
def test_a_group_with_the_name_of_any_object_is_refused_or_its_objects_have_their_own(
    tmp_path: Path, stack: str
) -> None:
    """Every name that a render makes is tried as a group's."""
    objects = {_identity(manifest)[2] for manifest in render(planned_cluster(stack)[0])}
    names = {name for name in objects if re.fullmatch(NAME_PATTERN, name)} | set(MEETING_PLACES)
    shared, refused = {}, set()
    for name in sorted(names - {group.name for group in planned_cluster(stack)[0].groups}):
        try:
            fleet = load_project(_with_group(tmp_path / name, stack, name)).fleet
        except ConfigurationError:
            refused.add(name)
        else:
            shared[name] = list(_twice(plan_stack(fleet, stack)))
    assert {name: twice for name, twice in shared.items() if twice} == {}
    assert refused >= {*MEETING_PLACES, "mainpc-discovery", "pc2-observability"}


def _with_group(folder: Path, stack: str, name: str) -> Path:
    """A cluster that also runs a group of some name."""
    file = name.replace("-", "_")
    return write_cluster(folder, stack, lambda text: text.replace(file, name), **{file: small_group()})


def _faults(folder: Path, **changes: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as refusal:
        load_project(write_trial(folder, **changes))
    return [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in refusal.value.faults]


def test_the_other_object_is_named(tmp_path: Path) -> None:
    for name, problem in {
        "default-deny": "default-deny is the name of the network policy that denies all other traffic on plain",
        "portal-blue": "its version portal-blue on plain has the name of group portal-blue",
    }.items():
        assert [problem in fault for fault in faults_of(_with_group(tmp_path / name, "plain", name))] == [True]


def test_a_secret_with_the_name_of_a_certificate_is_refused(tmp_path: Path) -> None:
    entrance = {"issuer": "letters", "exposed": {"front": {"host": "front.example.org"}}}
    keys = {"machine": {"cluster": {"entrance": entrance}}}
    group = {"store": {"containers": {"main": {"secrets": ["front-tls"]}}}}
    (fault,) = _faults(tmp_path, groups=group, **keys)
    assert fault == (
        "containers.main.secrets.0: front-tls is the secret with the certificate of front on trial; rename the secret"
    )


def test_a_tenants_namespace_is_its_own(tmp_path: Path) -> None:
    assert GROUPS["left"]["tenant"] == "red"
    for settings, owner in (
        ({"metrics_namespace": "fleet-red"}, "metrics_namespace"),
        ({"entrance": {"namespace": "fleet-red"}}, "entrance.namespace"),
    ):
        (fault,) = _faults(tmp_path / owner, machine={"cluster": settings})
        assert f"fleet-red, the namespace of tenant red, is also {owner}; rename it, or the tenant" in fault


def test_ports_of_one_number_have_names_of_their_own(tmp_path: Path) -> None:
    ports = "ports: {main: {port: 8000}, news: {port: 53}, names: {port: 53, protocol: udp}}"
    project = write_cluster(tmp_path, "plain", hub=small_group(top=ports, main="agents: {Hub: {}}"))
    manifests = render(plan_stack(load_project(project).fleet, "plain"))
    found = {m.kind: m.object["spec"] for m in manifests if m.group == "hub" and "spec" in m.object}
    containers = found["apps/v1/Deployment"]["template"]["spec"]["containers"]
    for declared in (found["v1/Service"]["ports"], containers[0]["ports"]):
        names = [port["name"] for port in declared]
        assert sorted(set(names)) == sorted(names)
        assert {"tcp-53", "udp-53"} <= {*names}
