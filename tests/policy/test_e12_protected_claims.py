"""E12 protected-claims."""

from __future__ import annotations

from dataclasses import replace

from policy.catalogue import rule
from policy.registered import Registered
from tests.policy.builders import judged, volume
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
