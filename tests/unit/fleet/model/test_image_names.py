"""References of images as registries and daemons take them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic import ValidationError

from fleet.model.image_names import reference_problem
from fleet.model.operation import RolloutState
from fleet.model.program import Image
from fleet.model.stack import Images

HEX = "0123456789abcdef" * 4
GOOD = (
    "redis", "redis:7", "library/redis:7", "ghcr.io/owner/name:1.2", "Ghcr.io/owner/name:1.2", "localhost:5000/x:y",
    "[fd00::1]:5000/x", "192.168.1.9:5000/a/b/c:T_a-g.1", f"a/b@sha256:{HEX}", f"a/b:1@sha256:{HEX}",
    f"a/b@sha512:{HEX}{HEX}", "a/b__c-d---e.f", f"x/{'a' * 250}", "ghcr.io/library/scratch:1",
    "acme/scratch", "scratch-2",
)  # fmt: skip
BAD = (
    "", " ", ":", "::::", "/", "a/", "/a", "a//b", "A", "a/B", "Acme/b", "ghcr.io/Acme/b:1", "a:", "a:-1", "a:.x",
    f"a:{'t' * 129}", "a@", "a@sha256:abc",
    f"a@sha256:{HEX[:-1]}", f"a@sha256:{HEX.upper()}", f"a@md5:{HEX}", f"a@sha256:{HEX}0",
    f"a@sha256:{HEX}:1", "a b", "a\nb", "a\n", "http://ghcr.io/a/b", "a___b", "a..b", "-a", "a-", "_a", ".a/b", "é",
    HEX, "x:99999/a", f"sha256:{HEX}",
    "scratch", "scratch:1", "docker.io/library/scratch:1", "library/scratch", "docker.io/scratch",
    f"index.docker.io/library/scratch@sha256:{HEX}", "x:0/a", "x:port/a", f"x/{'a' * 256}", "a:${TAG}",
    "a?b", "a" * 100_000, "a." * 50_000,
)  # fmt: skip


def test_references_are_those_of_the_grammar() -> None:
    assert {text: reference_problem(text) for text in GOOD if reference_problem(text)} == {}
    assert [text[:80] for text in BAD if reference_problem(text) is None] == []


def test_a_long_text_takes_no_time() -> None:
    before = time.perf_counter()
    for text in (f"{'a' * 699}!", f"{'a-' * 349}!", f"{'a.' * 349}!", f"{'a/' * 349}!"):
        assert reference_problem(text)
    assert time.perf_counter() - before < 0.5


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (Image, lambda text: {"reference": text}),
        (Images, lambda text: {"base": text}),
        (Images, lambda text: {"bases": {"mcp": text}}),
        (RolloutState, lambda text: {"image": text}),
        (RolloutState, lambda text: {"candidate": text}),
    ],
)
def test_every_field_with_a_reference_keeps_to_the_grammar(model: Any, keys: Any) -> None:
    for text in BAD:
        with pytest.raises(ValidationError):
            model.model_validate(keys(text))
    for text in GOOD:
        assert model.model_validate(keys(text))


def test_a_registry_is_a_domain_and_a_path() -> None:
    for registry in (
        "", "ghcr.io/x/", "/x", "Acme/x", "ghcr.io/X", "ghcr.io//x", "https://ghcr.io", "a b", "x:99999",
        "ghcr.io/x:1", "ghcr.io/x@y", "ghcr.io/.x", "a" * 300, "ghcr.io/x\n",
    ):  # fmt: skip
        with pytest.raises(ValidationError, match="is not a registry"):
            Images(registry=registry)
    for registry in ("fleet.local/x", "Fleet.local"):
        with pytest.raises(ValidationError, match=r"is on no host; write fleet\.local for images"):
            Images(registry=registry)
    for registry in ("ghcr.io", "GHCR.io/owner/fleet", "owner", "localhost:5000", "us-central1-docker.pkg.dev/p/fleet"):
        assert Images(registry=registry).registry == registry


def test_a_tag_leaves_room_for_a_digest() -> None:
    for tag in ("", "-a", ".a", "a b", "a:b", "t" * 101, "é", "a\n"):
        with pytest.raises(ValidationError):
            Images(tag=tag)
