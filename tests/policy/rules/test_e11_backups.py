"""E11 backups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fleet import labels
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, judged, machine, verdicts, volume
from tests.policy.cloudrun_builders import google
from tests.policy.kubernetes_builders import cluster, kubernetes, workload

E11 = rule("E11")
STATED = ["mainpc-data: 30 3 * * * by restic", "other: @daily by x; mainpc-data: none, it can be had again"]
FAULTY = [
    ("mainpc-data: 30 3 * * by restic", "which is not a schedule: it has 4 fields"),
    ("mainpc-data: 30 3 * * *", "neither <schedule> by <means> nor none"),
    ("mainpc-data: none", '"none" without a reason'),
    ("mainpc-data: 0 0 31 2 * by restic", "so it never runs"),
]


def _volume(**options: Any) -> Registered:
    return replace(volume("mainpc-data"), protect=True, **options)


def _says(text: str) -> Registered:
    return container(tags={labels.BACKUPS: text})


def _claim(name: str = "mainpc-data", **meta: Any) -> Registered:
    return kubernetes("core/v1:PersistentVolumeClaim", name, spec={}, **meta)


def _pod(annotation: str) -> Registered:
    pod = {"volumes": [{"name": "files", "persistentVolumeClaim": {"claimName": "mainpc-data"}}]}
    given = workload(pod=pod, volumeMounts=[{"name": "files", "mountPath": "/data"}])
    given.inputs["spec"]["template"]["metadata"]["annotations"]["backup.velero.io/backup-volumes"] = annotation
    return given


class TestOnDocker:
    """Of volumes that are protected: nothing else says that they hold data."""

    @pytest.mark.parametrize("text", STATED)
    def test_it_holds_where_a_container_says(self, text: str) -> None:
        assert judged(E11, machine(), _volume(), _says(text)) == {}

    def test_it_holds_for_a_volume_that_goes_with_its_stack(self) -> None:
        assert judged(E11, machine(), volume("mainpc-scratch")) == {}

    def test_it_fails_where_nobody_says(self) -> None:
        (message,) = judged(E11, machine(), _volume(), container()).values()
        assert 'name is "mainpc-data", but no backup of its data is stated' in message
        assert "set volumes.<volume>.backup" in message

    @pytest.mark.parametrize(("text", "says"), FAULTY)
    def test_it_fails_where_what_is_said_is_none(self, text: str, says: str) -> None:
        (message,) = judged(E11, machine(), _volume(), _says(text)).values()
        assert says in message

    def test_labels_that_are_not_known_yet_are_reported(self) -> None:
        kinds = {verdict.kind for verdict in verdicts(E11, machine(), _volume(), container(labels=UNKNOWN))}
        assert Kind.UNKNOWN in kinds


class TestOnACluster:
    """Of claims, by our annotation or by Velero's."""

    @pytest.mark.parametrize("text", STATED)
    def test_it_holds_where_a_container_says(self, text: str) -> None:
        assert judged(E11, cluster(), _claim(), workload(tags={labels.BACKUPS: text})) == {}

    @pytest.mark.parametrize("annotation", ["files", "other, files"])
    def test_it_holds_where_velero_is_annotated(self, annotation: str) -> None:
        assert judged(E11, cluster(), _claim(), _pod(annotation)) == {}

    def test_it_holds_for_scratch(self) -> None:
        assert judged(E11, cluster(), _claim(annotations={"fleet.local/volume.kind": "scratch"})) == {}

    @pytest.mark.parametrize("annotation", ["", "other"])
    def test_it_fails_where_nobody_says(self, annotation: str) -> None:
        assert "no backup of its data is stated" in judged(E11, cluster(), _claim(), _pod(annotation))["mainpc-data"]

    @pytest.mark.parametrize("cron", ["30 3 * * *", "@daily", "CRON_TZ=Europe/Berlin 0 1 * * sun"])
    def test_a_schedule_of_velero_holds(self, cron: str) -> None:
        assert judged(E11, kubernetes("velero.io/v1:Schedule", "nightly", spec={"schedule": cron})) == {}

    @pytest.mark.parametrize("cron", ["", "nightly", "60 3 * * *"])
    def test_a_schedule_of_velero_that_never_runs_fails(self, cron: str) -> None:
        found = judged(E11, kubernetes("velero.io/v1:Schedule", "nightly", spec={"schedule": cron}))
        assert "so Velero never runs it; write five fields" in found["nightly"]


class TestInACloud:
    """Of buckets and databases, by what they keep themselves."""

    def test_it_holds_where_the_service_keeps_copies(self) -> None:
        kept = {"settings": {"backupConfiguration": {"enabled": True}}}
        stored = google("storage/bucket:Bucket", "files", name="files", versioning={"enabled": True})
        assert judged(E11, stored, google("sql/databaseInstance:DatabaseInstance", "rows", name="rows", **kept)) == {}

    @pytest.mark.parametrize("kind", ["storage/bucket:Bucket", "sql/databaseInstance:DatabaseInstance"])
    def test_it_fails_where_it_keeps_none(self, kind: str) -> None:
        assert "no backup of its data is stated" in judged(E11, google(kind, "rows", name="rows"))["rows"]
