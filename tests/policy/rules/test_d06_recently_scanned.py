"""D06 recently-scanned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policy.core.rule import Level
from policy.engine.catalogue import rule
from tests.policy.builders import container, judged
from tests.policy.cloudrun_builders import run_service

D06 = rule("D06")
DIGEST = f"sha256:{'a' * 64}"
IMAGE = f"ghcr.io/owner/fleet/thing:1@{DIGEST}"


def days_ago(days: int) -> str:
    return f"{DIGEST} {(date.today() - timedelta(days=days)).isoformat()}"


def test_it_is_off_unless_configured() -> None:
    assert D06.level is Level.DISABLED


@pytest.mark.parametrize("days", [0, 30])
def test_it_holds_for_a_scan_that_is_recent_enough(days: int) -> None:
    assert judged(D06, container(image=IMAGE), scanned=[days_ago(days)]) == {}


def test_it_fails_for_a_scan_that_is_a_day_too_old() -> None:
    assert "too long ago" in judged(D06, container(image=IMAGE), scanned=[days_ago(31)])["agent"]


def test_how_old_a_scan_may_be_is_a_setting() -> None:
    assert judged(D06, container(image=IMAGE), scanned=[days_ago(31)], max_age_days=60) == {}


@pytest.mark.parametrize("line", ["", f"{DIGEST} someday", f"sha256:{'b' * 64} 2999-01-01"])
def test_it_fails_where_nothing_vouches_for_the_image(line: str) -> None:
    assert "has not passed a scan" in judged(D06, container(image=IMAGE), scanned=[line])["agent"]


def test_it_fails_for_a_tag_alone() -> None:
    assert judged(D06, container(image="ghcr.io/owner/fleet/thing:1"), scanned=[days_ago(0)])


def test_on_cloud_run_too() -> None:
    service = run_service("portal", main={"image": IMAGE})
    assert judged(D06, service, scanned=[days_ago(1)]) == {}
    assert "too long ago" in judged(D06, service, scanned=[days_ago(31)])["portal/main"]
