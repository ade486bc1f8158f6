"""What `fleet plan cluster` and `fleet capabilities` show."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy

import pytest

from fleet.targets import registry
from fleet.targets.features import Feature
from tests.trial_cluster import STACK, write_trial
from tests.unit.builders import ROOT
from tests.unit.cli.running import Answer, fleet, shipped, write_program
from tests.unit.cli.view.test_plan_text import CONTROL, words


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """The trial fleet as a project."""
    for name in ("Pulumi.yaml", "__main__.py"):
        copy(ROOT / name, tmp_path)
    return write_trial(tmp_path, rollouts={"front": {"candidate": "ghcr.io/owner/fleet/front:0.2.0", "percent": 10}})


def test_the_shipped_cluster_breaks_no_rule() -> None:
    answer = shipped("plan", "cluster")
    assert answer.code == 0
    assert "violation" not in answer.out
    assert "mandatory" not in answer.out


def test_pools_show_their_cards_who_takes_them_and_what_would_wait() -> None:
    text = words(shipped("plan", "cluster").out)
    assert "cards: 2 x L4 of 24 576 MiB" in text
    assert "gpu-classifier 24 576" in text
    assert "whole-device; 1 to 50 copies; 48 would stay pending" in text


def test_each_namespace_shows_what_its_groups_ask_of_its_quota() -> None:
    rows = [words(line) for line in shipped("plan", "cluster").out.splitlines()]
    assert "fleet-test-collaboration 4 of 12 0.4 of 1.2 512 MiB of 1.5 GiB - -" in rows


def test_the_entrance_and_every_edge_are_shown() -> None:
    text = words(shipped("plan", "cluster").out)
    assert "https://flow.example.org to agentic-flow/main, 10 requests/s, 100 connections an address" in text
    assert "federation-isolated to federation-hub:8443" in text
    assert "agentic-flow-claude to agentdb:5432, mcp:8080, swarm:9000, api.anthropic.com:443" in text


def test_many_advisories_of_one_rule_are_reported_once() -> None:
    text = shipped("plan", "cluster").out
    assert text.count("D02 digest-pinned") == 1
    assert "and 16 more: cluster-" in words(text)


@pytest.mark.parametrize("columns", [80, 120])
def test_the_picture_fits_its_width_and_has_no_control_codes(columns: int) -> None:
    lines = shipped("plan", "cluster", columns=columns).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert not any("…" in line for line in lines)
    assert "GiB at maximum, of 150 GiB" in words(" ".join(lines))
    assert not any(CONTROL.search(line) for line in lines)


def test_copies_and_a_rollout_are_on_the_row_of_their_group(trial: Path) -> None:
    text = words(fleet(trial, "plan", STACK, COLUMNS="160").out)
    assert "3 to 10 copies" in text
    assert "canary: 10 % of requests to green, ghcr.io/owner/fleet/front:0.2.0" in text
    assert "https://front.example.org to front/main" in text
    assert "requests/s" not in text


def test_the_plan_as_json_holds_pools_namespaces_and_edges(trial: Path) -> None:
    answer = fleet(trial, "plan", STACK, "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    (pool,) = found["pools"]
    assert (pool["name"], pool["cards"], pool["copies"]) == ("cards", 2, {"least": 1, "most": 3, "placed": 2})
    assert [namespace["name"] for namespace in found["namespaces"]] == ["fleet", "fleet-black", "fleet-red"]
    assert {"from": "left", "to": "front", "port": 8000, "protocol": "tcp", "at": None} in found["edges"]


def capabilities(*options: str) -> Answer:
    return shipped("capabilities", *options)


def test_every_feature_stands_in_the_map_of_every_target() -> None:
    for target, found in registry.capabilities().items():
        assert set(found) == set(Feature), target
        assert all(support.how for support in found.values())


def test_capabilities_show_a_row_a_feature_and_every_reason() -> None:
    answer = capabilities()
    assert answer.code == 0
    text = words(answer.out)
    for feature in Feature:
        assert str(feature) in text
    for found in registry.capabilities().values():
        for support in found.values():
            assert words(support.how) in text


def test_capabilities_as_json() -> None:
    found = json.loads(capabilities("--json").out)
    assert found["docker"]["copies"]["level"] == "changes"
    assert found["kubernetes"]["host_devices"]["level"] == "cannot"


@pytest.mark.parametrize("command", [("verify",), ("doctor",), ("export", "compose")])
def test_what_looks_at_a_docker_daemon_says_that_a_cluster_has_none(command: tuple[str, ...]) -> None:
    answer = fleet(ROOT, *command, "cluster")
    assert answer.code == 2
    assert "cluster: its target is kubernetes" in answer.err


ASSISTANT = """\
config:
  pulumi:disable-default-providers: ["*"]
  fleet:sandbox: "true"
  fleet:machine:
    name: elsewhere
    title: Another cluster
    class: container-service
    target: kubernetes
    connection: kubeconfig://elsewhere
    cluster:
      node_pools: {general: {nodes: 2, cpus: 8, memory: 32GiB}}
      shared_storage_class: nfs
  fleet:images: {registry: ghcr.io/owner/fleet}
  fleet:groups: [core-platform, memory-stack, tutor-suite-cpu]
"""


def test_the_assistants_groups_run_on_a_cluster_as_they_are(tmp_path: Path) -> None:
    write_program(tmp_path, stack_elsewhere=ASSISTANT)
    answer = fleet(tmp_path, "plan", "elsewhere", COLUMNS="120")
    assert answer.code == 0, answer.out
    text = words(answer.out)
    for group in ("core-platform 4 agents", "memory-stack 3 agents", "tutor-suite-cpu 4 agents"):
        assert group in text
    assert "mandatory" not in answer.out
