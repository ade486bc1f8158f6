"""Whatever a program registers, no reader and no rule breaks: random properties, odd types, unknown and hidden."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet import labels
from policy.core.rule import ContainerRule, ResourceRule, Rule, StackRule
from policy.core.verdict import Kind
from policy.engine.catalogue import rules
from policy.engine.judge import judge
from policy.readers.stack import stack_view
from policy.views.registered import UNKNOWN, Registered
from policy.views.stack import StackView
from tests.policy.builders import TODAY, docker_properties, gpu_container, machine, network, provider, volume
from tests.policy.cloudrun_builders import google, gpu_service, run_container, run_service
from tests.policy.cloudrun_builders import template as run_template
from tests.policy.hostile import (
    CLOUD_KEYS,
    CLOUD_TEXTS,
    CLOUD_TYPES,
    CONTAINER,
    KEYS,
    KUBERNETES_TYPES,
    ODD_TEXTS,
    cloud_resources,
    cloud_values,
    cluster_values,
    objects,
    resources,
    values,
)
from tests.policy.kubernetes_builders import (
    around,
    cluster,
    gpu_workload,
    kubernetes,
    node_pool,
    pod_container,
    pod_spec,
    workload,
)

patient = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _broken(stack: list[Registered]) -> list[str]:
    """The rules that raise an exception, each with its error; empty where none does. A reader's exception is raised.

    Calls the checks themselves, where an exception is not turned into a verdict.
    """
    view = stack_view(stack)
    faults = []
    for rule in rules():
        try:
            _check(rule, view)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            faults.append(f"{rule.id}: {error!r} at {Path(place.filename).name}:{place.lineno}")
    failed = [verdict for verdict in judge(stack, None, TODAY).verdicts if verdict.kind is Kind.FAILED]
    return faults + [f"{verdict.id}: {verdict.message}" for verdict in failed]


def _check(rule: Rule, view: StackView) -> None:
    if isinstance(rule, StackRule):
        list(rule.check(view, rule.defaults))
        return
    assert isinstance(rule, ContainerRule | ResourceRule)
    if isinstance(rule, ContainerRule):
        for container in view.containers:
            list(rule.check(container, rule.defaults))
    for check in rule.resources:
        for held in getattr(view, check.of):
            list(check.check(held, rule.defaults))


def _hold_on(stacks: Iterable[tuple[str, list[Registered]]]) -> None:
    """Asserts that no rule breaks on any of these stacks; each comes after what is odd in it."""
    faults = []
    for odd, stack in stacks:
        try:
            faults += [f"{odd}: {fault}" for fault in _broken(stack)]
        except Exception as error:
            faults.append(f"{odd}: a reader: {error!r}")
    assert not faults, "\n".join(faults)


@patient
@given(st.lists(resources, max_size=4))
def test_no_rule_breaks_on_random_resources(stack: list[Registered]) -> None:
    assert _broken(stack) == []


@patient
@given(st.sampled_from(sorted(docker_properties())), values)
def test_no_rule_breaks_on_a_hardened_container_with_one_odd_property(key: str, value: Any) -> None:
    assert _broken([machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})]) == []


@patient
@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=6)), max_size=6))
def test_no_rule_breaks_on_odd_labels(tags: Mapping[str, str]) -> None:
    assert _broken([machine(), gpu_container("a", tags), gpu_container("b", tags), volume("data", tags)]) == []


@patient
@given(
    st.sampled_from(
        [
            "gpus",
            "links",
            "subnets",
            "allowedOverlaps",
            "startAfter",
            "memoryMib",
            "lanAddress",
            "machine",
            "agents",
            "deviceClass",
        ]
    ),
    values,
)
def test_no_rule_breaks_on_a_machine_with_one_odd_figure(key: str, value: Any) -> None:
    assert _broken([machine(**{key: value}), gpu_container("a")]) == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[secret]", id="hidden"),
        pytest.param(UNKNOWN, id="unknown"),
        pytest.param([UNKNOWN, "[secret]", None, 1.0, {}], id="a list of oddities"),
        pytest.param({"a": UNKNOWN, "drops": "[secret]", "tests": "[secret]"}, id="a mapping of oddities"),
        pytest.param(1.5, id="a float"),
    ],
)
def test_no_rule_breaks_where_a_property_is(value: Any) -> None:
    keys = sorted({*docker_properties(), "ports", "hosts", "devices", "gpus", "deviceRequests", "command"})

    def stack(key: str) -> list[Registered]:
        return [machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})]

    _hold_on((f"{key} = {value!r}", stack(key)) for key in keys)


def test_no_rule_breaks_on_an_odd_text_anywhere() -> None:
    def stack(text: str) -> list[Registered]:
        odd = {key: text for key in KEYS} | {"envs": [text], "command": [text], "hosts": [{"host": text, "ip": text}]}
        return [
            Registered(CONTAINER, "a", "urn:a", inputs=odd),
            network("net", text),
            volume("data", {labels.VOLUME_WRITERS: text}, driverOpts={"device": text}),
            provider(host=text),
            machine(lanAddress=text, subnets={"x": text}, allowedOverlaps=[text], startAfter={"a": [text]}),
        ]

    _hold_on((repr(text[:40]), stack(text)) for text in ODD_TEXTS)


class TestOnACluster:
    """The same for what is registered with Kubernetes."""

    @patient
    @given(st.lists(objects, max_size=4))
    def test_no_rule_breaks_on_random_objects(self, stack: list[Registered]) -> None:
        assert _broken(stack) == []

    @patient
    @given(st.sampled_from(sorted({*pod_container(), "command", "args", "envFrom", "lifecycle"})), cluster_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        odd = gpu_workload("a", pod={"containers": [{**pod_container(), key: value}, value]})
        assert _broken([cluster(), *around(), odd]) == []

    @patient
    @given(
        st.sampled_from(sorted({*pod_spec(), "nodeSelector", "hostAliases", "initContainers", "affinity"})),
        cluster_values,
    )
    def test_no_rule_breaks_on_a_pod_with_one_odd_property(self, key: str, value: Any) -> None:
        assert _broken([cluster(), *around(), workload("a", pod={key: value})]) == []

    @patient
    @given(st.sampled_from(sorted(node_pool())), cluster_values)
    def test_no_rule_breaks_on_a_pool_with_one_odd_figure(self, key: str, value: Any) -> None:
        odd = cluster(nodePools={"gpu": {**node_pool(gpuSharing="memory-amount"), key: value}})
        shared = {"limits": {"nvidia.com/gpu.shared": 9}}
        assert _broken([odd, gpu_workload("a"), gpu_workload("b", resources=shared)]) == []

    @patient
    @given(st.sampled_from(KUBERNETES_TYPES), cluster_values, cluster_values)
    def test_no_rule_breaks_on_an_odd_spec_or_metadata(self, token: str, spec: Any, metadata: Any) -> None:
        odd = {"metadata": metadata, "spec": spec, "rules": spec, "subjects": spec, "roleRef": spec, "data": metadata}
        assert _broken([*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)]) == []

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("[secret]", id="hidden"),
            pytest.param(UNKNOWN, id="unknown"),
            pytest.param([UNKNOWN, "[secret]", None, 1.0, {}, []], id="a list of oddities"),
            pytest.param({"template": UNKNOWN, "selector": UNKNOWN, "rules": [UNKNOWN]}, id="a mapping of oddities"),
        ],
    )
    def test_no_rule_breaks_on_an_object_whose_parts_are(self, value: Any) -> None:
        odd = dict.fromkeys(("metadata", "spec", "rules", "subjects", "roleRef", "data"), value)

        def stack(token: str) -> list[Registered]:
            return [*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)]

        _hold_on((token, stack(token)) for token in KUBERNETES_TYPES)

    @pytest.mark.parametrize("count", ["9" * 30, 10**40, -5, 2.5, "many"])
    def test_a_figure_that_is_none_ends_no_judgement(self, count: object) -> None:
        resources = {"limits": {"nvidia.com/gpu": count, "memory": count, "cpu": count}}
        for sharing in ("whole-device", "shared-device", "memory-amount"):
            pools = {"gpu": node_pool(gpuSharing=sharing, sharedReplicas=count, nodes=count, gpus=count)}
            pods = [gpu_workload("a", resources=resources, spec={"replicas": count}), kubernetes("core/v1:Pod", "b")]
            assert _broken([cluster(nodePools=pools), *pods]) == []


class TestInACloud:
    """The same for what is registered with Google."""

    @patient
    @given(st.lists(cloud_resources, max_size=4))
    def test_no_rule_breaks_on_random_resources(self, stack: list[Registered]) -> None:
        assert _broken(stack) == []

    @patient
    @given(st.sampled_from(sorted({*run_container(), "command", "args", "volumeMounts"})), cloud_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        assert _broken([gpu_service("a", inside={"containers": [{**run_container(), key: value}, value]})]) == []

    @patient
    @given(st.sampled_from(sorted({*run_template(), "volumes", "nodeSelector", "vpcAccess"})), cloud_values)
    def test_no_rule_breaks_on_a_template_with_one_odd_property(self, key: str, value: Any) -> None:
        assert _broken([run_service("a", inside={key: value}), gpu_service("b", inside={key: value})]) == []

    def test_no_rule_breaks_on_an_odd_text_anywhere(self) -> None:
        def stack(kind: str, text: str) -> list[Registered]:
            odd = {**dict.fromkeys(CLOUD_KEYS, text), "template": dict.fromkeys(CLOUD_KEYS, text)}
            limits = {"limits": dict.fromkeys(("cpu", "memory", "nvidia.com/gpu"), text)}
            inner = {"containers": [{**dict.fromkeys(CLOUD_KEYS, text), "resources": limits}]}
            return [google(kind, "a", **odd), google(kind, "b", template=inner)]

        kinds = [kind.removeprefix("gcp:") for kind in CLOUD_TYPES]
        _hold_on((f"{kind} {text[:40]!r}", stack(kind, text)) for kind in kinds for text in CLOUD_TEXTS)
