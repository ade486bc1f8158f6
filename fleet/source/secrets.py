"""Finds credentials in texts, commands and named values. The loader, rule F04 and every output search alike."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence

from fleet.source.secret_formats import SHORTEST, Span, formats
from fleet.source.secret_names import is_harmless, is_stand_in, names_a_secret

NAMED = "named like a secret"
"""Kind of a credential that is known by its name alone."""

_NOT_HIDDEN = r"(?!\(a\ secret)"
_COMMAND = r"(?:\$\([^()]*\)|`[^`]*`)"
"""A command's output in a shell, such as $(cat /run/secrets/key)."""

_OPTION_WORD = r"--?[A-Za-z][\w-]*"

# Texts, compiled on first use: a fleet without such values never pays for them.
_IN_URL = r"""(?<=:)//[^/\s:@?\#"']*:(?P<value>[^/\s@"']+)@"""
_USER_OF_URL = r"""(?xi) (?:(?<=http:)|(?<=https:)) // (?P<value>
    (?![0-9a-f]{32}@[\w.:-]+/\d+(?!\w))  # a Sentry DSN is public
    (?=[^/\s:@]{20}|[^/\s:@\d]*\d) [^/\s:@?\#"'<>$]{8,} ) @
"""
"""A token as user: a name has no digits."""

_IN_QUERY = (
    r"""(?i)[?&](?:(?:key|sig|signature)=(?P<long>[^\s&"'\#]{16,})|(?:auth|secret|pass)=(?P<value>[^\s&"'\#]+))"""
)
_ASSIGNED = rf"""(?xa) (?<![\w.-])(?P<name>[\w.-]++)[ \t]*+=[ \t]*+{_NOT_HIDDEN}
    (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<value>{_COMMAND}|[^\s"'&;,)]+))
"""
_KEYED = rf"""(?mxa) (?:^[ \t-]*+|["'])(?P<name>[\w.-]++)["']?:[ \t]?{_NOT_HIDDEN}
    ["']?(?P<value>{_COMMAND}|[^\s"',}}]++)["']?[ \t,}}]*+(?=$|["'])
"""
"""JSON, a line of YAML, or a header."""

_OPTION = rf"(?xa) (?<!\S)(?P<name>--?[A-Za-z][\w-]*+)[ \t]++(?!-){_NOT_HIDDEN}(?P<value>{_COMMAND}|[^\s'\"]+)"
_HEADER = rf"""(?xi) (?<![a-z])(?:
    authorization["']?\s{{0,3}}[:=]\s{{0,3}}["']?(?:bearer|basic|token|apikey|bot)\s{{1,3}}{_NOT_HIDDEN}
        (?P<value>{_COMMAND}|[^\s"']{{4,}})
    | bearer\s{{1,3}}(?P<bearer>(?=[^\s\d]*\d)[\w.~+/=-]{{16,}}))
"""
_BASIC = r"(?i)(?<![a-z])basic\s{1,3}(?P<value>[A-Za-z0-9+/]{8,}+={0,2})"
"""A user and a password in base64."""

_DOCKER_AUTH = r""""auth"\s?:\s?"(?P<value>[A-Za-z0-9+/=]{8,})"|:_auth\s?=\s?(?P<npm>[^\s$(]{4,})"""
_NETRC = rf"(?x)(?<!\S)login\s{{1,9}}\S{{1,99}}\s{{1,9}}password\s{{1,9}}{_NOT_HIDDEN}(?P<value>\S+)"

_COMMON = frozenset(["key", "keys", "auth", "pass", "salt", "secret", "signature"])
"""Words that name other things in texts: `--key 2`, `auth=basic`."""

_OPTIONS_OF = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "http": ("-a", "--auth"),
    "redis-cli": ("-a", "--pass"),
    "valkey-cli": ("-a", "--pass"),
    "sshpass": ("-p",),
    "mosquitto_pub": ("-P", "--pw"),
    "mosquitto_sub": ("-P", "--pw"),
    "ldapsearch": ("-w",),
    "smbclient": ("-U",),
}
"""Program -> options whose value is a password or `user:password`."""

