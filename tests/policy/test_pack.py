"""The pack against the policy SDK: its own arguments, its own proxies, its own server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import PolicyCustomTimeouts, PolicyProviderResource, PolicyResourceOptions
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policy import pack
from policy.catalogue import rules
from policy.containers import ContainerView
from policy.registered import UNKNOWN, Registered
from policy.rule import ContainerRule, Level, ResourceRule, Settings
from tests.policy.builders import container, docker_properties, gpu_container, machine, network, provider, volume
from tests.policy.cloudrun_builders import cloud, google, gpu_service, job, member, run_service, worker_pool
from tests.policy.kubernetes_builders import (
    around,
    cluster,
    gpu_workload,
    kubernetes,
    pod_container,
    pod_secure,
    secure,
    service,
    workload,
)

ROOT = Path(__file__).parent.parent.parent
_SENTINELS: Mapping[str, str] = {"memory": UNKNOWN_NUMBER_VALUE, "envs": UNKNOWN_ARRAY_VALUE}


@dataclass
class Report:
    """What policies reported: policy name -> (message, URN) pairs; and which said that they do not apply."""

    messages: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    not_applicable: set[str] = field(default_factory=set)


def analyze(policies: list[Policy], *resources: Registered, config: Mapping[str, Any] | None = None) -> Report:
    """Runs resource policies over each resource, in the order of the SDK's own loop."""
    report = Report()
    for resource in resources:
        for policy in policies:
            if not isinstance(policy, ResourceValidationPolicy) or _is_off(policy):
                continue
            args = ResourceValidationArgs(
                resource.type,
                unknown_checking_proxy(_on_the_wire(resource.inputs)),
                resource.urn,
                resource.name,
                _options(resource),
                _provider(resource),
                config,
            )
            _collect(report, policy.name, lambda: policy.validate(args, _reporter(report, policy.name)))  # noqa: B023
    return report


def analyze_stack(policies: list[Policy], *resources: Registered, config: Mapping[str, Any] | None = None) -> Report:
    """Runs stack policies; a provider's outputs are unknown where the program left a property out, as at preview."""
    report = Report()
    seen = [
        PolicyResource(
            resource.type,
            unknown_checking_proxy(
                _on_the_wire(resource.outputs or {"envs": UNKNOWN, "labels": UNKNOWN, **resource.inputs})
            ),
            resource.urn,
            resource.name,
            _options(resource),
            _provider(resource),
            None,
            [],
            {},
        )
        for resource in resources
    ]
    for policy in policies:
        if isinstance(policy, StackValidationPolicy) and not _is_off(policy):
            args = StackValidationArgs(seen, config)
            _collect(report, policy.name, lambda: policy.validate(args, _reporter(report, policy.name)))  # noqa: B023
    return report


def _is_off(policy: Policy) -> bool:
    """Whether the SDK's own loop leaves a policy out."""
    return policy.enforcement_level is EnforcementLevel.DISABLED


def _collect(report: Report, name: str, validate: Callable[[], object]) -> None:
    try:
        assert validate() is None
    except Exception as error:
        if type(error).__name__ != "_NotApplicableError":
            raise
        report.not_applicable.add(name)


def _reporter(report: Report, name: str) -> Callable[[str, str | None], None]:
    return lambda message, urn: report.messages.setdefault(name, []).append((message, urn))


