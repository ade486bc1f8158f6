"""Names of credentials, and the values under such names that are none: switches, placeholders, paths, references."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
"""Words of SNAKE_CASE, kebab-case and camelCase."""

_PASSWORD = re.compile(r"PASSWORDS?|[A-Z]*(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE)|PASS|PWD?|PW")
_ANYWHERE = re.compile(
    r"PASSWORDS|SECRETS|[A-Z]*(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIALS?)"
    r"|(?:API|APP|ACCESS|AUTH|SECRET|PRIVATE|SIGNING|ENCRYPTION|MASTER|ACCOUNT|DEPLOY|LICENSE)KEYS?"
)
"""A word that makes any name the name of a credential: TOKEN_GITHUB, PGPASSWORD."""

_KEY_OF = re.compile(r"API|ACCESS|AUTH|SECRET|PRIVATE|SIGNING|ENCRYPTION|MASTER|ACCOUNT")
"""Before KEY, anywhere: API_KEY_OPENAI."""

_TOKENS_OF = re.compile(r"API|ACCESS|AUTH|BEARER|REFRESH|BOT|GITHUB|GITLAB|HF")
"""Before TOKENS; else they are those of a model: MAX_TOKENS."""

_LAST = re.compile(
    r"[A-Z]*(?:PASS|PWD)|PW|AUTH|AUTHORIZATION|SALT|KEY|KEYS|MNEMONIC|MASTERAUTH|SIGNATURE|COOKIES?|JWT|PSK|PIN"
)
"""A word that names a credential at the end alone: DB_PASS, OPENAI_KEY."""

_NOT_LAST = re.compile(r"(?:BY|COM|ENCOM|TRES|SUR|OVER|UNDER)PASS")
_PIN_OF = frozenset({"", "ADMIN", "ALARM", "CARD", "DEVICE", "DOOR", "LOGIN", "PAIRING", "SIM", "UNLOCK", "USER"})
"""Before a last PIN; other pins are those of a board: GPIO_PIN."""

_MODEL_TOKENS = frozenset({"PAD", "BOS", "EOS", "UNK", "CLS", "SEP", "MASK", "STOP", "SPECIAL", "IMAGE"})
"""Before TOKEN: special tokens of a language model."""

_OTHER_KEYS = frozenset(
    {
        "PUBLIC", "PUBLISHABLE", "SITE", "CACHE", "SORT", "PRIMARY", "FOREIGN", "PARTITION", "ROUTING", "GROUP",
        "LABEL", "HOT", "SHORTCUT", "OBJECT", "INDEX", "LOOKUP", "IDEMPOTENCY", "CONFIG", "ROW", "MAP", "METRIC", "TAG",
        "SEARCH",
    }
)  # fmt: skip
"""Before a last KEY: no credential."""

_ATTRIBUTES = frozenset(
    {
        "FILE", "FILES", "PATH", "DIR", "DIRECTORY", "FOLDER", "URL", "URI", "ENDPOINT", "HOST", "PORT", "ISSUER",
        "NAME", "NAMES", "LABEL", "HEADER", "TYPE", "KIND", "MODE", "METHOD", "TTL", "LIFETIME", "EXPIRY", "EXPIRES",
        "EXPIRE", "EXPIRATION", "MINUTES", "SECONDS", "HOURS", "DAYS", "MS", "AGE", "INTERVAL", "TIMEOUT", "LENGTH",
        "LEN", "SIZE", "COUNT", "LIMIT", "LIMITS", "MAX", "MIN", "BUDGET", "ALGORITHM", "ALG", "ALGO", "POLICY",
        "FORMAT", "ENCODING", "VERSION", "ROTATION", "ENABLED", "DISABLED", "ENABLE", "REQUIRED", "OPTIONAL", "ALLOWED",
        "REGEX", "PATTERN", "PREFIX", "SUFFIX", "PROVIDER", "BACKEND", "STORE", "MANAGER", "SOURCE", "ENGINE", "MODEL",
        "CLASSIFIER", "CLASSIFICATION", "EMBEDDING", "STRATEGY", "SCOPE", "SCOPES", "AUDIENCE", "ENV", "REF", "RATE",
        "VOLUME", "ALIAS", "COLUMN", "TABLE", "ID", "HASHER", "HASHERS", "VALIDATOR", "VALIDATORS",
    }
)  # fmt: skip
"""A last word after which a name is about a credential, and names none: API_KEY_FILE."""

_WHOLE_IDS = ("ACCESS", "KEY", "ID"), ("SECRET", "ID")
"""Identifiers that are half of a credential."""

_NOISE = frozenset(
    {
        "VALUE", "BASE", "B", "HEX", "RAW", "PLAIN", "TEXT", "STRING", "OLD", "NEW", "CURRENT", "PREVIOUS", "PRIMARY",
        "SECONDARY", "PROD", "DEV", "TEST", "STAGING", "MAIN", "DEFAULT", "DATA",
    }
)  # fmt: skip
"""Last words that change nothing: DB_PASS_PROD, PASSWORD2, KEY_BASE64."""

# Texts, compiled on first use.
_SWITCH = r"(?i)true|false|yes|no|on|off|none|null|[01]"
_FIGURE = r"\d{1,6}(?:\.\d{1,3})?(?:ms|[smhd]|min|[kKMG]i?B?)?"
_PLACEHOLDER = (
    r"(?i)dummy|empty|unused|unset|undefined|nil|n/a|not[-_ ]?(?:needed|required|used|set)"
    r"|(?:sk-)?no-key(?:-required|-needed)?|ollama|lm-studio"
    r"|enabled|disabled|required|optional|auto|default|anonymous|trust|latest"
    r"|basic|digest|bearer|plain|oauth2?|oidc|ldap|saml|jwt|mtls|md5|scram-sha-256|[HREP]S(?:256|384|512)|EdDSA"
)
"""What local servers want for a key, ways to authenticate, and how web tokens are signed. `changeme` is a password, and
a bad one."""

_MASKED = r"(?i)<[^<>]*>|\*{3,}|\.{3}|\[(?:secret|redacted|hidden)\]"
_PATH = r"(?a)(?:file://|~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)+|[\w.-]+\.(?:pem|key|crt|p12|pfx|jks|kdbx)"
_STORED = (
    r"(?:projects/[\w.-]+/secrets/|op://|vault:|sm://|arn:aws:(?:secretsmanager|ssm|kms):|sha(?:256|512):[0-9a-f]{32})"
)
"""Names of secrets in stores, and digests."""

_REFERENCE = (
    r"(?a)\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|\$?\$\{\w+(?::?[-+?=](?P<default>[^{}]*))?\}|\$\([^()]*\)|`[^`]*`|\$?\$[A-Z_][A-Z0-9_]*"
    r"|%\(\w+\)s|%[A-Z_]+%"
)
_URL = r"(?i)[a-z][a-z0-9+.-]*://[^\s@]+"
_PIN = r"(?a)\d{4,12}"
_FOLDER_VARIABLES = ("PWD", "OLDPWD")
"""Variables of a shell: its working folder, now and before."""

_SCHEME = r"(?i)(?:bearer|basic|token)(?= )"


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in upper case, without numbers and others that change nothing at its end."""
    found = [word.upper() for word in _WORDS.findall(name[-200:])]
    while len(found) > 1 and (found[-1].isdigit() or found[-1] in _NOISE):
        found.pop()
    return tuple(word for word in found if not word.isdigit())


