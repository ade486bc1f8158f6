"""`fleet export compose`: the same deployment, for Docker Compose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.builders import ROOT, STACKS, planned
from tests.unit.cli.running import fleet, shipped, write_program


def compose(stack: str) -> dict[str, Any]:
    answer = shipped("export", "compose", stack)
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = yaml.safe_load(answer.out)
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_an_exported_stack_has_the_same_containers_volumes_and_network(stack: str) -> None:
    plan, found = planned(stack), compose(stack)
    assert list(found["services"]) == [container.name for container in plan.containers]
    assert set(found["volumes"]) == {volume.name for volume in plan.volumes.values()}
    assert set(found["networks"]) == {plan.machine.network.name}


def test_an_exported_service_is_as_hardened_and_bounded() -> None:
    services = compose("mainpc")["services"]
    for container in planned("mainpc").containers:
        service = services[container.name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == "10001:10001"
        assert service["mem_limit"] == service["memswap_limit"] == f"{container.memory_cap_mib}m"
        assert service["environment"] == dict(container.env)
        assert service["container_name"] == container.name


def test_exported_waves_wait_for_health() -> None:
    services = compose("mainpc")["services"]
    assert services["memory-stack"]["depends_on"] == {"core-platform": {"condition": "service_healthy"}}
    assert "depends_on" not in services["core-platform"]


def test_a_dollar_sign_reaches_the_agent_unexpanded(tmp_path: Path) -> None:
    change = (ROOT / "groups/assistant/tutor-suite-cpu.yaml").read_text() + "    env: {PRICE: 5$USD}\n"
    answer = fleet(write_program(tmp_path, tutor_suite_cpu=change), "export", "compose", "pc2")
    assert yaml.safe_load(answer.out)["services"]["tutor-suite-cpu"]["environment"]["PRICE"] == "5$$USD"


def test_an_export_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(tmp_path / "deep" / "down"))
    assert answer.code == 0
    text = (tmp_path / "deep" / "down" / "compose.yaml").read_text(encoding="utf-8")
    assert text == shipped("export", "compose", "local").out


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(tmp_path / "file"))
    assert (answer.code, answer.out) == (2, "")
    assert "cannot be written" in answer.err


def test_an_export_without_gpus_says_who_goes_without() -> None:
    answer = shipped("export", "compose", "pc2", "--without-gpu")
    assert answer.code == 0
    assert "memory-reasoning-gpu, vision-dream-gpu" in answer.err
    assert "nvidia" not in answer.out
