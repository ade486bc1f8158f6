"""Objects as YAML that every reader takes for the same: no anchors, no text that looks like something else."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

import yaml

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Texts that some reader takes for a truth value or nothing; `1e3` and dates begin like no plain text."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    style = None if plain else "'" if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def document(value: Mapping[str, Any]) -> str:
    """An object as a YAML document, keys in their order."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=WIDTH))


def scalar(value: object) -> str:
    """A text, number or truth value on one line."""
    return str(yaml.dump(value, Dumper=_Dumper, width=sys.maxsize)).removesuffix("...\n").strip()
