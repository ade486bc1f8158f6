"""The policy configuration: what is read, and every fault of a file at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.source.faults import ConfigurationError
from policy.core.rule import Level
from policy.engine.catalogue import rule
from policy.engine.config import PolicyConfig, parse_config, read_config


def _parse(data: Any) -> PolicyConfig:
    return parse_config(json.dumps(data), "policy.json")


def _faults(data: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        _parse(data)
    return [line for fault in refused.value.faults for line in fault.lines()]


def test_without_a_configuration_rules_keep_their_own() -> None:
    config = PolicyConfig()
    assert config.level(rule("A01")) is Level.MANDATORY
    assert config.level(rule("A02")) is Level.ADVISORY
    assert config.settings(rule("C05")) == {"at_most": 32768}


def test_all_sets_every_level_but_those_that_are_named() -> None:
    config = _parse({"all": "advisory", "A01-non-root-user": "mandatory", "C12-bounded-logs": "disabled"})
    assert config.level(rule("A01")) is Level.MANDATORY
    assert config.level(rule("A04")) is Level.ADVISORY
    assert config.level(rule("C12")) is Level.DISABLED


@pytest.mark.parametrize("key", ["C05-process-limit", "C05"])
def test_a_rule_is_named_in_full_or_by_its_id(key: str) -> None:
    config = _parse({key: {"enforcementLevel": "advisory", "at_most": 100}})
    assert config.level(rule("C05")) is Level.ADVISORY
    assert config.settings(rule("C05")) == {"at_most": 100}


def test_the_engine_s_own_policies_may_be_named() -> None:
    assert _parse({"all": "mandatory", "notices": "advisory", "stack-notices": "disabled"}).levels == {}
    assert len(_faults({"notices": "loud"})) == 1


def test_settings_alone_keep_the_level() -> None:
    config = _parse({"D03": {"registries": ["ghcr.io"]}})
    assert config.level(rule("D03")) is Level.MANDATORY
    assert config.settings(rule("D03"))["registries"] == ["ghcr.io"]


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert _parse({"C05": {"at_most": 100.0}}).settings(rule("C05")) == {"at_most": 100}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"A1": "advisory"}, 'policy.json: A1: "A1" is not a rule; did you mean A18?'),
        ({"Z": "advisory"}, 'policy.json: Z: "Z" is not a rule; run `fleet policy list` for all rules'),
        ({"A01": "warn"}, 'policy.json: A01: "warn" is not an enforcement level; use advisory, mandatory, disabled'),
        ({"all": 7}, "policy.json: all: 7 is not an enforcement level; use advisory, mandatory, disabled"),
        ({"A01": None}, "policy.json: A01: null is not an enforcement level; use advisory, mandatory, disabled"),
        (
            {"A01": {"enforcementLevel": ["x"]}},
            "policy.json: A01.enforcementLevel: [x] is not an enforcement level; use advisory, mandatory, disabled",
        ),
        (
            {"A01": {"uid": 7}},
            "policy.json: A01.uid: A01-non-root-user has no such setting; use enforcementLevel",
        ),
        ({"C05": {"at_most": "9"}}, 'policy.json: C05.at_most: "9" is of the wrong type; write an integer'),
        ({"C05": {"at_most": 9.5}}, "policy.json: C05.at_most: 9.5 is of the wrong type; write an integer"),
        ({"C05": {"at_most": True}}, "policy.json: C05.at_most: true is of the wrong type; write an integer"),
        (
            {"D03": {"registries": "ghcr.io"}},
            'policy.json: D03.registries: "ghcr.io" is of the wrong type; write a list of strings',
        ),
        (
            {"D03": {"registries": ["a", 1]}},
            "policy.json: D03.registries: [a, 1] is of the wrong type; write a list of strings",
        ),
        (
            {"G04": {"production": "yes"}},
            'policy.json: G04.production: "yes" is of the wrong type; write true or false',
        ),
        (
            {"C05": "advisory", "C05-process-limit": "disabled"},
            "policy.json: C05-process-limit: configures C05-process-limit again, after C05; keep one",
        ),
        (["all"], 'policy.json:1: is not a JSON object; write it like {"all": "advisory"}'),
    ],
)
def test_a_fault_is_path_problem_and_way_out(data: Any, fault: str) -> None:
    assert _faults(data) == [fault]


def test_all_faults_are_reported_at_once() -> None:
    assert len(_faults({"all": "x", "Q": "advisory", "C05": {"at_most": "y", "other": 1}})) == 4


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{"A01": "advisory"}')
    assert read_config(file).level(rule("A01")) is Level.ADVISORY


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b'{\n  "A01": advisory\n}', "policy.json:2: is not JSON", id="no JSON, with its line"),
        pytest.param(b"\xff\xfe", "cannot be read", id="no text"),
        pytest.param(b"[" * 100_000, "is not JSON", id="nested without end"),
        pytest.param(None, "cannot be read", id="no file"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "policy.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=says):
        read_config(file)
