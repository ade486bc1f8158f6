"""`fleet policy`, `fleet schema` and `fleet export`: the catalogue, the schemas and the same deployment elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy.engine.catalogue import rules
from tests.unit.builders import ROOT, STACKS, planned
from tests.unit.cli.running import fleet, shipped, write_program


def test_the_catalogue_lists_each_rule_once_with_its_level() -> None:
    answer = shipped("policy", "list")
    assert (answer.code, answer.err) == (0, "")
    listed = [line.split()[:3] for line in answer.out.splitlines() if line[:1].isalpha()]
    assert listed == [[rule.id, rule.name, str(rule.level)] for rule in rules()]
    last = answer.out.splitlines()[-1]
    assert last.startswith(f"{len(rules())} rules, ")


@pytest.mark.parametrize("columns", [80, 120])
def test_the_catalogue_stays_within_the_width(columns: int) -> None:
    for arguments in (("policy", "list"), ("policy", "explain", "G01")):
        text = shipped(*arguments, columns=columns).out
        assert max(len(line.rstrip()) for line in text.splitlines()) <= columns


def test_each_rule_can_be_explained() -> None:
    for rule in rules():
        answer = shipped("policy", "explain", rule.id)
        assert (answer.code, answer.err) == (0, ""), rule.id
        assert answer.out.splitlines()[0] == f"{rule.id} {rule.name}   {rule.level}"
        text = " ".join(answer.out.split())
        assert " ".join(rule.summary.split()) in text
        assert f'{{"{rule.policy_name}": "advisory"}}' in text


@pytest.mark.parametrize("name", ["a01", "A01", "non-root-user", "A01-non-root-user"])
def test_a_rule_is_found_by_id_or_name(name: str) -> None:
    assert shipped("policy", "explain", name).out == shipped("policy", "explain", "A01").out


def test_an_unknown_rule_is_told_with_those_there_are() -> None:
    answer = shipped("policy", "explain", "Z99")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith('"Z99" is no rule; use one of A01, ')


def test_the_committed_schemas_are_up_to_date() -> None:
    answer = shipped("schema", "--check")
    assert (answer.code, answer.out, answer.err) == (0, "schemas/: up to date\n", "")


def test_a_stale_schema_is_told_and_renewed(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    shutil.copytree(ROOT / "schemas", project / "schemas")
    stale = project / "schemas" / "group.schema.json"
    stale.write_text("{}")
    answer = fleet(project, "schema", "--check")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "schemas/group.schema.json: older than the models; run `fleet schema`\n"
    assert stale.read_text() == "{}"
    assert fleet(project, "schema").out == "schemas/group.schema.json: written\n"
    assert stale.read_text() == (ROOT / "schemas" / "group.schema.json").read_text()
    assert fleet(project, "schema", "--check").code == 0


def test_the_committed_page_of_policies_is_up_to_date() -> None:
    answer = shipped("policy", "docs", "--check")
    assert (answer.code, answer.out, answer.err) == (0, "docs/policies.md: up to date\n", "")


def test_a_stale_page_of_policies_is_told_and_renewed(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    answer = fleet(project, "policy", "docs", "--check")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "docs/policies.md: older than the rules; run `fleet policy docs`\n"
    assert fleet(project, "policy", "docs").out == "docs/policies.md: written\n"
    assert fleet(project, "policy", "docs", "--check").code == 0


def test_missing_schemas_are_made(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    assert fleet(project, "schema").code == 0
    assert {file.name for file in (project / "schemas").iterdir()} == {"group.schema.json", "stack.schema.json"}


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


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(tmp_path / "file"))
    assert (answer.code, answer.out) == (2, "")
    assert "cannot be written" in answer.err


def test_an_export_without_gpus_says_who_goes_without() -> None:
    answer = shipped("export", "compose", "pc2", "--without-gpu")
    assert answer.code == 0
    assert "memory-reasoning-gpu, vision-dream-gpu" in answer.err
    assert "nvidia" not in answer.out
