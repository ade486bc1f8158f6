"""The policy configuration: the JSON file that `--policy-pack-config` takes, read for the offline judge.

`{"all": "advisory", "C05-process-limit": "disabled", "D03-known-registry": {"enforcementLevel": "mandatory",
"registries": ["ghcr.io"]}}`. Here a rule's id alone also works as a key; the engine requires the full name.

The engine applies `all` to the pack's two policies for notices (waived, unknown) as well: a file with
`"all": "mandatory"` should set `notices` and `stack-notices` to advisory. Offline they are always advisory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from fleet.frozen import dataclass
from fleet.source.faults import ConfigurationError, Fault
from fleet.source.redaction import shown
from fleet.suggest import did_you_mean
from policy.core.rule import Level, Rule, Settings
from policy.core.settings import expected, fits, overlay
from policy.core.verdict import NOTICES
from policy.engine.catalogue import rules

_ALL = "all"
_LEVEL = "enforcementLevel"
_SET_A_LEVEL = f"use {', '.join(Level)}"


@dataclass(frozen=True, slots=True)
class PolicyConfig:
    """Levels and settings by rule id; others keep the rule's own."""

    all_level: Level | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def level(self, rule: Rule) -> Level:
        """The level a rule is enforced at."""
        return self.levels.get(rule.id) or self.all_level or rule.level

    def settings(self, rule: Rule) -> Settings:
        """A rule's settings."""
        return overlay(rule, self.given.get(rule.id, {}))


def read_config(file: Path) -> PolicyConfig:
    """Reads a policy configuration.

    Raises ConfigurationError with every fault in the file.
    """
    source = file.as_posix()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        # The whole error repeats the path.
        reason = error.strerror if isinstance(error, OSError) else error
        fault = Fault(source, None, "", f"cannot be read ({reason})", "provide a readable JSON file")
        raise ConfigurationError([fault]) from None
    return parse_config(text, source)


def parse_config(text: str, source: str) -> PolicyConfig:
    """Like `read_config`, from text; `source` names the file in faults."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        fault = Fault(source, error.lineno, "", f"is not JSON ({error.msg})", "fix the syntax")
        raise ConfigurationError([fault]) from None
    except RecursionError:
        fault = Fault(source, None, "", "is not JSON that can be read (nested too deeply)", "use fewer levels")
        raise ConfigurationError([fault]) from None
    if not isinstance(data, dict):
        raise ConfigurationError([Fault(source, 1, "", "is not a JSON object", 'write it like {"all": "advisory"}')])
    reading = _Reading(source)
    for key, value in data.items():
        reading.entry(key, value)
    if reading.faults:
        raise ConfigurationError(reading.faults)
    return PolicyConfig(reading.all_level, reading.levels, reading.given)


class _Reading:
    """Collects what is read, and every fault."""

    def __init__(self, source: str) -> None:
        self.faults: list[Fault] = []
        self.all_level: Level | None = None
        self.levels: dict[str, Level] = {}
        self.given: dict[str, Mapping[str, Any]] = {}
        self._source = source
        self._names = {name: rule for rule in rules() for name in (rule.id, rule.policy_name)}
        self._seen: dict[str, str] = {}

    def entry(self, key: str, value: Any) -> None:
        if key == _ALL:
            self.all_level = self._level(key, value)
            return
        if key in NOTICES:
            self._level(key, value)
            return
        rule = self._names.get(key)
        if rule is None:
            self._fault(
                key,
                f"{shown(key)} is not a rule",
                did_you_mean(key, self._names, "run `fleet policy list` for all rules"),
            )
            return
        if rule.id in self._seen:
            self._fault(key, f"configures {rule.policy_name} again, after {self._seen[rule.id]}", "keep one")
            return
        self._seen[rule.id] = key
        given = dict(value) if isinstance(value, dict) else {_LEVEL: value}
        level = self._level(f"{key}.{_LEVEL}" if isinstance(value, dict) else key, given.pop(_LEVEL, None))
        if level:
            self.levels[rule.id] = level
        self.faults += self._setting_faults(rule, key, given)
        self.given[rule.id] = given

    def _level(self, path: str, value: Any) -> Level | None:
        if value is None and path.endswith(_LEVEL):
            return None
        try:
            return Level(value)
        except ValueError:
            self._fault(path, f"{shown(value)} is not an enforcement level", _SET_A_LEVEL)
            return None

    def _setting_faults(self, rule: Rule, key: str, given: Mapping[str, Any]) -> Iterator[Fault]:
        for name, value in given.items():
            path = f"{key}.{name}"
            if name not in rule.defaults:
                known = ", ".join([*rule.defaults, _LEVEL])
                yield Fault(self._source, None, path, f"{rule.policy_name} has no such setting", f"use {known}")
            elif not fits(value, rule.defaults[name]):
                remedy = f"write {expected(rule.defaults[name])}"
                yield Fault(self._source, None, path, f"{shown(value)} is of the wrong type", remedy)

    def _fault(self, path: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._source, None, path, problem, remedy))
