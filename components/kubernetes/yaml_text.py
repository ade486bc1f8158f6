"""YAML that every parser reads alike: without anchors, and with ambiguous strings quoted."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

import yaml

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Strings that some parser reads as a boolean or null; `_PLAIN` excludes numbers and dates."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _style(text: str) -> str | None:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return None if plain else "'" if text.isascii() and text.isprintable() else '"'


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


_Dumper.add_representer(str, _text)


def document(value: Mapping[str, Any]) -> str:
    """An object as a YAML document, with its keys in order."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=WIDTH))


def scalar(value: object) -> str:
    """A string, number or boolean on one line, otherwise as `document` writes it."""
    if isinstance(value, str):
        style = _style(value)
        if style != '"':
            # A chart has thousands of strings, and yaml.dump has a cost per call.
            doubled = value.replace("'", "''")
            return f"'{doubled}'" if style else value
    return str(yaml.dump(value, Dumper=_Dumper, width=sys.maxsize)).removesuffix("...\n").strip()
