"""E13 supervisor-is-first."""

from __future__ import annotations

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import run_service
from tests.policy.kubernetes_builders import workload

E13 = rule("E13")
_S6 = ("lscr.io/linuxserver/plex:1.41", "ghcr.io/home-assistant/home-assistant:2026.1", "linuxserver/jellyfin:10.10")


def test_it_holds_for_other_images_and_for_a_supervisor_that_is_first() -> None:
    for image in ("registry.example/linuxserver/plex:1", "ghcr.io/linuxserver-fork/plex:1"):
        assert judged(E13, container(image=image, init=True)) == {}
    for image in _S6:
        assert judged(E13, container(image=image, init=False)) == {}
    assert judged(E13, container(entrypoints=["/init"], init=False)) == {}


def test_it_fails_for_a_supervisor_below_dockers_init() -> None:
    for image in _S6:
        assert f'image "{image}" starts s6-overlay' in violation(E13, container(image=image, init=True))
    assert "/init is a supervisor" in violation(E13, container(entrypoints=["/init"], init=True))


def test_elsewhere_nothing_comes_before_a_program() -> None:
    assert judged(E13, workload(image=_S6[0])) == {}
    assert judged(E13, run_service(main={"image": _S6[0]})) == {}
