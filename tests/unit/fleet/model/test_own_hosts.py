"""Host names of a group's own, and the DNS servers of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from components.docker.compose import compose_file
from components.docker.render import render_container
from fleet.model import ContainerGroup
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests import trial_cloud, trial_cluster
from tests.unit.builders import assert_accepted, assert_refused, container, small_group, small_stack

HOSTS = "hosts: {nas.lan: 192.168.1.5, host.docker.internal: host-gateway}"
PAGE = {"image": {"reference": "docker.io/library/page:1.0"}, "memory": {"request": "64MiB"}, "cpu": {"limit": 1}}


def test_a_name_maps_to_one_address_or_to_the_machine() -> None:
    accepted = []
    for name, target in (
        ("nas.lan", "gateway"), ("nas.lan", "::1"), ("nas.lan", "127.0.0.1"), ("nas.lan", "0.0.0.0"),  # noqa: S104
        ("nas.lan", True), ("nas.lan", 1), ("NAS", "192.168.1.5"), ("nas_1", "192.168.1.5"), ("1.2.3.4", "192.168.1.5"),
        ("", "192.168.1.5"),
    ):  # fmt: skip
        group = {"name": "page", "system": "trial", "containers": {"main": PAGE}, "hosts": {name: target}}
        try:
            ContainerGroup.model_validate(group)
            accepted.append((name, target))
        except ValidationError:
            pass
    assert not accepted


def test_docker_and_compose_have_the_names_and_the_servers(tmp_path: Path) -> None:
    page = small_group(top=f"{HOSTS}\npeers: [core-platform]")
    stack = small_stack("wood", "page", dns="[192.168.1.1, 9.9.9.9]")
    plan = plan_stack(assert_accepted(tmp_path, page=page, stack_wood=stack).fleet, "wood")
    rendered = render_container(container(plan, "page"), plan)
    hosts = {entry["host"]: entry["ip"] for entry in rendered["hosts"]}
    own = {"nas.lan": "192.168.1.5", "host.docker.internal": "host-gateway"}
    assert hosts.items() >= {**own, "mainpc-discovery": "192.168.1.10"}.items()
    assert rendered["dns"] == ["192.168.1.1", "9.9.9.9"]
    service = compose_file(plan)["services"]["page"]
    assert (service["dns"], service["extra_hosts"].items() >= own.items()) == (["192.168.1.1", "9.9.9.9"], True)


def test_a_name_hides_no_endpoint(tmp_path: Path) -> None:
    stack = small_stack("wood", "page", "other")
    for name in ("other", "mainpc-discovery"):
        message = f"hosts.{name}: {name} is a container or an endpoint of wood; use another name"
        page = small_group(top=f"hosts: {{{name}: 192.168.1.5}}")
        assert_refused(tmp_path / name, "page", "hosts", message, page=page, other=small_group(), stack_wood=stack)
    message = "hosts.localhost: localhost is a name in /etc/hosts of every container; use another name"
    page = small_group(top="hosts: {localhost: 192.168.1.5}")
    assert_refused(tmp_path, "page", "hosts", message, page=page, other=small_group(), stack_wood=stack)


def test_other_targets_refuse_them() -> None:
    groups = {"store": {"hosts": {"nas.lan": "192.168.1.5"}}}
    for trial in (trial_cluster, trial_cloud):
        with pytest.raises(ConfigurationError, match=r"hosts: not supported on trial"):
            trial.trial_project(groups=groups)
    with pytest.raises(ConfigurationError, match=r"machine\.dns: dns not supported on a kubernetes machine"):
        trial_cluster.trial_project(machine={"dns": ["192.168.1.1"]})
