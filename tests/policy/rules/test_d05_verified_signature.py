"""D05 verified-signature."""

from __future__ import annotations

from policy.core.rule import Level
from policy.engine.catalogue import rule
from tests.policy.builders import container, judged
from tests.policy.cloudrun_builders import run_service
from tests.policy.kubernetes_builders import workload

D05 = rule("D05")
GOOD, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
IMAGE = "ghcr.io/owner/fleet/thing:1"


def test_it_is_off_unless_configured() -> None:
    assert D05.level is Level.DISABLED


def test_it_holds_for_a_digest_that_was_verified() -> None:
    assert judged(D05, container(image=f"{IMAGE}@{GOOD}"), verified=[GOOD]) == {}


def test_it_fails_for_another_digest_of_the_same_tag() -> None:
    found = judged(D05, container(image=f"{IMAGE}@{OTHER}"), verified=[GOOD])
    assert "has no verified signature" in found["agent"]


def test_it_fails_for_a_tag_alone() -> None:
    assert "has no digest, so no signature can cover what will run" in judged(D05, container(image=IMAGE))["agent"]


def test_in_every_container_of_a_pod() -> None:
    assert "agent/main" in judged(D05, workload(), verified=[GOOD])


def test_on_cloud_run_too() -> None:
    signed = run_service("good", main={"image": f"{IMAGE}@{GOOD}"})
    found = judged(D05, signed, run_service("bad", main={"image": f"{IMAGE}@{OTHER}"}), verified=[GOOD])
    assert list(found) == ["bad/main"]
