"""The pack, through the SDK, on what a cluster and a cloud are given."""

from __future__ import annotations

from dataclasses import replace

from pulumi_policy import (
    Policy,
)

from policy.engine import pack
from policy.views.registered import UNKNOWN
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
from tests.policy.sdk import analyze, analyze_stack


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
        tags = {"fleet.exception.read_only_root": "2999-12-31 it writes next to its programs"}
        report = analyze(policies, workload(tags=tags, securityContext=secure(readOnlyRootFilesystem=False)))
        assert set(report.messages) == {"notices"}
        assert "waived until 2999-12-31" in report.messages["notices"][0][0]

    def test_a_claim_s_protection_is_an_option(self, policies: list[Policy]) -> None:
        claim = kubernetes("core/v1:PersistentVolumeClaim", "data", spec={})
        assert set(analyze(policies, claim).messages) == {"E12-protected-claims"}
        assert analyze(pack.policies(), replace(claim, protect=True)).messages == {}

    def test_two_objects_of_one_name_are_distinguished(self, policies: list[Policy]) -> None:
        stack = [workload(), service("agent", selector={"app": "other"})]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        ((message, urn),) = report.messages["E09-nothing-dangles"]
        assert message.startswith("Service agent: selector is app=other")
        assert urn == stack[1].urn


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
        assert message.startswith("Service bad: timeout_s is 3601, above the maximum of 3600; set it to 3600s")
        assert urn == bad.urn

    def test_unknown_values_are_notices(self, policies: list[Policy]) -> None:
        report = analyze(policies, run_service(inside={"serviceAccount": UNKNOWN}, template=UNKNOWN))
        assert set(report.messages) == {"notices"}
        assert {text.split()[0] for text, _ in report.messages["notices"]} >= {"R02", "R05", "R06", "R10", "C01"}
