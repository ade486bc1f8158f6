"""Whatever a program registers, no reader and no rule breaks: random properties, odd types, unknown and hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet import labels
from policy.core.rule import ContainerRule, ResourceRule, StackRule
from policy.core.verdict import Kind
from policy.engine.catalogue import rules
from policy.engine.judge import judge
from policy.readers.stack import stack_view
from policy.views.registered import UNKNOWN, Registered
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


def _judge_unprotected(stack: list[Registered]) -> None:
    """Calls the checks themselves, so that an exception is raised and not turned into a verdict."""
    view = stack_view(stack)
    for rule in rules():
        if isinstance(rule, StackRule):
            list(rule.check(view, rule.defaults))
            continue
        assert isinstance(rule, ContainerRule | ResourceRule)
        if isinstance(rule, ContainerRule):
            for container in view.containers:
                list(rule.check(container, rule.defaults))
        for check in rule.resources:
            for held in getattr(view, check.of):
                list(check.check(held, rule.defaults))
    assert all(verdict.kind is not Kind.FAILED for verdict in judge(stack, None, TODAY).verdicts)


@patient
@given(st.lists(resources, max_size=4))
def test_no_rule_breaks_on_random_resources(stack: list[Registered]) -> None:
    _judge_unprotected(stack)


@patient
@given(st.sampled_from(sorted(docker_properties())), values)
def test_no_rule_breaks_on_a_hardened_container_with_one_odd_property(key: str, value: Any) -> None:
    _judge_unprotected([machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})])


@patient
@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=6)), max_size=6))
def test_no_rule_breaks_on_odd_labels(tags: Mapping[str, str]) -> None:
    _judge_unprotected([machine(), gpu_container("a", tags), gpu_container("b", tags), volume("data", tags)])


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
    _judge_unprotected([machine(**{key: value}), gpu_container("a")])


@pytest.mark.parametrize(
    "key", sorted({*docker_properties(), "ports", "hosts", "devices", "gpus", "deviceRequests", "command"})
)
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
def test_no_rule_breaks_where_a_property_is(key: str, value: Any) -> None:
    _judge_unprotected([machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})])


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_no_rule_breaks_on_an_odd_text_anywhere(text: str) -> None:
    odd = {key: text for key in KEYS} | {"envs": [text], "command": [text], "hosts": [{"host": text, "ip": text}]}
    stack = [
        Registered(CONTAINER, "a", "urn:a", inputs=odd),
        network("net", text),
        volume("data", {labels.VOLUME_WRITERS: text}, driverOpts={"device": text}),
        provider(host=text),
        machine(lanAddress=text, subnets={"x": text}, allowedOverlaps=[text], startAfter={"a": [text]}),
    ]
    _judge_unprotected(stack)


class TestOnACluster:
    """The same for what is registered with Kubernetes."""

    @patient
    @given(st.lists(objects, max_size=4))
    def test_no_rule_breaks_on_random_objects(self, stack: list[Registered]) -> None:
        _judge_unprotected(stack)

    @patient
    @given(st.sampled_from(sorted({*pod_container(), "command", "args", "envFrom", "lifecycle"})), cluster_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        odd = gpu_workload("a", pod={"containers": [{**pod_container(), key: value}, value]})
        _judge_unprotected([cluster(), *around(), odd])

    @patient
    @given(
        st.sampled_from(sorted({*pod_spec(), "nodeSelector", "hostAliases", "initContainers", "affinity"})),
        cluster_values,
    )
    def test_no_rule_breaks_on_a_pod_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([cluster(), *around(), workload("a", pod={key: value})])

    @patient
    @given(st.sampled_from(sorted(node_pool())), cluster_values)
    def test_no_rule_breaks_on_a_pool_with_one_odd_figure(self, key: str, value: Any) -> None:
        odd = cluster(nodePools={"gpu": {**node_pool(gpuSharing="memory-amount"), key: value}})
        _judge_unprotected(
            [odd, gpu_workload("a"), gpu_workload("b", resources={"limits": {"nvidia.com/gpu.shared": 9}})]
        )

    @patient
    @given(st.sampled_from(KUBERNETES_TYPES), cluster_values, cluster_values)
    def test_no_rule_breaks_on_an_odd_spec_or_metadata(self, token: str, spec: Any, metadata: Any) -> None:
        odd = {"metadata": metadata, "spec": spec, "rules": spec, "subjects": spec, "roleRef": spec, "data": metadata}
        _judge_unprotected([*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)])

    @pytest.mark.parametrize("token", KUBERNETES_TYPES)
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("[secret]", id="hidden"),
            pytest.param(UNKNOWN, id="unknown"),
            pytest.param([UNKNOWN, "[secret]", None, 1.0, {}, []], id="a list of oddities"),
            pytest.param({"template": UNKNOWN, "selector": UNKNOWN, "rules": [UNKNOWN]}, id="a mapping of oddities"),
        ],
    )
    def test_no_rule_breaks_on_an_object_whose_parts_are(self, token: str, value: Any) -> None:
        odd = dict.fromkeys(("metadata", "spec", "rules", "subjects", "roleRef", "data"), value)
        _judge_unprotected([*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)])

    @pytest.mark.parametrize("count", ["9" * 30, 10**40, -5, 2.5, "many"])
    def test_a_figure_that_is_none_ends_no_judgement(self, count: object) -> None:
        resources = {"limits": {"nvidia.com/gpu": count, "memory": count, "cpu": count}}
        for sharing in ("whole-device", "shared-device", "memory-amount"):
            pools = {"gpu": node_pool(gpuSharing=sharing, sharedReplicas=count, nodes=count, gpus=count)}
            pods = [gpu_workload("a", resources=resources, spec={"replicas": count}), kubernetes("core/v1:Pod", "b")]
            _judge_unprotected([cluster(nodePools=pools), *pods])


class TestInACloud:
    """The same for what is registered with Google."""

    @patient
    @given(st.lists(cloud_resources, max_size=4))
    def test_no_rule_breaks_on_random_resources(self, stack: list[Registered]) -> None:
        _judge_unprotected(stack)

    @patient
    @given(st.sampled_from(sorted({*run_container(), "command", "args", "volumeMounts"})), cloud_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([gpu_service("a", inside={"containers": [{**run_container(), key: value}, value]})])

    @patient
    @given(st.sampled_from(sorted({*run_template(), "volumes", "nodeSelector", "vpcAccess"})), cloud_values)
    def test_no_rule_breaks_on_a_template_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([run_service("a", inside={key: value}), gpu_service("b", inside={key: value})])

    @pytest.mark.parametrize("kind", CLOUD_TYPES)
    @pytest.mark.parametrize("text", CLOUD_TEXTS)
    def test_no_rule_breaks_on_an_odd_text_anywhere(self, kind: str, text: str) -> None:
        odd = {**dict.fromkeys(CLOUD_KEYS, text), "template": dict.fromkeys(CLOUD_KEYS, text)}
        limits = {"limits": dict.fromkeys(("cpu", "memory", "nvidia.com/gpu"), text)}
        inner = {"containers": [{**dict.fromkeys(CLOUD_KEYS, text), "resources": limits}]}
        kind = kind.removeprefix("gcp:")
        _judge_unprotected([google(kind, "a", **odd), google(kind, "b", template=inner)])
