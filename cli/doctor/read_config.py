"""Reads which secrets a stack's file has."""

from __future__ import annotations

from pathlib import Path

from cli.doctor.facts import ConfigFacts
from fleet.source.document import read_yaml
from fleet.source.locations import SECRETS


def read_config(root: Path, stack: str) -> ConfigFacts:
    """The names in a file that is loaded, and so valid."""
    value = read_yaml(root / f"Pulumi.{stack}.yaml")
    names = frozenset(key.removeprefix(SECRETS) for key in value["config"] if key.startswith(SECRETS))
    return ConfigFacts(names, has_environment="environment" in value)
