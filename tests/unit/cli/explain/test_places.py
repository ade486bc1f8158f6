"""A policy result points at the line of the group's file that decides it, on every target."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cli.explain.places import place_of
from cli.preview.program import Run
from policy.core.rule import Level
from policy.engine.judge import Verdict


class _Sources:
    def place_of_stack(self, stack: str, path: tuple[str, ...]) -> str:
        return f"{stack}: {'.'.join(path)}"

    def place_of_group(self, group: str, path: tuple[str, ...]) -> str:
        return f"{group}: {'.'.join(path)}"


def _place(resource: str, field: str) -> str | None:
    containers = [SimpleNamespace(group="mcp", key="main"), SimpleNamespace(group="mcp", key="proxy")]
    machine = SimpleNamespace(cloud=SimpleNamespace(regions=("us-central1",)))
    deployment: Any = SimpleNamespace(
        stack="home", containers=containers, machine=machine, volumes={}, groups=[SimpleNamespace(name="mcp")]
    )
    project = SimpleNamespace(sources=_Sources(), fleet=SimpleNamespace(groups={}))
    run = cast(Run, SimpleNamespace(deployment=deployment, project=project))
    return place_of(Verdict("X01", "x", Level.ADVISORY, resource, "", field, ""), run)


@pytest.mark.parametrize(
    ("resource", "field", "place"),
    [
        pytest.param("home-mcp-main", "user", "mcp: containers.main.hardening.run_as", id="a container of a daemon"),
        pytest.param("home-mcp-pods/main", "non_root", "mcp: containers.main.hardening.run_as", id="one of a pod"),
        pytest.param(
            "home-mcp-green-pods/proxy", "probes", "mcp: containers.proxy.health", id="one of a second version"
        ),
        pytest.param("home-mcp-us-central1/proxy", "env", "mcp: containers.proxy.env", id="one of a service"),
        pytest.param("home-mcp-pods/main", "volumes", "mcp: containers.main", id="a field that no key decides"),
    ],
)
def test_the_place_of(resource: str, field: str, place: str) -> None:
    assert _place(resource, field) == place


@pytest.mark.parametrize("resource", ["home-mcp-pods/istio-proxy", "elsewhere"])
def test_what_no_file_describes_has_no_place(resource: str) -> None:
    assert _place(resource, "user") is None
