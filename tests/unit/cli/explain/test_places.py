"""A policy result points at the line of the group's file that decides it, on every target."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cli.explain.places import place_of
from components.listing import Entry
from fleet.source.document import Document, KeyPath
from fleet.source.locations import Sources
from policy.core.rule import Level
from policy.engine.judge import Verdict


def _document(source: str) -> Document:
    lines: dict[KeyPath, int] = {
        (): 1,
        ("containers", "main"): 2,
        ("containers", "main", "hardening", "run_as"): 3,
        ("containers", "proxy", "health"): 4,
        ("containers", "proxy", "env"): 5,
        ("containers", "proxy", "build"): 6,
        ("config", "fleet:machine", "network"): 7,
    }
    return Document(source, {}, lines)


def _place(resource: str, field: str) -> str | None:
    both = ("main", "proxy")
    entries = (
        Entry("docker:index/container:Container", "home-mcp-main", {}, group="mcp", containers=("main",)),
        *(Entry("kubernetes:apps/v1:Deployment", f"home-mcp{track}-pods", {}, group="mcp", containers=both)
          for track in ("", "-green")),
        Entry("gcp:cloudrunv2/service:Service", "home-mcp-us-central1", {}, group="mcp", containers=both),
        Entry("docker:index/container:Container", "home-gpu-main", {}, group="gpu-sharing", containers=("main",)),
    )  # fmt: skip
    run: Any = SimpleNamespace(
        deployment=SimpleNamespace(stack="home"),
        project=SimpleNamespace(sources=Sources({"home": _document("home.yaml")}, {"mcp": _document("mcp.yaml")})),
        entries={entry.name: entry for entry in entries},
    )
    return place_of(Verdict("X01", "x", Level.ADVISORY, resource, "", field, ""), run)


@pytest.mark.parametrize(
    ("resource", "field", "place"),
    [
        pytest.param("home-mcp-main", "user", "mcp.yaml:3", id="a container of a daemon"),
        pytest.param("home-mcp-pods/main", "non_root", "mcp.yaml:3", id="one of a pod"),
        pytest.param("home-mcp-green-pods/proxy", "probes", "mcp.yaml:4", id="one of a second version"),
        pytest.param("home-mcp-us-central1/proxy", "env", "mcp.yaml:5", id="one of a service"),
        pytest.param("home-mcp-pods/main", "volumes", "mcp.yaml:2", id="a field that no key decides"),
        pytest.param("home-mcp-pods/proxy", "image", "mcp.yaml:6", id="an image that is built"),
        pytest.param("home-mcp-main", "memory_limit_mib", "mcp.yaml:2", id="a key that is not written"),
        pytest.param("home-mcp-main", "networks", "home.yaml:7", id="what the stack decides"),
        pytest.param("home-gpu-main", "user", "home.yaml:1", id="what the plan adds"),
    ],
)
def test_the_place_of(resource: str, field: str, place: str) -> None:
    assert _place(resource, field) == place


@pytest.mark.parametrize("resource", ["home-mcp-pods/istio-proxy", "elsewhere"])
def test_what_no_file_describes_has_no_place(resource: str) -> None:
    assert _place(resource, "user") is None