@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Whether an environment variable, a key or an option is named like a credential; `*_FILE` is a path."""
    if not name or name == "secrets":
        return False
    parts = words(name)
    if not parts or (parts[-1] in _ATTRIBUTES and not any(parts[-len(whole) :] == whole for whole in _WHOLE_IDS)):
        return False
    pairs = tuple(zip(("", *parts), parts, strict=False))
    if any(_ANYWHERE.fullmatch(word) and not (word == "TOKEN" and before in _MODEL_TOKENS) for before, word in pairs):
        return True
    if any(_KEY_OF.fullmatch(before) and word in ("KEY", "KEYS") for before, word in pairs):
        return True
    before, last = pairs[-1]
    if last == "TOKENS":
        return _TOKENS_OF.fullmatch(before) is not None
    if (last in ("KEY", "KEYS") and before in _OTHER_KEYS) or parts == ("KEYS",):
        return False
    if last == "PIN" and before not in _PIN_OF:
        return False
    return _LAST.fullmatch(last) is not None and _NOT_LAST.fullmatch(last) is None


def is_of_a_password(name: str) -> bool:
    """Whether a name is a password's: any text may be one, but for switches."""
    parts = words(name)
    if not parts or (_LAST.fullmatch(parts[-1]) and not _PASSWORD.fullmatch(parts[-1])):
        return False
    return any(_PASSWORD.fullmatch(part) or part.endswith("PASS") for part in parts)


def is_stand_in(value: str) -> bool:
    """Whether a value is in the place of a credential: empty, masked, `<your key>`, or a reference such as ${KEY}."""
    if not value or re.fullmatch(_MASKED, value):
        return True
    rest = re.sub(_SCHEME, "", re.sub(_REFERENCE, lambda found: found["default"] or "", value), count=1)
    return rest != value and not any(each.isalnum() for each in rest)


def is_harmless(name: str, value: str) -> bool:
    """Whether a value under a credential's name is none: a stand-in, a switch, a path, or what may be no password."""
    text = value.strip()
    if is_stand_in(text) or re.match(_STORED, text) or any(re.fullmatch(each, text) for each in (_SWITCH, _PATH)):
        return True
    if name in _FOLDER_VARIABLES and text.startswith("/"):
        return True
    last = (words(name) or ("",))[-1]
    if last == "PIN":
        return re.fullmatch(_PIN, text) is None
    if last in ("COOKIE", "COOKIES") and "=" not in text:
        # The name of one.
        return True
    if is_of_a_password(name):
        return False
    return any(re.fullmatch(each, text) for each in (_FIGURE, _PLACEHOLDER, _URL))
