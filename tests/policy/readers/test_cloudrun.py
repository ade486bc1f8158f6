"""Cloud Run's readers: services, jobs, worker pools and who may use them end up where rules look."""

from __future__ import annotations

from typing import Any

import pytest

from fleet import labels
from policy.core.verdict import Kind
from policy.engine.judge import judge
from policy.readers.stack import collection_of, stack_view
from policy.views.cloudrun import RunGrantView, RunView, SecretUse, Traffic
from policy.views.container import ContainerPort, ContainerView, Mount, Probe
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import TODAY
from tests.policy.cloudrun_builders import (
    ACCOUNT,
    GROUP,
    cloud,
    google,
    gpu_service,
    job,
    member,
    run_container,
    run_service,
    sidecar,
    worker_pool,
)


def _run(resource: Registered) -> RunView:
    (view,) = stack_view([resource]).runs
    return view


def test_a_service_is_read_in_full() -> None:
    view = _run(run_service())
    assert (view.kind, view.name, view.region, view.ingress) == (
        "Service",
        "portal",
        "europe-west4",
        "INGRESS_TRAFFIC_INTERNAL_ONLY",
    )
    assert (view.service_account, view.concurrency, view.timeout_s) == (ACCOUNT, 80, 300)
    assert (view.instances_min, view.instances_max, view.cpu_idle, view.protected) == (0, 3, True, True)
    assert (view.cpu_millicores, view.memory_mib) == (1000, 512)
    assert view.traffic == (Traffic(100),)
    assert view.labels[labels.GROUP] == GROUP
    assert view.unknown == frozenset()


def test_its_container_is_read_in_full() -> None:
    (view,) = stack_view([run_service()]).containers
    assert (view.subject, view.name, view.target, view.role) == ("portal/main", "main", "cloudrun", "main")
    assert (view.memory_limit_mib, view.cpu_limit, view.stop_grace_s) == (512, 1, 10)
    assert view.container_ports == (ContainerPort(8000, "http1"),)
    assert view.probes[0] == Probe("liveness", "httpGet 8000 /health", "8000", 90)
    assert view.env == (("CONTAINER_ROLE", "portal"),)
    assert view.labels == {labels.GROUP: GROUP, labels.CONTAINER: "main"}
    assert view.unknown == frozenset()


def test_a_bare_container_is_read_as_absent() -> None:
    bare = google("cloudrunv2/service:Service", "x", template={"containers": [{"name": "c"}]})
    expected = ContainerView("x/c", "cloudrun", "c", urn=bare.urn, stop_grace_s=10, log_bounded=True)
    assert stack_view([bare]).containers == (expected,)
    view = _run(bare)
    assert (view.cpu_millicores, view.memory_mib, view.ingress) == (1000, 512, "INGRESS_TRAFFIC_ALL")


def test_a_job_s_containers_lie_one_template_deeper() -> None:
    view = _run(job())
    assert (view.kind, view.timeout_s, view.instances_max) == ("Job", 600, None)
    assert [container.one_shot for container in view.containers] == [True]


def test_a_worker_pool_s_number_is_both_least_and_most() -> None:
    view = _run(worker_pool(scaling={"manualInstanceCount": 4}))
    assert (view.kind, view.instances_min, view.instances_max) == ("WorkerPool", 4, 4)


def test_the_container_with_a_port_is_the_main_one() -> None:
    view = _run(run_service(inside={"containers": [sidecar(), run_container("front")]}))
    assert {container.name: container.role for container in view.containers} == {"meter": "sidecar", "front": "main"}


def test_a_card_is_read() -> None:
    view = _run(gpu_service())
    assert (view.accelerator, view.gpus, view.cpu_idle) == ("nvidia-l4", {"main": 1}, False)
    assert view.containers[0].gpu


def test_limits_without_a_word_on_idle_processors_keep_them() -> None:
    assert not _run(run_service(main={"resources": {"limits": {"cpu": "1"}}})).cpu_idle
    assert _run(run_service(main={"resources": None})).cpu_idle


