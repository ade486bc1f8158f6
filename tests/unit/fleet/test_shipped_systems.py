"""The shipped groups apart from the assistant's are those asked for: agentic-flow and its federation, and Crank."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from fleet.load.project import Project, load_project
from fleet.model import ContainerGroup, Fleet, VolumeKind
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.builders import ROOT, small_stack
from tests.unit.docs.guide import copy_shipped


@cache
def project() -> Project:
    return load_project(ROOT)


def groups(system: str) -> dict[str, ContainerGroup]:
    return {name: group for name, group in project().fleet.groups.items() if group.system == system}


SIZES = {
    # Group: ports, memory request and limit in MiB, CPU request and limit in millicores, folder of its image.
    "agentic-flow": ([3000], 1024, 4096, 1000, 4000, "agentic-flow"),
    "agentic-flow-claude": ([8081], 1024, 4096, 1000, 4000, "agentic-flow"),
    "agentic-flow-llama": ([8082], 1024, 4096, 1000, 4000, "agentic-flow"),
    "agentic-flow-deepseek": ([8083], 1024, 4096, 1000, 4000, "agentic-flow"),
    "agentdb": ([5432], 256, 2048, None, None, "agentdb"),
    "mcp": ([8080], 512, 2048, None, None, "mcp"),
    "swarm": ([9000], 512, 4096, None, None, "swarm"),
    "federation-hub": ([8443, 8444], None, None, None, None, None),
    "gitops-controller": ([8000], 128, 512, 100, 500, None),
}
"""What was asked for; None where nothing was."""


@pytest.mark.parametrize("name", SIZES)
def test_a_service_has_the_figures_asked_for(name: str) -> None:
    ports, *figures, folder = SIZES[name]
    group = groups("agentic-flow")[name]
    main = group.containers["main"]
    assert [port.port for port in group.ports.values()] == ports
    has = [main.memory.request_mib, main.memory.limit_mib, main.cpu.request_millicores, main.cpu.limit_millicores]
    assert [None if asked is None else figure for asked, figure in zip(figures, has, strict=True)] == figures
    assert main.build is not None
    assert main.build.context == (f"images/{folder}" if folder else None)


def test_each_provider_gets_exactly_its_own_key() -> None:
    found = {
        name: (group.containers["main"].env["PROVIDER"], tuple(group.containers["main"].secrets))
        for name, group in groups("agentic-flow").items()
        if name.startswith("agentic-flow")
    }
    assert found == {
        "agentic-flow": ("onnx", ()),
        "agentic-flow-claude": ("anthropic", ("anthropic-api-key",)),
        "agentic-flow-llama": ("openrouter", ("openrouter-api-key",)),
        "agentic-flow-deepseek": ("openrouter", ("openrouter-api-key",)),
        "agentic-flow-burst": ("anthropic", ("anthropic-api-key",)),
        "agentic-flow-burst-onnx": ("onnx", ()),
    }


def test_volumes_are_those_asked_for_and_agentdb_has_one_writer() -> None:
    volumes = {key: volume for group in groups("agentic-flow").values() for key, volume in group.volumes.items()}
    assert volumes.keys() == {"agent-memory", "agent-metrics", "agentdb-data", "swarm-data", "hub-data"}
    assert {volume.kind for volume in volumes.values()} == {VolumeKind.DATA}
    assert [key for key, volume in volumes.items() if volume.writers == "one"] == ["agentdb-data"]


def test_the_federation_has_five_agents_of_two_tenants_that_start_after_the_hub() -> None:
    agents = {n: g for n, g in groups("agentic-flow").items() if n.startswith("federation-") and n != "federation-hub"}
    assert {name: (group.tenant, group.agents) for name, group in agents.items()} == {
        "federation-researcher": ("test-collaboration", ("Researcher",)),
        "federation-coder": ("test-collaboration", ("Coder",)),
        "federation-tester": ("test-collaboration", ("Tester",)),
        "federation-reviewer": ("test-collaboration", ("Reviewer",)),
        "federation-isolated": ("different-tenant", ("IsolatedAgent",)),
    }
    for group in agents.values():
        assert group.start_after == ("federation-hub",)
        assert (group.containers["main"].restart, group.containers["main"].restarts_max) == ("on-failure", 3)
    assert groups("agentic-flow")["federation-hub"].tenant is None


def test_the_gitops_controller_scales_as_its_chart_does() -> None:
    scaling = groups("agentic-flow")["gitops-controller"].scaling
    assert (scaling.min, scaling.max, scaling.cpu_percent) == (2, 5, 80)


def test_crank_has_four_services_and_one_is_for_a_card() -> None:
    crank = groups("crank")
    assert crank.keys() == {"email-parser", "gpu-classifier", "lightweight-proxy", "secure-worker"}
    assert [name for name, group in crank.items() if group.containers["main"].gpu] == ["gpu-classifier"]
    assert {group.scaling.max for group in crank.values()} == {50}


def test_an_image_of_a_folder_can_write_where_its_group_mounts_something() -> None:
    for group in groups("agentic-flow").values():
        main = group.containers["main"]
        if main.build is None or main.build.context is None:
            continue
        dockerfile = (ROOT / main.build.context / "Dockerfile").read_text(encoding="utf-8")
        base = re.search(r"^ARG BASE=fleet.local/([a-z-]+)", dockerfile, re.MULTILINE)
        texts = dockerfile + ((ROOT / "images" / base[1] / "Dockerfile").read_text() if base else "")
        writable = [path for line in re.findall(r"chmod 1777 (.*)", texts) for path in line.split()]
        assert {mount.path for mount in main.mounts.values()} <= set(writable), group.name
        assert main.health.command[:2] == ("node", "/app/probe.mjs")
        assert f'"{main.health.path}"' in texts


def _extended(folder: Path, stack: str, *names: str, machine: str = "") -> Fleet:
    """The shipped project with groups added to a stack; a sandbox has room for one system, and takes them instead."""
    _without_cluster(folder)
    file = folder / f"Pulumi.{stack}.yaml"
    lines = "".join(f"    - {name}\n" for name in names)
    text = file.read_text(encoding="utf-8")
    if stack == "local":
        text = re.sub(r"^    - .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("  fleet:groups:\n", f"  fleet:groups:\n{lines}", 1)
    file.write_text(text.replace("    network:", f"{machine}    network:", 1), encoding="utf-8")
    return load_project(folder).fleet


def _plan(folder: Path, stack: str, *names: str, machine: str = "") -> Deployment:
    return plan_stack(_extended(folder, stack, *names, machine=machine), stack)


def test_agentic_flow_can_be_tried_on_the_machine_one_sits_at(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "local", "agentic-flow")
    (found,) = (found for found in plan.containers if found.group == "agentic-flow")
    assert found.image.startswith("fleet.local/agent-host:")
    assert (found.env["FLEET_STAND_IN"], found.env["FLEET_PORT"], found.memory_cap_mib) == ("true", "3000", 256)
    assert dict(plan.replaced_images) == {"agentic-flow": "images/agentic-flow"}


TENANTS = (
    "    tenants:\n"
    "      test-collaboration: {subnet: 10.210.21.0/24}\n"
    "      different-tenant: {subnet: 10.210.22.0/24}\n"
)


@pytest.mark.parametrize("stack", ["local", "pc2"])
def test_the_whole_of_agentic_flow_runs_on_one_docker_machine(tmp_path: Path, stack: str) -> None:
    variants = {f"agentic-flow-{variant}" for variant in ("claude", "llama", "deepseek", "burst", "burst-onnx")}
    plan = _plan(tmp_path, stack, *(groups("agentic-flow").keys() - variants), machine=TENANTS)
    assert plan.tenants == plan.closed_tenants == ("different-tenant", "test-collaboration")
    hub = next(group for group in plan.groups if group.name == "federation-hub")
    assert hub.serves == ("different-tenant", "test-collaboration")


def test_without_subnets_of_its_tenants_a_free_one_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"add machine.tenants.different-tenant: \{subnet: 10.210.3.0/24\}"):
        _extended(tmp_path, "local", "federation-hub", "federation-isolated")


def test_agents_of_other_systems_need_nothing_of_the_assistant(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "pc2", "agentic-flow", "agentdb", "mcp", "swarm")
    others = [found for found in plan.containers if found.labels["fleet.group"] in groups("agentic-flow")]
    (proxy,) = plan_stack(project().fleet, "edge").containers
    assert len(others) == 4
    for found in (*others, proxy):
        assert not found.extra_hosts
        assert found.env["CROSS_MACHINE_SYNC"] == "false"


def test_an_untrusted_worker_has_the_mesh_and_nothing_else(tmp_path: Path) -> None:
    tenants = "{crank-mesh: {subnet: 10.210.23.0/24}}"
    _without_cluster(tmp_path)
    (tmp_path / "Pulumi.wood.yaml").write_text(small_stack("wood", "secure-worker", tenants=tenants))
    plan = plan_stack(load_project(tmp_path).fleet, "wood")
    assert plan.closed_tenants == ("crank-mesh",)
    (worker,) = plan.containers
    assert worker.hardening.weakened == frozenset()
    assert not worker.ports


def test_the_pi_runs_the_proxy_and_says_that_limits_are_ignored() -> None:
    plan = plan_stack(project().fleet, "edge")
    assert [group.name for group in plan.groups] == ["lightweight-proxy"]
    assert "memory limit per container" in {str(feature) for feature in plan.degradations}
    text = yaml.safe_load((ROOT / "Pulumi.edge.yaml").read_text(encoding="utf-8"))
    assert text["config"]["fleet:machine"]["memory_enforced"] is False


def _without_cluster(folder: Path) -> None:
    """The shipped project without the cluster, where these groups are at home: a group has one home."""
    copy_shipped(folder)
    (folder / "Pulumi.cluster.yaml").unlink()
