"""Time zones and labels that a container's file may name."""

from __future__ import annotations

from fleet.model.base import EnvName
from fleet.model.process import OwnLabel, TimeZone
from tests.unit.fleet.models import taken


def test_a_time_zone_is_one_of_the_database() -> None:
    good = ["Europe/Berlin", "UTC", "Etc/GMT+3", "America/Argentina/Buenos_Aires"]
    assert taken(TimeZone, good) == good
    assert taken(TimeZone, ["Europe/Berln", "", "../etc/passwd", "/etc/localtime", "CET-1CEST", "Europe", "a\n"]) == []


def test_a_label_is_one_that_every_target_takes() -> None:
    good = ["traefik.enable", "com.centurylinklabs.watchtower.enable", "example.org/team", "a", "Homepage.Group_1"]
    assert taken(OwnLabel, good) == good
    bad = ["", ".a", "a.", "a b", "a/b/c", "/a", "a" * 64, "Example.org/a", "fleet.group", "com.docker.compose.project"]
    assert taken(OwnLabel, bad) == []


def test_a_variable_may_have_dots_and_dashes() -> None:
    good = ["discovery.type", "xpack.security.enabled", "MY-SETTING", "_x", "A1"]
    assert taken(EnvName, good) == good
    assert taken(EnvName, ["", "1A", "a b", "a=b", ".a", "-a", "a\n"]) == []
