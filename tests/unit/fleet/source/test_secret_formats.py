"""The formats of credentials: as many as detect-secrets has, in linear time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.source.redaction import redacted
from fleet.source.secret_formats import VENDORS, formats
from fleet.source.secret_names import is_harmless, names_a_secret
from fleet.source.secrets import find_secret, secret_words

NOT_FORMATS = {
    # By the name before it, as source code assigns it; names are in secret_names.py.
    "IbmCloudIamDetector": 1,
    "IbmCosHmacDetector": 1,
    "CloudantDetector": 2,
    # Addresses.
    "IPPublicDetector": 1,
    # The second finds APPLICATIONS in upper case.
    "ArtifactoryDetector": 1,
    # The second needs the word `aws` and a name before it.
    "AWSKeyDetector": 1,
    # The first by name.
    "SoftlayerDetector": 1,
    # Any base64 with a dot: it decodes what it finds.
    "JwtTokenDetector": 1,
}
"""Plug-in -> how many of its patterns are no format."""

ASCII = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="<>")


def _found(plugin: type, pattern: re.Pattern[str]) -> bool:
    """Whether the list finds all that a pattern can look like."""
    narrow = re.compile(
        pattern.pattern.replace("softlayer.com", r"softlayer\.com").replace("api.s", r"api\.s"), pattern.flags
    )
    missed: list[str] = []

    @settings(max_examples=15, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(narrow, fullmatch=True, alphabet=ASCII))
    def search(text: str) -> None:
        # Quotes end a URL, and the shortest are no credentials yet.
        if (
            len(text) > 11
            and not (text.startswith("://") and {'"', "'"} & set(text))
            and not find_secret(f"a:{text}" if text.startswith("://") else text)
        ):
            missed.append(text)

    search()
    return not missed


def test_every_format_of_the_detect_secrets_installed_is_known() -> None:
    missing: dict[str, int] = {}
    plugins = [each for each in get_mapping_from_secret_type_to_class().values() if getattr(each, "denylist", ())]
    for plugin in plugins:
        lost = sum(not _found(plugin, pattern) for pattern in plugin.denylist)
        if lost:
            missing[plugin.__name__] = lost
    assert missing == NOT_FORMATS
    assert len(plugins) > 20


def _prefixes() -> Iterator[str]:
    for _, pattern in VENDORS:
        bare = re.sub(r"\(\?[a-z]*:|\\", "", pattern)
        yield from filter(None, (re.split(r"[\[({]", part)[0] for part in bare.split("|")))


def _seeds() -> Iterator[str]:
    yield from ("eyJ", "eyJa", "://", "://:", "http://", "?key=", "&sig=", "a=", "a='", 'a="', '"a":', "a: ", "\n- a: ")
    yield from ("--a ", "--password ", "password=", "password: ", "login a password ", "bearer ", "authorization:")
    yield from (
        "BEGIN PRIVATE ",
        "BEGIN A ",
        "${a:-",
        "$(",
        "{{",
        "<",
        "A",
        "a",
        "1",
        "a-",
        "_",
        " ",
        "\n",
        "\\ ",
        "'a b' ",
    )


def _cost(text: str, *, whole: bool) -> float:
    start = time.process_time()
    if not whole:
        list(formats(text))
        return time.process_time() - start
    redacted(text)
    is_harmless("DB_PASSWORD", text)
    names_a_secret(text)
    list(secret_words([text]))
    return time.process_time() - start


def test_no_pattern_takes_more_than_linear_time() -> None:
    """100 kB against 50 kB: the square of it takes four times as long, and seconds."""
    slow: dict[str, float] = {}
    for seed, whole in (*((seed, True) for seed in _seeds()), *((seed, False) for seed in sorted({*_prefixes()}))):
        text = seed * (100_000 // len(seed))
        if (first := _cost(text, whole=whole)) > 0.5:
            half = min(_cost(text[: len(text) // 2], whole=whole) for _ in range(3))
            ratio = min(first, *(_cost(text, whole=whole) for _ in range(2))) / half
            slow |= {seed: ratio} if ratio > 3 else {}
    assert slow == {}
