"""Tenants with the real engine: containers in several networks, and a second preview that is empty all the same."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

STACK = "tenanted"
NETWORK = f"{STACK}_internal"
# The one that sorts first is joined last in the file, and the names' order is none of creation's.
TENANTS = {"zebra": "10.210.253.0/24", "auk": "10.210.254.0/24"}
THIRD = {"moth": "10.210.249.0/24"}


@pytest.fixture(scope="module")
def tenanted(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A hub that two tenants share, and a group of each."""
    workspace = Workspace(tmp_path_factory.mktemp(STACK), STACK)
    workspace.write_group("shared-hub", a_group(agents={"SharedHub": {}}))
    for tenant in (*TENANTS, *THIRD):
        group = a_group(agents={f"{tenant.title()}Agent": {}})
        workspace.write_group(f"{tenant}-one", {**group, "tenant": tenant, "peers": ["shared-hub"]})
    workspace.init()
    _place(workspace, host, TENANTS)
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace
    finally:
        workspace.destroy()


def _place(workspace: Workspace, host: docker.DockerClient, tenants: dict[str, str]) -> None:
    described = {
        **machine(host),
        "name": STACK,
        "network": {"name": NETWORK, "subnet": "10.210.252.0/24"},
        "tenants": {tenant: {"subnet": subnet} for tenant, subnet in (TENANTS | THIRD).items()},
    }
    for tenant in THIRD.keys() - tenants.keys():
        # A group's file needs a place; the third tenant's comes later.
        (workspace.folder / f"groups/trial/{tenant}-one.yaml").rename(workspace.folder / f"{tenant}-one.later")
    workspace.write_stack(described, ["shared-hub", *(f"{tenant}-one" for tenant in tenants)])


def _networks(host: docker.DockerClient, name: str) -> set[str]:
    return set(host.containers.get(name).attrs["NetworkSettings"]["Networks"])


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["without refresh", "with refresh"])
def test_the_second_preview_of_containers_in_several_networks_is_empty(
    tenanted: Workspace, options: tuple[str, ...]
) -> None:
    outcome = tenanted.preview("--expect-no-changes", *options)
    assert outcome.code == 0, outcome.text


def test_a_tenants_container_is_in_its_network_alone_and_a_shared_one_in_all_it_serves(
    tenanted: Workspace, host: docker.DockerClient
) -> None:
    assert _networks(host, "zebra-one") == {f"{NETWORK}_zebra"}
    assert _networks(host, "auk-one") == {f"{NETWORK}_auk"}
    assert _networks(host, "shared-hub") == {NETWORK, f"{NETWORK}_zebra", f"{NETWORK}_auk"}


def test_a_tenant_that_joins_later_leaves_the_others_as_they_are(
    tenanted: Workspace, host: docker.DockerClient
) -> None:
    before = {name: host.containers.get(name).id for name in ("zebra-one", "auk-one")}
    (tenanted.folder / "moth-one.later").rename(tenanted.folder / "groups/trial/moth-one.yaml")
    _place(tenanted, host, TENANTS | THIRD)
    outcome = tenanted.up()
    assert outcome.code == 0, outcome.text
    assert {name: host.containers.get(name).id for name in before} == before
    assert f"{NETWORK}_moth" in _networks(host, "shared-hub")
    assert tenanted.preview("--expect-no-changes", "--refresh").code == 0
