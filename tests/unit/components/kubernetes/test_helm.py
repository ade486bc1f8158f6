"""A chart's text: what is a knob, what stays as it is, and that no knob is without a place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from components.kubernetes.charts.documents import Tenants
from components.kubernetes.charts.groups import GroupChart
from components.kubernetes.charts.knobs import Kind, KnobError, Knobs, put, whole
from components.kubernetes.charts.nodes import NAMESPACE_MARK, Expression, Only, template, written
from components.kubernetes.helm import chart
from components.kubernetes.render import render
from tests.unit.clusters import GROUPS, STACKS, cluster_chart, planned_cluster


def values(stack: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(cluster_chart(stack)["values.yaml"])
    return found


def schema(stack: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(cluster_chart(stack)["values.schema.json"])
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_the_values_hold_what_the_stack_says(stack: str) -> None:
    found = values(stack)
    assert found["namespace"] == {"name": "fleet", "create": True}
    assert found["tenants"] == {"blue": {"enabled": True}, "red": {"enabled": True}}
    assert set(found["groups"]) == set(GROUPS)
    for group in planned_cluster(stack)[0].groups:
        containers = found["groups"][group.name]["containers"]
        assert {key: value["image"] for key, value in containers.items()} == {c.key: c.image for c in group.containers}
        assert found["groups"][group.name]["replicas"] == group.operation.scaling.min


def test_a_single_writer_has_one_copy_at_most_and_no_autoscaling() -> None:
    assert "autoscaling" not in values("plain")["groups"]["ledger"]
    ledger = schema("plain")["properties"]["groups"]["properties"]["ledger"]
    assert ledger["properties"]["replicas"]["maximum"] == 1


def test_limits_of_requests_are_knobs_only_where_the_entrance_has_them() -> None:
    assert values("plain")["groups"]["hub"]["entrance"] == {
        "host": "hub.example.com",
        "requestsPerSecond": 5,
        "connections": 100,
    }
    assert values("woven")["groups"]["hub"]["entrance"] == {"host": "hub.example.com"}


def test_the_image_on_trial_is_a_knob_of_its_own() -> None:
    main = values("woven")["groups"]["portal"]["containers"]["main"]
    assert main["image"].endswith("/portal:0.1.0")
    assert main["candidateImage"].endswith("/portal:0.2.0")
    assert "candidateImage" not in values("plain")["groups"]["portal"]["containers"]["main"]


@pytest.mark.parametrize("stack", STACKS)
def test_the_schema_takes_every_value_and_no_other_key(stack: str) -> None:
    def check(value: Any, of: Mapping[str, Any], at: str) -> None:
        assert of["type"] == {dict: "object", str: "string", int: "integer", bool: "boolean"}[type(value)], at
        if isinstance(value, dict):
            assert of["additionalProperties"] is False, at
            assert set(of["properties"]) - {"global"} == set(of["required"]) == set(value), at
            for key, inner in value.items():
                check(inner, of["properties"][key], f"{at}.{key}")
        else:
            assert of["description"], at

    check(values(stack), schema(stack), "values")


@pytest.mark.parametrize("stack", STACKS)
def test_no_mark_is_left_and_no_image_stays_a_literal(stack: str) -> None:
    templates = {path: text for path, text in cluster_chart(stack).items() if path.startswith("templates/")}
    images = {container.image for container in planned_cluster(stack)[0].containers}
    for path, text in templates.items():
        assert NAMESPACE_MARK not in text, path
        assert not [image for image in images if image in text], path


def test_a_chart_is_the_same_each_time() -> None:
    assert chart(*planned_cluster("woven"), "Made by a test.") == cluster_chart("woven")


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("{{ .Values.x }}", '{{ "{{" }} .Values.x }}'),
        ("{{{x", '{{ "{{{" }}x'),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        (f"http://hub.{NAMESPACE_MARK}:80", "http://hub.{{ $.Values.namespace.name }}:80"),
        (f"{{{NAMESPACE_MARK}}}", '{{ "{" }}{{ $.Values.namespace.name }}}'),
    ],
)
def test_braces_of_our_own_do_not_reach_helm(literal: str, text: str) -> None:
    assert written(literal) == text


def test_what_is_there_only_sometimes_stands_between_its_condition_and_an_end() -> None:
    node = {"a": Only("$x", [1]), "b": [Only("$y", {"c": Expression("$z | int")}), {"d": Only("$w", 2)}], "e": {}}
    assert template(node).splitlines() == [
        "{{- if $x }}",
        "a:",
        "  - 1",
        "{{- end }}",
        "b:",
        "  {{- if $y }}",
        "  - c: {{ $z | int }}",
        "  {{- end }}",
        "  -",
        "    {{- if $w }}",
        "    d: 2",
        "    {{- end }}",
        "e: {}",
    ]


def test_a_policy_without_the_last_tenant_lets_nobody_in() -> None:
    """A rule whose list of peers is empty would let everybody in: it goes with them."""
    _, moved = planned_cluster("plain")
    edges = tuple(e for e in moved.edges if e.target != "hub" or e.source == "fox")
    text = chart(replace(planned_cluster("plain")[0], edges=edges), replace(moved, edges=edges), "")[
        "templates/groups/hub.yaml"
    ]
    lines = [line.strip() for line in text.splitlines()]
    at = lines.index("- from:")
    assert lines[at - 1] == '{{- if (index $.Values.tenants "red").enabled }}'


def test_a_knob_without_a_place_is_a_bug_of_ours() -> None:
    with pytest.raises(KnobError, match=r"the render has no spec\.replicas"):
        put({"spec": {}}, ("spec", "replicas"), 1)


def test_a_knob_with_two_values_is_a_bug_of_ours() -> None:
    knobs = Knobs()
    knobs.add(("a",), 1, Kind("about", whole(0, 1)))
    with pytest.raises(KnobError, match="a is 1 in one place of the render and 2 in another"):
        knobs.add(("a",), 2, Kind("about", whole(0, 1)))


def test_an_autoscaler_that_does_not_watch_the_cpu_is_a_bug_of_ours() -> None:
    _, moved = planned_cluster("plain")
    group = next(group for group in moved.groups if group.name == "crawler")
    mine = [manifest for manifest in render(moved) if manifest.group == "crawler"]
    scaling = next(m for m in mine if m.key == "crawler-scaling")
    blind = replace(scaling, object={**scaling.object, "spec": {**scaling.object["spec"], "metrics": []}})
    with pytest.raises(KnobError, match="has no metric cpu"):
        GroupChart(group, mine, [blind], Knobs()).template(Tenants(moved), "")


def test_another_namespace_changes_nothing_but_its_name() -> None:
    deployment, moved = planned_cluster("plain")
    other = replace(moved, edges=moved.edges[1:])
    with pytest.raises(KnobError, match="differs in another namespace by more than its name"):
        chart(deployment, other, "")
