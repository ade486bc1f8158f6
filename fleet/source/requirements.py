"""Reads pip requirements and the versions of locks, as far as a lock has to satisfy a list (PEP 508 and PEP 440)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:[._-]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[._-]?[0-9]*)*"
_CLAUSE = rf"(?:~=|[<>]=?|!=|==)\s*{_VERSION}(?:\+[A-Za-z0-9._-]+)?(?:\.\*)?|===\s*[^\s,;()]+"
_REQUIREMENT = re.compile(
    rf"\s*(?P<name>{_NAME})\s*(?:\[\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\])?"
    rf"\s*(?P<clauses>(?:{_CLAUSE})(?:\s*,\s*(?:{_CLAUSE}))*\s*,?)?\s*(?:;\s*(?P<marker>\S.*))?",
    re.IGNORECASE,
)
_CLAUSE_PARTS = re.compile(r"(===|~=|[<>]=?|!=|==)\s*(\S+)")
_PIN = re.compile(rf"(?P<name>{_NAME})==(?P<version>[^\s;\\]+)")
_PARTS = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[._-]?(?P<pre>alpha|beta|preview|pre|rc|a|b|c)[._-]?(?P<pre_number>[0-9]*))?"
    r"(?:[._-]?(?P<post>post|rev|r)[._-]?(?P<post_number>[0-9]*))?"
    r"(?:[._-]?(?P<dev>dev)[._-]?(?P<dev_number>[0-9]*))?(?:\+(?P<local>[a-z0-9._-]+))?",
    re.IGNORECASE,
)
_LENGTH_MAX = 300
# Groups: open, close, join, compare (k), value.
_MARKER_TOKEN = re.compile(
    r"\s*(?:(?P<o>\()|(?P<c>\))|(?P<j>and\b|or\b)|(?P<k>===|[<>!=~]=|[<>]|not\s+in\b|in\b)"
    r"|(?P<v>'[^']*'|\"[^\"]*\"|(?:python_version|python_full_version|os_name|sys_platform|extra"
    r"|platform_(?:machine|system|release|version|python_implementation)|implementation_(?:name|version))\b))"
)
_LETTERS = {"alpha": "a", "beta": "b", **dict.fromkeys(("c", "pre", "preview"), "rc")}
_NO_PRE, _FIRST_PRE = ("z", 0), ("", 0)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement: its normalized name, the clauses of its version, and whether a marker restricts it."""

    name: str
    clauses: tuple[tuple[str, str], ...]
    has_marker: bool

    def allows(self, version: str) -> bool:
        """Whether a version satisfies every clause; an unreadable one satisfies none but `===`."""
        return all(_satisfies(version, *clause) for clause in self.clauses)


def read_requirement(text: str) -> Requirement | None:
    """A requirement as pip reads it; None for invalid text, URLs included."""
    match = _REQUIREMENT.fullmatch(text) if len(text) <= _LENGTH_MAX else None
    if match is None or not all(_is_valid(*clause) for clause in _clauses(match["clauses"])):
        return None
    marker = match["marker"]
    if marker and not _is_marker(marker):
        return None
    return Requirement(normalized(match["name"]), _clauses(match["clauses"]), has_marker=bool(marker))


def pins(lock: str) -> Mapping[str, tuple[str, ...]]:
    """Normalized name -> versions that a lock pins: several, if they differ by Python or processor."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lock.splitlines():
        if match := _PIN.match(line):
            name = normalized(match["name"])
            found[name] = (*found.get(name, ()), match["version"])
    return found


def normalized(name: str) -> str:
    """A package's name in one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_marker(text: str) -> bool:
    """Whether text is comparisons joined by `and` and `or`, with parentheses."""
    text, position, kinds = text.rstrip(), 0, ""
    while position < len(text):
        token = _MARKER_TOKEN.match(text, position)
        if token is None:
            return False
        position = token.end()
        kinds += token.lastgroup or ""
    before, kinds = "", kinds.replace("vkv", "t")
    while before != kinds:
        before, kinds = kinds, kinds.replace("otc", "t").replace("tjt", "t")
    return kinds == "t"


def _clauses(text: str | None) -> tuple[tuple[str, str], ...]:
    found = (_CLAUSE_PARTS.fullmatch(clause.strip()) for clause in (text or "").split(","))
    return tuple((match[1], match[2]) for match in found if match)


def _is_valid(operator: str, wanted: str) -> bool:
    if operator == "===":
        return True
    prefix = wanted.endswith(".*")
    match = _PARTS.fullmatch(wanted.removesuffix(".*"))
    if match is None or (prefix and operator not in ("==", "!=")):
        return False
    return operator != "~=" or "." in match["release"]


_Key = tuple[int, tuple[int, ...], tuple[str, int], tuple[int, int], tuple[int, int]]


def _key(match: re.Match[str]) -> _Key:
    """Order of versions by PEP 440, without the local part."""
    release = tuple(int(part) for part in match["release"].split("."))
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    pre = (_letter(match["pre"]), _number(match["pre_number"])) if match["pre"] else _NO_PRE
    if match["dev"] and not match["pre"] and not match["post"]:
        pre = _FIRST_PRE
    post = (1, _number(match["post_number"])) if match["post"] else (0, 0)
    dev = (0, _number(match["dev_number"])) if match["dev"] else (1, 0)
    return int(match["epoch"] or 0), release, pre, post, dev


def _letter(word: str) -> str:
    return _LETTERS.get(word.lower(), word.lower())


def _number(text: str | None) -> int:
    return int(text or 0)


def _satisfies(version: str, operator: str, wanted: str) -> bool:
    if operator == "===":
        return version.lower() == wanted.lower()
    has, want = _PARTS.fullmatch(version), _PARTS.fullmatch(wanted.removesuffix(".*"))
    if has is None or want is None:
        return False
    if operator in ("==", "!="):
        return _equals(has, want, prefix=wanted.endswith(".*")) is (operator == "==")
    mine, other = _key(has), _key(want)
    if operator == "~=":
        parts = want["release"].split(".")[:-1]
        return mine >= other and _starts_with(has, tuple(map(int, parts)))
    if operator == "<":
        # A pre-release of the bound itself is no earlier version.
        itself = mine[:2] == other[:2] and mine[3] == other[3]
        return mine < other and not (_is_early(has) and not _is_early(want) and itself)
    if operator == ">":
        return mine > other and not (has["post"] and not want["post"] and mine[:2] == other[:2])
    return mine <= other if operator == "<=" else mine >= other


def _equals(has: re.Match[str], want: re.Match[str], *, prefix: bool) -> bool:
    if prefix:
        return _starts_with(has, tuple(int(part) for part in want["release"].split(".")))
    return _key(has) == _key(want) and (not want["local"] or want["local"] == has["local"])


def _is_early(version: re.Match[str]) -> bool:
    return bool(version["pre"] or version["dev"])


def _starts_with(has: re.Match[str], parts: tuple[int, ...]) -> bool:
    release = tuple(int(part) for part in has["release"].split("."))
    return (*release, *(0,) * len(parts))[: len(parts)] == parts
