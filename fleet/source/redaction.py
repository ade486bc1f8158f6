"""Detection of secrets, to refuse them in files and to redact them in output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

_VALUE = re.compile(
    r"""(?x)
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY           # PEM
    | \bsk-[A-Za-z0-9_-]{16,}                 # OpenAI, Anthropic, OpenRouter
    | \bgh[pousr]_[A-Za-z0-9]{20,}            # GitHub
    | \bhf_[A-Za-z0-9]{20,}                   # Hugging Face
    | \b(AKIA|ASIA)[A-Z0-9]{16}\b             # AWS
    | \bAIza[A-Za-z0-9_-]{30,}                # Google
    | \bxox[abprs]-[A-Za-z0-9-]{10,}          # Slack
    | (?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ  # JSON web token: from the start of a word alone, in linear time
    | ://[^/\s:@]+:[^/\s:@]+@                 # user:password in a URL
    """
)
_NAME = re.compile(
    r"(^|_)(API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(_|$)", re.IGNORECASE
)


def holds_secret_value(text: str) -> bool:
    """Whether text contains a credential, by its format."""
    return _VALUE.search(text) is not None


def names_a_secret(env_name: str) -> bool:
    """Whether an environment variable is named like a credential; `*_FILE` is a path."""
    return not env_name.upper().endswith("_FILE") and _NAME.search(env_name) is not None


HIDDEN = "(a secret, not shown)"

_LENGTH_MAX = 60
"""Characters of a value in messages."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
"""Text that needs no quotes in a list or mapping."""


def redacted(text: str) -> str:
    """Text with credentials redacted."""
    return _VALUE.sub(HIDDEN, text)


def shown(value: object) -> str:
    """A value for messages: on one line, shortened, and redacted."""
    quote = '"' if isinstance(value, str) else ""
    text = _flow(value, top=True)
    if holds_secret_value(text):
        return HIDDEN
    whole = f"{quote}{printable(text[:_LENGTH_MAX])}{quote}"
    return (
        whole
        if len(whole) <= _LENGTH_MAX and len(text) <= _LENGTH_MAX
        else f"{whole[: _LENGTH_MAX - 3 - len(quote)]}...{quote}"
    )


def _flow(value: object, *, top: bool = False) -> str:
    """A value as YAML writes it on one line."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return value if top or _PLAIN.fullmatch(value) else f'"{value}"'
    # Later items would be cut off.
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value[:_LENGTH_MAX]))}]"
    if isinstance(value, Mapping):
        items = islice(value.items(), _LENGTH_MAX)
        return f"{{{', '.join(f'{_flow(key)}: {_flow(each)}' for key, each in items)}}}"
    return repr(value)


def printable(text: str) -> str:
    """Text with escapes for control characters, line ends and invisible characters: a terminal would obey them."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
