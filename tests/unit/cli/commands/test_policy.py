"""`fleet policy`: the catalogue, each rule explained, and the page of policies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy.engine.catalogue import rules
from tests.unit.cli.running import fleet, shipped, write_program


def test_the_catalogue_lists_each_rule_once_with_its_level() -> None:
    answer = shipped("policy", "list")
    assert (answer.code, answer.err) == (0, "")
    listed = [line.split()[:3] for line in answer.out.splitlines() if line[:1].isalpha()]
    assert listed == [[rule.id, rule.name, str(rule.level)] for rule in rules()]
    last = answer.out.splitlines()[-1]
    assert last.startswith(f"{len(rules())} rules: ")


@pytest.mark.parametrize("columns", [80, 120])
def test_the_catalogue_stays_within_the_width(columns: int) -> None:
    for arguments in (("policy", "list"), ("policy", "explain", "G01")):
        text = shipped(*arguments, columns=columns).out
        assert max(len(line.rstrip()) for line in text.splitlines()) <= columns


def test_the_catalogue_as_data_has_what_explain_says_of_each_rule() -> None:
    listed = json.loads(shipped("policy", "list", "--json").out)["rules"]
    assert [node["id"] for node in listed] == [rule.id for rule in rules()]
    assert json.loads(shipped("policy", "explain", "G01", "--json").out) in listed
    assert all(node["requires"] and node["fix"] and node["level"] for node in listed)


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


def test_an_unknown_rule_is_reported_with_the_known_ones() -> None:
    answer = shipped("policy", "explain", "Z99")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith('unknown rule "Z99"; `fleet policy list` shows all')


def test_the_committed_page_of_policies_is_up_to_date() -> None:
    answer = shipped("policy", "docs", "--check")
    assert (answer.code, answer.out, answer.err) == (0, "docs/policies.md: up to date\n", "")


def test_a_stale_page_of_policies_is_reported_and_renewed(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    answer = fleet(project, "policy", "docs", "--check")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "docs/policies.md: out of date; run `fleet policy docs`\n"
    assert fleet(project, "policy", "docs").out == "docs/policies.md: written\n"
    assert fleet(project, "policy", "docs", "--check").code == 0
