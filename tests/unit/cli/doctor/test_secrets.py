"""Secrets in the stack's config."""

from __future__ import annotations

from pathlib import Path

from cli.doctor.facts import ConfigFacts
from cli.doctor.read_config import read_config
from tests.unit.cli.trial_machine import examined, machine, reported

SUBJECT, CHECK = "secrets:eye-key", "secret value"
SET = "pulumi config set --stack alpha --secret secrets:eye-key"


def found(config: ConfigFacts) -> tuple[str, str, str]:
    return reported(examined(machine(config=config)), SUBJECT, CHECK)


def test_a_secret_of_a_variable_is_in_the_stacks_file() -> None:
    assert found(ConfigFacts(frozenset({"eye-key"}))) == ("good", "in Pulumi.alpha.yaml, encrypted", "")
    assert found(ConfigFacts(frozenset())) == ("wrong", "is not in Pulumi.alpha.yaml", SET)


def test_one_of_an_environment_cannot_be_seen() -> None:
    figure = "is not in Pulumi.alpha.yaml; its Pulumi environment may have it"
    assert found(ConfigFacts(frozenset(), has_environment=True)) == ("unknown", figure, SET)
    assert found(ConfigFacts(frozenset({"eye-key"}), has_environment=True))[0] == "good"


def test_a_secret_that_is_a_file_needs_no_value_there() -> None:
    checks = examined(machine(config=ConfigFacts(frozenset())))
    assert [check.subject for check in checks if check.check == CHECK] == [SUBJECT]


def test_names_are_read_and_values_are_not(tmp_path: Path) -> None:
    text = "environment: [shared]\nconfig:\n  secrets:eye-key: {secure: v1:abc}\n  fleet:groups: []\n"
    (tmp_path / "Pulumi.alpha.yaml").write_text(text)
    assert read_config(tmp_path, "alpha") == ConfigFacts(frozenset({"eye-key"}), has_environment=True)
