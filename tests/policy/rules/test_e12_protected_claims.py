"""E12 protected-claims."""

from __future__ import annotations

from dataclasses import replace

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged, volume
from tests.policy.cloudrun_builders import blamed_on_run, google, run_service
from tests.policy.kubernetes_builders import blamed, kubernetes

E12 = rule("E12")


def _claim(protect: bool = False, **annotations: str) -> Registered:
    meta = {"annotations": {f"fleet.local/volume.{key}": value for key, value in annotations.items()}}
    return replace(kubernetes("core/v1:PersistentVolumeClaim", "data", spec={}, **meta), protect=protect)


def test_it_holds_where_the_claim_is_protected() -> None:
    assert judged(E12, _claim(protect=True)) == {}


def test_it_holds_for_scratch_space() -> None:
    assert judged(E12, _claim(kind="scratch")) == {}


def test_docker_s_volumes_are_not_judged() -> None:
    assert judged(E12, volume()) == {}


def test_it_fails_where_nothing_protects_it() -> None:
    assert "protected is false" in blamed(E12, _claim())


def test_what_lies_in_a_cloud_is_protected_one_way_or_another() -> None:
    bucket, database = "storage/bucket:Bucket", "sql/databaseInstance:DatabaseInstance"
    assert judged(E12, run_service(), google(bucket, "data"), google(database, "facts")) == {}
    assert judged(E12, replace(google(bucket, "data", forceDestroy=True), protect=True)) == {}
    assert "keeps_data is false" in blamed_on_run(E12, google(bucket, "bad", forceDestroy=True))
    assert "keeps_data is false" in blamed_on_run(E12, google(database, "bad", deletionProtection=False))
    assert "protected is false" in blamed_on_run(E12, run_service("bad", deletionProtection=False))