def _on_the_wire(value: Any, key: str = "") -> Any:
    """As the SDK gets it: every number a float, a sentinel text where a value is unknown."""
    if value is UNKNOWN:
        return _SENTINELS.get(key, UNKNOWN_STRING_VALUE)
    if isinstance(value, Mapping):
        return {name: _on_the_wire(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_on_the_wire(item, key) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _options(resource: Registered) -> PolicyResourceOptions:
    return PolicyResourceOptions(
        resource.protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [], resource.parent or None
    )


def _provider(resource: Registered) -> PolicyProviderResource | None:
    urn = resource.provider
    return PolicyProviderResource("pulumi:providers:docker", {}, urn, urn.split("::")[-1]) if urn else None


@pytest.fixture
def policies() -> list[Policy]:
    return pack.policies()


def test_every_rule_is_a_policy_with_an_explicit_level(policies: list[Policy]) -> None:
    by_name = {policy.name: policy for policy in policies}
    assert len(by_name) == len(policies)
    for rule in rules():
        policy = by_name.pop(rule.policy_name)
        assert policy.enforcement_level is EnforcementLevel(rule.level.value)
        assert policy.description == rule.summary
        assert rule.remedy in policy.remediation_steps.splitlines()[0]
        assert (str(policy.severity.value), policy.tags) == (str(rule.severity), [rule.id, *rule.sources])
        assert (policy.config_schema is None) is (not rule.defaults)
    assert {name: policy.enforcement_level for name, policy in by_name.items()} == {
        "notices": EnforcementLevel.ADVISORY,
        "stack-notices": EnforcementLevel.ADVISORY,
    }


def test_the_notices_come_last_so_that_they_know_what_the_others_found(policies: list[Policy]) -> None:
    assert [policy.name for policy in policies[-2:]] == ["notices", "stack-notices"]


def test_a_hardened_stack_reports_nothing(policies: list[Policy]) -> None:
    stack = [
        machine(),
        provider(host="ssh://x"),
        network("mainpc_internal", "10.210.1.0/24"),
        volume(),
        gpu_container("a"),
        container("b"),
    ]
    assert analyze(policies, *stack).messages == {}
    assert analyze_stack(policies, *stack).messages == {}


def test_a_violation_is_reported_under_its_rule_with_its_urn(policies: list[Policy]) -> None:
    bad = container(user="0", memory=None)
    report = analyze(policies, bad, container("good"))
    assert set(report.messages) == {"A01-non-root-user", "A02-high-uid", "C01-memory-limit"}
    ((message, urn),) = report.messages["A01-non-root-user"]
    assert message.startswith('container agent: user is "0"')
    assert urn == bad.urn


def test_a_rule_about_containers_does_not_apply_to_anything_else(policies: list[Policy]) -> None:
    report = analyze(policies, network("n"))
    assert report.messages == {}
    on = [rule for rule in rules() if rule.level is not Level.DISABLED]
    judged = {rule.policy_name for rule in on if isinstance(rule, ContainerRule | ResourceRule)}
    assert report.not_applicable == judged


def test_an_unknown_value_is_a_notice_that_names_rule_container_and_field(policies: list[Policy]) -> None:
    report = analyze(policies, container(user=UNKNOWN, memory=UNKNOWN))
    assert set(report.messages) == {"notices"}
    texts = [message for message, _ in report.messages["notices"]]
    assert texts[0].startswith("A01 non-root-user: container agent: user is unknown until `up`")
    assert any(text.startswith("C01 memory-limit: container agent: memory_limit_mib is unknown") for text in texts)


def test_other_rules_judge_a_container_with_an_unknown_value(policies: list[Policy]) -> None:
    report = analyze(policies, container(user=UNKNOWN, readOnly=False))
    assert set(report.messages) == {"A11-read-only-rootfs", "notices"}


def test_an_unknown_inside_a_list_is_a_notice_and_the_rest_is_judged(policies: list[Policy]) -> None:
    report = analyze(policies, container(envs=[UNKNOWN, "API_KEY=abc"]))
    assert "env API_KEY" in report.messages["F04-no-secrets-in-sight"][0][0]
    assert any(message.startswith("F04") for message, _ in report.messages["notices"])


def test_a_waived_finding_is_a_notice(policies: list[Policy]) -> None:
    waived = container(tags={"fleet.exception.run_as": "2999-12-31 the vendor's image needs root"}, user="0:0")
    report = analyze(policies, waived)
    assert set(report.messages) == {"notices"}
    assert "waived until 2999-12-31: the vendor's image needs root" in report.messages["notices"][0][0]


def test_an_ended_waiver_is_a_violation(policies: list[Policy]) -> None:
    ended = container(tags={"fleet.exception.run_as": "2020-12-31 the vendor's image needs root"}, user="0:0")
    assert "the exception ended on 2020-12-31" in analyze(policies, ended).messages["A01-non-root-user"][0][0]


def test_notices_are_given_once(policies: list[Policy]) -> None:
    first = analyze(policies, container(user=UNKNOWN))
    assert len(first.messages["notices"]) == len(analyze(policies, container(user=UNKNOWN)).messages["notices"])


def test_the_update_after_a_preview_is_judged_anew(policies: list[Policy]) -> None:
    assert set(analyze(policies, container(user=UNKNOWN)).messages) == {"notices"}
    assert "A01-non-root-user" in analyze(policies, container(user="0")).messages
    assert analyze(policies, container()).messages == {}


def test_settings_come_from_the_configuration(policies: list[Policy]) -> None:
    (c05,) = [policy for policy in policies if policy.name == "C05-process-limit"]
    report = analyze([c05], container(), config={"at_most": 100.0, "other": "ignored"})
    assert "process_limit is 16384 (ulimit nproc), above 100," in report.messages["C05-process-limit"][0][0]


def test_a_volume_is_judged_by_itself(policies: list[Policy]) -> None:
    bad = volume("settings", driverOpts={"type": "none", "o": "bind", "device": "/etc"})
    assert set(analyze(policies, bad).messages) == {"B06-no-sensitive-host-mounts"}


def test_a_rule_that_breaks_is_a_notice_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(view: ContainerView, settings: Settings) -> Iterator[Any]:
        raise RuntimeError

    a01 = rules()[0]
    assert isinstance(a01, ContainerRule)
    monkeypatch.setattr(pack, "rules", lambda: (replace(a01, check=broken), *rules()[1:]))
    report = analyze(pack.policies(), container(user="0", readOnly=False))
    assert set(report.messages) == {"A02-high-uid", "A11-read-only-rootfs", "notices"}
    assert "A01 could not be judged (RuntimeError at test_pack.py" in report.messages["notices"][0][0]


class TestOnACluster:
    """Objects of Kubernetes come as Docker's containers do: floats, sentinels and proxies included."""

    def test_a_hardened_namespace_reports_nothing(self, policies: list[Policy]) -> None:
        stack = [cluster(), *around(), workload(), gpu_workload("trainer")]
        assert analyze(policies, *stack).messages == {}
        assert analyze_stack(policies, *stack).messages == {}

    def test_each_container_and_the_pod_itself_are_judged(self, policies: list[Policy]) -> None:
        init = pod_container("prepare", securityContext=secure(runAsUser=0))
        bad = workload(pod={"initContainers": [init], "hostAliases": [{"ip": "10.0.0.1"}]})
        report = analyze(policies, bad)
        assert set(report.messages) == {"A01-non-root-user", "A02-high-uid", "B16-no-host-aliases"}
        ((message, urn),) = report.messages["A01-non-root-user"]
        assert message.startswith('init container prepare of agent: user is "0:10001"')
        assert urn == bad.urn

    def test_single_objects_are_judged_before_they_exist(self, policies: list[Policy]) -> None:
        role = kubernetes("rbac.authorization.k8s.io/v1:Role", "r", rules=[{"verbs": ["*"], "resources": ["pods"]}])
        assert set(analyze(policies, service(type="NodePort"), role).messages) == {
            "F02-not-exposed",
            "F07-least-rights",
        }

    def test_unknown_values_are_notices(self, policies: list[Policy]) -> None:
        report = analyze(policies, workload(image=UNKNOWN, pod=pod_secure(runAsUser=UNKNOWN)))
        assert set(report.messages) == {"notices"}
        assert {text.split()[0] for text, _ in report.messages["notices"]} >= {"A01", "A02", "A03", "D01", "D03"}

    def test_a_pod_that_is_not_known_at_all_is_a_notice_of_each_rule(self, policies: list[Policy]) -> None:
        report = analyze(policies, workload(spec={"template": UNKNOWN}))
        assert set(report.messages) == {"notices"}

    def test_an_annotation_waives(self, policies: list[Policy]) -> None:
        tags = {"fleet.exception.read_only_root": "2999-12-31 it writes beside its programs"}
        report = analyze(policies, workload(tags=tags, securityContext=secure(readOnlyRootFilesystem=False)))
        assert set(report.messages) == {"notices"}
        assert "waived until 2999-12-31" in report.messages["notices"][0][0]

    def test_a_claim_s_protection_is_an_option(self, policies: list[Policy]) -> None:
        claim = kubernetes("core/v1:PersistentVolumeClaim", "data", spec={})
        assert set(analyze(policies, claim).messages) == {"E12-protected-claims"}
        assert analyze(pack.policies(), replace(claim, protect=True)).messages == {}

    def test_two_objects_of_one_name_are_told_apart(self, policies: list[Policy]) -> None:
        stack = [workload(), service("agent", selector={"app": "other"})]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        ((message, urn),) = report.messages["E09-nothing-dangles"]
        assert message.startswith("Service agent: selector is app=other")
        assert urn == stack[1].urn


class TestStackPolicies:
    """They judge the inputs that passed by, and a component's outputs."""

    def test_the_figures_of_a_machine_and_the_labels_of_its_containers(self, policies: list[Policy]) -> None:
        stack = [machine(), gpu_container("a", {"fleet.gpu.request-mib": "24000"})]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        assert set(report.messages) == {"G01-vram-sum"}
        ((message, urn),) = report.messages["G01-vram-sum"]
        assert "24 000 + contexts 1 x 450 = 450 + desktop 1 024 = 25 474 of 24 564 MiB" in message
        assert urn == stack[0].urn

    def test_outputs_that_are_unknown_do_not_matter_where_inputs_passed_by(self, policies: list[Policy]) -> None:
        bare = Registered("docker:index/container:Container", "bare", "urn:bare", inputs={"image": "docker.io/x/y:1"})
        analyze(policies, bare)
        assert analyze_stack(policies, bare).messages == {}
        assert set(analyze_stack(pack.policies(), bare).messages) == {"stack-notices"}

    def test_two_containers_are_compared(self, policies: list[Policy]) -> None:
        ports = [{"internal": 1, "external": 8000, "ip": "192.168.1.10"}]
        stack = [container("a", ports=ports), container("b", ports=ports)]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        assert report.messages["G14-port-unique"][0][1] == stack[1].urn

    def test_the_stack_after_an_update_is_judged_anew(self, policies: list[Policy]) -> None:
        bad = provider(host="tcp://192.168.1.10:2375")
        analyze(policies, bad)
        assert set(analyze_stack(policies, bad).messages) == {"F09-daemon-encrypted"}
        good = provider(host="ssh://192.168.1.10")
        analyze(policies, good)
        assert analyze_stack(policies, good).messages == {}


@pytest.fixture(scope="module")
def server() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack as the engine starts it: `policy/` run as a program, from that folder, told nothing but its place."""
    program = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
    # The engine runs it unbuffered too: the port is read from a pipe.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    started = subprocess.Popen(
        [sys.executable, "-c", program, str(ROOT / "policy")],
        stdout=subprocess.PIPE,
        cwd=ROOT / "policy",
        env=environment,
    )
    try:
        assert started.stdout is not None
        port = int(started.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        started.terminate()
        started.wait(timeout=10)


class TestServer:
    """Over the wire, as the engine talks to it."""

    def test_it_tells_its_rules_with_levels_and_settings(self, server: Any) -> None:
        info = server.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "fleet"
        by_name = {policy.name: policy for policy in info.policies}
        assert by_name["A01-non-root-user"].enforcementLevel == analyzer_pb2.MANDATORY
        assert by_name["A02-high-uid"].enforcementLevel == analyzer_pb2.ADVISORY
        assert by_name["A01-non-root-user"].framework.reference == "4.1"
        registries = dict(by_name["D03-known-registry"].configSchema.properties)["registries"]
        assert list(registries["default"])[:2] == ["fleet.local", "docker.io"]

    def test_it_judges_a_container(self, server: Any) -> None:
        found = server.Analyze(_request(container(user="0"))).diagnostics
        assert [(one.policyName, one.enforcementLevel) for one in found] == [
            ("A01-non-root-user", analyzer_pb2.MANDATORY),
            ("A02-high-uid", analyzer_pb2.ADVISORY),
            ("A02-high-uid", analyzer_pb2.ADVISORY),
        ]
        assert 'container agent: user is "0"' in found[0].message

    def test_it_judges_a_container_with_unknown_values(self, server: Any) -> None:
        found = server.Analyze(_request(container(user=UNKNOWN))).diagnostics
        assert {(one.policyName, one.enforcementLevel) for one in found} == {("notices", analyzer_pb2.ADVISORY)}

    def test_it_judges_a_pod(self, server: Any) -> None:
        found = server.Analyze(_request(workload(securityContext=secure(privileged=True)))).diagnostics
        names = {one.policyName for one in found}
        assert names == {"A04-no-privileged", "G03-gpu-not-leaked"}

    @pytest.mark.parametrize("name", sorted(docker_properties()))
    def test_it_never_breaks_where_a_list_became_a_text(self, server: Any, name: str) -> None:
        hidden: dict[str, Any] = {name: "[secret]"}
        found = server.Analyze(_request(container(**hidden))).diagnostics
        assert not any("bug" in one.message or "can't run" in one.message for one in found)


def _request(resource: Registered) -> analyzer_pb2.AnalyzeRequest:
    properties = struct_pb2.Struct()
    properties.update(_on_the_wire(resource.inputs))
    return analyzer_pb2.AnalyzeRequest(type=resource.type, name=resource.name, urn=resource.urn, properties=properties)


class TestInACloud:
    """Resources of Google's provider come as the others do."""

    def test_what_is_as_it_should_be_reports_nothing(self, policies: list[Policy]) -> None:
        stack = [cloud(), run_service(), gpu_service("brain"), job("nightly"), worker_pool("crawler"), member()]
        assert analyze(policies, *stack).messages == {}
        assert analyze_stack(policies, *stack).messages == {}

    def test_services_containers_and_grants_are_judged_before_they_exist(self, policies: list[Policy]) -> None:
        bad = run_service("bad", main={"livenessProbe": None}, inside={"timeout": "3601s"})
        report = analyze(
            policies, bad, member(member="allUsers"), google("storage/bucket:Bucket", "b", forceDestroy=True)
        )
        assert set(report.messages) == {
            "E01-health-check",
            "E12-protected-claims",
            "R01-no-public-invoker",
            "R14-within-bounds",
        }
        ((message, urn),) = report.messages["R14-within-bounds"]
        assert message.startswith("Service bad: timeout_s is 3601, and may be 3600; set it to 3600s")
        assert urn == bad.urn

    def test_unknown_values_are_notices(self, policies: list[Policy]) -> None:
        report = analyze(policies, run_service(inside={"serviceAccount": UNKNOWN}, template=UNKNOWN))
        assert set(report.messages) == {"notices"}
        assert {text.split()[0] for text, _ in report.messages["notices"]} >= {"R02", "R05", "R06", "R10", "C01"}