_GLUED = ("mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin")
"""Programs that take a password glued to -p."""


def find_secret(text: str) -> str | None:
    """The kind of the first credential in a text, None without any."""
    return next((kind for _, _, kind in spans(text)), None)


def holds_secret_value(text: str) -> bool:
    """Whether a text contains a credential."""
    return find_secret(text) is not None


def find_named(name: str, value: str) -> str | None:
    """The kind of credential under a name: by its format, or because of the name."""
    if kind := find_secret(value):
        return kind
    return NAMED if value and names_a_secret(name) and not is_harmless(name, value) else None


def spans(text: str) -> Iterator[Span]:
    """Where a text holds credentials."""
    if len(text) < SHORTEST and text.isalnum():
        return
    yield from formats(text)
    if "://" in text and "@" in text:
        yield from _values(_IN_URL, text, "password in a URL")
        yield from _values(_USER_OF_URL, text, "token in a URL")
    if "=" in text:
        if "?" in text:
            yield from _values(_IN_QUERY, text, "key in a URL")
        yield from _assigned(_ASSIGNED, text)
    if ":" in text:
        yield from _assigned(_KEYED, text)
    if " -" in text or text.startswith("-"):
        yield from _assigned(_OPTION, text)
    lower = text.lower()
    if "authorization" in lower or "bearer" in lower:
        yield from _values(_HEADER, text, "authorization header")
    if "basic" in lower:
        for found in re.finditer(_BASIC, text):
            if _is_a_login(found["value"]):
                yield *found.span("value"), "authorization header"
    if "auth" in lower:
        yield from _values(_DOCKER_AUTH, text, "registry login")
    if "login" in lower:
        yield from _values(_NETRC, text, "password")


def _values(pattern: str, text: str, kind: str) -> Iterator[Span]:
    for found in re.finditer(pattern, text):
        group = next(name for name, value in found.groupdict().items() if value is not None)
        if not is_stand_in(found[group]):
            yield *found.span(group), kind


def _is_a_login(text: str) -> bool:
    """Whether text is `user:password` in base64."""
    try:
        user, _, password = b64decode(text, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return False
    return bool(password) and (user + password).isprintable()


def _assigned(pattern: str, text: str) -> Iterator[Span]:
    for found in re.finditer(pattern, text):
        name = found["name"].lstrip("-")
        if name.lower() in _COMMON or not names_a_secret(name):
            continue
        group = next(key for key, value in found.groupdict().items() if key != "name" and value is not None)
        if not is_harmless(name, found[group]):
            yield *found.span(group), f"value of {name[:60]}"


def secret_words(command: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(index, kind) of each word of a command that holds a credential."""
    flags: tuple[str, ...] = ()
    glued = False
    for index, word in enumerate(command):
        program = word[:200].rpartition("/")[2]
        flags, glued = _OPTIONS_OF.get(program, flags), glued or program in _GLUED
        before = command[index - 1] if index else ""
        if kind := find_secret(word) or _after(before, word, flags):
            yield index, kind
        elif glued and word.startswith("-p") and not is_stand_in(word[2:]):
            yield index, "password"
        elif " " in word and (inner := next(secret_words(_split(word)), None)):
            yield index, inner[1]


def _after(option: str, word: str, flags: Sequence[str]) -> str | None:
    """The kind of a word as the value of the option before it."""
    if not re.fullmatch(_OPTION_WORD, option) or word.startswith("-"):
        return None
    if option in flags and not is_stand_in(word.rpartition(":")[2]):
        return "password"
    name = option.lstrip("-")
    if name.lower() in _COMMON or not names_a_secret(name) or is_harmless(name, word):
        return None
    return f"value of {name[:60]}"


def _split(text: str) -> list[str]:
    """The words of a shell's text and of the commands in it, near enough: `shlex` takes a second for 100 kB."""
    parts = (re.sub(_COMMAND, "$()", text), *(each.strip("$()`") for each in re.findall(_COMMAND, text)))
    # An empty word ends the options of the part before.
    return [word.strip("\"'") for part in parts for word in (*re.findall(r"""[^\s"']+|"[^"]*"|'[^']*'""", part), "")]
