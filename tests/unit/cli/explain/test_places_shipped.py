"""A policy result points at a line for every resource of the shipped stacks, and at a key that decides the field."""

from __future__ import annotations

from functools import cache

import pytest

from cli.explain.explain import registered, search
from cli.explain.places import place_of
from cli.explain.stack import planned
from cli.preview.program import Run, run_program
from fleet.property_paths import leaves
from policy.core.rule import Level
from policy.engine.field_readers import fields_reached
from policy.engine.judge import Verdict
from tests.unit.builders import ROOT

SHIPPED = ("cloud", "edge", "local", "pc2", "mainpc", "cluster")


@cache
def _run(stack: str) -> Run:
    return run_program(ROOT, stack)


def _verdict(resource: str, field: str) -> Verdict:
    return Verdict("X01", "x", Level.ADVISORY, resource, "", field, "")


@pytest.mark.parametrize("stack", SHIPPED)
def test_whatever_rules_see_of_a_resource_has_a_place(stack: str) -> None:
    run = _run(stack)
    lines = {}
    for resource in run.resources:
        for field in {field for path, _ in leaves(resource.inputs) for _, field, _ in fields_reached(resource, path)}:
            lines[resource.name, field] = place_of(_verdict(resource.name, field), run)
    assert lines
    # The daemon that shares a card is no group's.
    assert [key for key, place in lines.items() if not _is_line(place) and "-gpu-sharing-" not in key[0]] == []


@pytest.mark.parametrize(
    ("stack", "resource", "subject", "field", "leaf"),
    [
        ("edge", "edge-network-bridge", "edge-network-bridge", "subnets", "ipamConfigs.0.subnet"),
        ("edge", "edge-lightweight-proxy-main", "edge-lightweight-proxy-main", "memory_limit_mib", "memory"),
        ("edge", "edge-lightweight-proxy-main", "edge-lightweight-proxy-main", "process_limit", "ulimits.nproc.hard"),
        ("cloud", "cloud-agentic-flow-burst-us-central1", "", "concurrency", "template.maxInstanceRequestConcurrency"),
    ],
)
def test_the_place_is_of_a_key_that_decides_the_field(
    stack: str, resource: str, subject: str, field: str, leaf: str
) -> None:
    listed = planned(ROOT, stack)
    which = next(one for one in listed.resources if one[1] == resource)
    path = tuple(leaf.split("."))
    assert path in dict(leaves(registered(which, listed).inputs))
    found = search(listed, [which], frozenset({path}))
    places = [one.file.place(one.path)[0] for one in found.of(which, path) if one.file]
    assert place_of(_verdict(subject or resource, field), _run(stack)) in places


def _is_line(place: str | None) -> bool:
    file, _, number = (place or "").rpartition(":")
    return number.isdigit() and (ROOT / file).is_file() and int(number) <= len(_lines(file))


@cache
def _lines(file: str) -> list[str]:
    return (ROOT / file).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["cluster", "cluster-api", "cluster-fleet-quota"])
def test_what_groups_share_has_its_place_in_the_stacks_file(name: str) -> None:
    place = place_of(_verdict(name, "labels"), _run("cluster"))
    assert _is_line(place)
    assert str(place).startswith("Pulumi.cluster.yaml:")
