"""What a group asks for and its target lacks is refused, or listed with the group that gets less."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.source.faults import ConfigurationError
from fleet.targets.features import Feature
from tests import trial_cloud, trial_cluster


def main(**keys: Any) -> dict[str, Any]:
    return {"containers": {"main": keys}}


def degraded_on_cloud(group: str, **keys: Any) -> set[Feature]:
    """Features that a group of the trial cloud gets less of once its main container has other keys."""
    found = trial_cloud.trial(groups={group: main(**keys)}).degradations
    return {feature for feature, groups in found.items() if group in groups}


@pytest.mark.parametrize(
    ("keys", "feature"),
    [
        ({"shared_memory": "256MiB"}, Feature.SHARED_MEMORY),
        ({"stop_grace": "120s"}, Feature.STOP_GRACE),
        ({"health": {"command": ["probe"]}}, Feature.HEALTH_COMMAND),
        ({"restart": "on-failure"}, Feature.RESTART_LIMIT),
        ({"health": {"start_period": "3m"}}, Feature.LONG_START),
        ({"health": {"timeout": "11s"}}, Feature.SLOW_CHECKS),
    ],
)
def test_what_cloud_run_cannot_keep_is_listed(keys: dict[str, Any], feature: Feature) -> None:
    assert feature in degraded_on_cloud("store", **keys)


def test_what_cloud_run_keeps_is_not_listed() -> None:
    lost = {
        Feature.SHARED_MEMORY,
        Feature.STOP_GRACE,
        Feature.HEALTH_COMMAND,
        Feature.RESTART_LIMIT,
        Feature.LONG_START,
        Feature.SLOW_CHECKS,
    }
    assert not degraded_on_cloud("store", stop_grace="10s", health={"path": "/up", "command": ["probe"]}) & lost


@pytest.mark.parametrize("restart", ["no", "on-failure"])
def test_a_job_is_restarted_as_its_group_says(restart: str) -> None:
    assert not degraded_on_cloud("nightly", restart=restart) & {Feature.NO_RESTART, Feature.RESTART_LIMIT}


def _of_restart(error: ConfigurationError) -> str:
    """What others wait for is a second fault, at their line."""
    return next(fault.remedy for fault in error.faults if fault.path == "containers.main.restart")


@pytest.mark.parametrize("group", ["store", "crawler"])
def test_a_service_and_a_worker_pool_that_must_not_restart_are_refused(group: str) -> None:
    with pytest.raises(ConfigurationError, match=r"containers\.main\.restart: not supported on trial") as refusal:
        trial_cloud.trial_project(groups={group: main(restart="no")})
    assert "kind to job" in _of_restart(refusal.value)


def test_a_pod_that_must_not_restart_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"containers\.main\.restart: not supported on trial") as refusal:
        trial_cluster.trial_project(groups={"store": main(restart="no")})
    assert "restartPolicy Always" in _of_restart(refusal.value)


def test_a_cluster_keeps_shared_memory_and_the_time_to_stop_in() -> None:
    groups = {"store": main(shared_memory="96MiB", stop_grace="120s")}
    assert not {Feature.SHARED_MEMORY, Feature.STOP_GRACE} & trial_cluster.trial(groups=groups).degradations.keys()


@pytest.mark.parametrize(
    ("read_only", "listed"),
    [
        pytest.param(True, False, id="a bucket that nobody writes"),
        pytest.param(False, True, id="a bucket that the main container writes"),
    ],
)
def test_a_mount_is_read_only_where_its_whole_bucket_is(read_only: bool, listed: bool) -> None:
    sidecar = {**trial_cloud.GROUPS["front"]["containers"]["lookups"], "agents": {"Reader": {}}}
    mounts = {"files": {"path": "/data", "read_only": True}}
    group = {
        "containers": {
            "main": {"mounts": {"files": {"read_only": read_only}}},
            "reader": {**sidecar, "mounts": mounts},
        }
    }
    assert (Feature.READ_ONLY_MOUNTS in trial_cloud.trial(groups={"store": group}).degradations) is listed


def _page(place: str) -> dict[str, Any]:
    return {"store": {"ports": {"main": {"port": 8000, "publish": place}}}}


def test_people_come_in_through_a_clusters_entrance() -> None:
    for place in ("lan", "192.168.1.30"):
        with pytest.raises(ConfigurationError, match=r"ports\.main\.publish: not supported on trial") as refusal:
            trial_cluster.trial_project(groups=_page(place))
        assert "machine.cluster.entrance.exposed" in refusal.value.faults[0].remedy
    assert "store" in trial_cluster.trial(groups=_page("localhost")).degradations[Feature.LOCAL_PORTS]
    exposed = {"front": {"ports": {"main": {"port": 8000, "publish": "lan"}}}}
    assert Feature.PEOPLE not in trial_cluster.trial(groups=exposed).degradations


def test_people_are_invokers_of_a_cloud() -> None:
    with pytest.raises(ConfigurationError, match=r"ports\.main\.publish: not supported on trial") as refusal:
        trial_cloud.trial_project(groups=_page("lan"))
    assert "machine.cloud.services.<group>.invokers" in refusal.value.faults[0].remedy
    cloud = {"services": {"store": {"invokers": ["user:owner@example.org"]}}}
    assert trial_cloud.trial_project(groups=_page("lan"), cloud=cloud)


def test_signals_without_keda_are_listed() -> None:
    groups = {"front": {"scaling": {"signals": {"waiting": {"query": "sum(waiting)", "per_replica": 5}}}}}
    for autoscaler, listed in (("built-in", True), ("keda", False)):
        plan = trial_cluster.trial(groups=groups, machine={"cluster": {"autoscaler": autoscaler}})
        assert (Feature.SIGNALS_WITHOUT_KEDA in plan.degradations) is listed, autoscaler


def test_backups_by_velero_outside_a_cluster_are_listed() -> None:
    def backup(volume: str) -> dict[str, Any]:
        backup = {"schedule": "30 3 * * *", "by": "velero"}
        return {"store": {"volumes": {volume: {"kind": "data", "backup": backup}}}}

    assert "store" in trial_cloud.trial(groups=backup("facts")).degradations[Feature.VELERO]
    assert Feature.VELERO not in trial_cluster.trial(groups=backup("facts")).degradations