@pytest.mark.parametrize(
    ("volume", "mount"),
    [
        ({"gcs": {"bucket": "b", "readOnly": True}}, Mount("b", "/data", "gcs", True)),
        ({"secret": {"secret": "s"}}, Mount("s", "/data", "secret", True)),
        ({"emptyDir": {"medium": "MEMORY"}}, Mount("v", "/data", "tmpfs")),
    ],
)
def test_mounts_are_read(volume: dict[str, Any], mount: Mount) -> None:
    main = run_container(volumeMounts=[{"name": "v", "mountPath": "/data"}])
    (view,) = stack_view([run_service(inside={"containers": [main], "volumes": [{"name": "v", **volume}]})]).containers
    assert view.mounts == (mount,)


def test_secrets_are_read_from_variables_and_files() -> None:
    ref = {"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "a", "version": "3"}}}
    volumes = [{"name": "v", "secret": {"secret": "b", "items": [{"path": "b", "version": "latest"}]}}]
    view = _run(run_service(inside={"containers": [run_container(envs=[ref])], "volumes": volumes}))
    assert view.secrets == (SecretUse("a", "3"), SecretUse("b", "latest"))
    assert view.containers[0].env_secrets == ("KEY",)


def test_grants_of_both_versions_are_read() -> None:
    old = member("old", kind="cloudrun/iamMember:IamMember", name=None, service="portal")
    views = stack_view([member(), old]).run_grants
    assert [(view.name, view.pairs) for view in views] == [
        ("portal", (("roles/run.invoker", f"serviceAccount:{ACCOUNT}"),))
    ] * 2
    assert isinstance(views[0], RunGrantView)


def test_a_policy_that_is_no_json_grants_nothing() -> None:
    odd = member(kind="cloudrunv2/serviceIamPolicy:ServiceIamPolicy", member=None, role=None, policyData='{"bindings":')
    assert stack_view([odd]).run_grants[0].pairs == ()


@pytest.mark.parametrize(
    ("kind", "collection"),
    [
        ("gcp:cloudrunv2/service:Service", "runs"),
        ("gcp:cloudrunv2/workerPool:WorkerPool", "runs"),
        ("gcp:cloudrun/iamMember:IamMember", "run_grants"),
        ("gcp:projects/iAMMember:IAMMember", "run_grants"),
        ("gcp:storage/bucket:Bucket", "volumes"),
        ("gcp:sql/databaseInstance:DatabaseInstance", "volumes"),
        ("gcp:compute/network:Network", ""),
    ],
)
def test_a_type_belongs_to_a_collection(kind: str, collection: str) -> None:
    assert collection_of(kind) == collection


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"template": UNKNOWN}, {"containers", "service_account", "gpus", "timeout_s"}),
        ({"inside": {"serviceAccount": UNKNOWN}}, {"service_account"}),
        ({"inside": {"scaling": UNKNOWN}}, {"instances_max", "instances_min"}),
        ({"main": {"resources": {"limits": UNKNOWN}}}, {"containers", "gpus"}),
        ({"ingress": "[secret]"}, {"ingress"}),
    ],
)
def test_what_is_unknown_is_noted(change: dict[str, Any], unknown: set[str]) -> None:
    assert unknown <= _run(run_service(**change)).unknown


@pytest.mark.parametrize(
    "good", [run_service(), gpu_service(), job(), worker_pool()], ids=["service", "gpu", "job", "pool"]
)
def test_every_rule_holds_for_what_is_as_it_should_be(good: Registered) -> None:
    assert judge([cloud(), good, member()], None, TODAY).verdicts == ()


def test_an_account_that_is_not_known_yet_is_a_notice() -> None:
    found = judge([cloud(), run_service(inside={"serviceAccount": UNKNOWN})], None, TODAY).verdicts
    assert [(verdict.id, verdict.kind) for verdict in found] == [("R02", Kind.UNKNOWN)]
