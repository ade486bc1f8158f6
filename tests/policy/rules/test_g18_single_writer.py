"""G18 single-writer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fleet.labels import VOLUME_WRITERS
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, judged, machine, provider, verdicts, volume
from tests.policy.kubernetes_builders import kubernetes, workload

G18 = rule("G18")
DATABASE = volume("memory-data", {VOLUME_WRITERS: "one"})


def _mounting(name: str, read_only: bool = False, source: str = "memory-data") -> Registered:
    mount = {"type": "volume", "source": source, "target": f"/{source}", "readOnly": read_only}
    return container(name, mounts=[mount])


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="one writer"),
        pytest.param([_mounting("reader", read_only=True)], id="one writer and a reader"),
        pytest.param([_mounting("other", source="other-data")], id="a writer of another volume"),
    ],
)
def test_it_holds_with(others: list[Registered]) -> None:
    assert judged(G18, machine(), DATABASE, _mounting("writer"), *others) == {}


def test_it_holds_for_a_volume_that_many_may_write() -> None:
    shared = volume("memory-data", {VOLUME_WRITERS: "many"})
    assert judged(G18, shared, _mounting("a"), _mounting("b")) == {}


def test_it_holds_for_one_container_that_mounts_it_twice() -> None:
    twice = [{"type": "volume", "source": "memory-data", "target": target} for target in ("/a", "/b")]
    assert judged(G18, DATABASE, container("a", mounts=twice)) == {}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(_mounting("second"), id="a mount"),
        pytest.param(
            container("second", volumes=[{"volumeName": "memory-data", "containerPath": "/x"}]), id="the older form"
        ),
    ],
)
def test_it_fails_with_a_second_writer_by(second: Registered) -> None:
    found = judged(G18, machine(), DATABASE, _mounting("first"), container("neighbour"), second)
    assert list(found) == ["second"]
    assert 'mounts writes to volume "memory-data", and so does first' in found["second"]
    assert "read_only to true" in found["second"]


def test_volumes_of_two_daemons_may_share_a_name() -> None:
    one, two = provider("one", host="ssh://one"), provider("two", host="ssh://two")
    here = [replace(resource, provider=one.urn) for resource in (DATABASE, _mounting("a"))]
    there = replace(_mounting("b"), provider=two.urn)
    assert judged(G18, one, two, *here, there) == {}


def test_a_volume_whose_labels_are_unknown_is_left_out_and_named() -> None:
    found = verdicts(G18, volume("later", labels=UNKNOWN), _mounting("a", source="later"))
    assert [(verdict.kind, verdict.resource) for verdict in found] == [(Kind.UNKNOWN, "later")]


def _claim(writers: str = "one") -> Registered:
    annotations = {"fleet.local/volume.writers": writers}
    return kubernetes("core/v1:PersistentVolumeClaim", "memory", annotations=annotations, spec={})


def _writing(name: str, replicas: int = 1, **mount: Any) -> Registered:
    pod = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "memory"}}]}
    mounts = [{"name": "v", "mountPath": "/data", **mount}]
    return workload(name, pod=pod, volumeMounts=mounts, spec={"replicas": replicas})


def test_on_a_cluster_it_holds_with_one_writer_of_a_claim() -> None:
    assert judged(G18, _claim(), _writing("a"), _writing("b", readOnly=True)) == {}


def test_on_a_cluster_it_fails_with_two_workloads() -> None:
    assert (
        'mounts writes to volume "memory", and so does a'
        in judged(G18, _claim(), _writing("a"), _writing("b"))["b/main"]
    )


def test_on_a_cluster_it_fails_with_two_replicas() -> None:
    assert "from 2 replicas" in judged(G18, _claim(), _writing("a", 2))["a/main"]


def test_on_a_cluster_it_holds_with_replicas_that_may_all_write() -> None:
    assert judged(G18, _claim("many"), _writing("a", 2)) == {}
