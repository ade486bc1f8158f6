"""Labels of a group's own where its containers share an object."""

from __future__ import annotations

import pytest

from fleet.source.faults import ConfigurationError
from tests import trial_cloud, trial_cluster


def _main(**labels: str) -> dict[str, object]:
    return {"store": {"containers": {"main": {"labels": labels}}}}


def test_a_label_is_an_annotation_beside_those_of_policies() -> None:
    from components.cloudrun.resources.base import policy_annotations
    from components.kubernetes.render import render

    plan = trial_cluster.trial(groups=_main(**{"example.org/team": "red"}))
    workload = next(
        m.object
        for m in render(plan)
        if m.object["kind"] in ("Deployment", "StatefulSet") and m.object["metadata"]["name"] == "store"
    )
    annotations = workload["spec"]["template"]["metadata"]["annotations"]
    assert annotations["example.org/team"] == "red"
    assert annotations["fleet.local/main.group"] == "store"
    cloud = trial_cloud.trial(groups=_main(**{"example.org/team": "red"}))
    assert policy_annotations(trial_cluster.group_of(cloud, "store"))["example.org/team"] == "red"


def test_one_pod_has_one_value() -> None:
    containers = {"main": {"labels": {"a": "1"}}, "helper": {"labels": {"a": "2"}}}
    helper = {
        "image": {"reference": "registry.example/helper:1", "platforms": ["amd64"]},
        "memory": {"request": "64MiB"},
        "cpu": {"limit": 1},
        "health": {"path": "/up", "port": 9000},
    }
    containers["helper"] |= helper
    with pytest.raises(ConfigurationError, match=r"helper\.labels\.a: \"2\" differs from \"1\" of main"):
        trial_cluster.trial_project(groups={"store": {"containers": containers}})


def test_googles_annotations_are_reserved() -> None:
    with pytest.raises(ConfigurationError, match=r"reserves annotations of googleapis\.com"):
        trial_cloud.trial_project(groups=_main(**{"run.googleapis.com/cpu-throttling": "false"}))
