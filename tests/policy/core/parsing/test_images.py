"""Image references, taken apart."""

from __future__ import annotations

import pytest

from policy.core.parsing.images import ImageReference, parse_image


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("redis", ("", "redis", "", "")),
        ("redis:7", ("", "redis", "7", "")),
        ("acme/agent:1", ("", "acme/agent", "1", "")),
        ("ghcr.io/acme/agent:1@sha256:ab", ("ghcr.io", "acme/agent", "1", "sha256:ab")),
        ("localhost/agent", ("localhost", "agent", "", "")),
        ("host:5000/agent:1", ("host:5000", "agent", "1", "")),
        ("host:5000/agent", ("host:5000", "agent", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_a_reference_has_a_registry_a_repository_a_tag_and_a_digest(reference: str, parts: tuple[str, ...]) -> None:
    assert parse_image(reference) == ImageReference(*parts)


@pytest.mark.parametrize("nothing", [None, f"sha256:{'0' * 64}"])
def test_an_id_is_no_reference(nothing: str | None) -> None:
    assert parse_image(nothing) is None


@pytest.mark.parametrize("almost", [f"sha256:{'0' * 63}", f"sha256:{'G' * 64}", f"sha256:{'0' * 64} "])
def test_what_is_almost_an_id_is_a_reference(almost: str) -> None:
    assert parse_image(almost) is not None
