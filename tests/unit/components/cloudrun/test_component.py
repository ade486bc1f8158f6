"""Components of Cloud Run, registered against the real mock monitor of the SDK."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import pytest

from cli.preview.input_types import refusals
from components.cloudrun.render import render
from fleet.plan.deployment import Deployment
from tests.trial_cloud import FULL, NUMBER, PROJECT, REGIONS, trial
from tests.unit.components.registering import Registered, register

RUN = "urn:pulumi:trial::fleet::fleet:cloudrun:CloudRun"


@cache
def deployment() -> Deployment:
    return trial(cloud=FULL)


@cache
def registered() -> Registered:
    return register(deployment())


def test_everything_rendered_is_registered_and_nothing_else() -> None:
    ours = [seen.name for seen in registered().all if seen.type.startswith("gcp:")]
    rendered = [f"trial-{resource.key}" for resource in render(deployment(), date(2026, 1, 1))]
    assert len(set(rendered)) == len(rendered)
    assert sorted(ours) == sorted(rendered)


def test_an_engine_would_take_all_of_it() -> None:
    assert refusals(list(registered().plain.values())) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cpuIdl": True}, "resources.cpuIdl: is not an input of the provider"),
        ({"cpuIdle": "yes"}, "resources.cpuIdle: 'yes' is not of type bool"),
        ({"limits": {"cpu": 2}}, "resources.limits.cpu: 2 is not of type str"),
    ],
)
def test_a_fault_deep_in_a_template_would_be_refused(change: dict[str, object], fault: str) -> None:
    service = register(deployment()).plain[f"trial-store-{REGIONS[0]}"]
    service.inputs["template"]["containers"][0]["resources"].update(change)
    assert any(fault in refused for refused in refusals([service]))


def test_a_project_has_a_platform_a_group_each_a_door_and_who_watches() -> None:
    kinds = Counter(seen.type for seen in registered().all if not seen.type.startswith("gcp:"))
    assert kinds == {
        "fleet:cloudrun:CloudRun": 1,
        "pulumi:providers:gcp": 1,
        "fleet:cloudrun:CloudPlatform": 1,
        "fleet:cloudrun:CloudRunGroup": 5,
        "fleet:cloudrun:GlobalFrontDoor": 1,
        "fleet:cloudrun:Observability": 1,
    }
    assert registered().by_name[f"trial-store-{REGIONS[0]}"].urn == (
        f"{RUN}$fleet:cloudrun:CloudRunGroup$gcp:cloudrunv2/service:Service::trial-store-{REGIONS[0]}"
    )


def test_one_explicit_provider_serves_all_of_it() -> None:
    provider = registered().plain["trial-api"].inputs
    assert provider["project"] == PROJECT
    assert provider["addPulumiAttributionLabel"] == "false"
    assert "region" not in provider
    urns = {seen.request.provider.rpartition("::")[0] for seen in registered().all if seen.type.startswith("gcp:")}
    assert urns == {registered().by_name["trial-api"].urn}


def test_what_holds_data_is_protected_and_kept() -> None:
    kept = {seen.name for seen in registered().all if seen.request.protect and seen.request.retainOnDelete}
    assert kept == {
        "trial-volume-files",
        "trial-volume-facts",
        "trial-volume-facts-database",
        "trial-secret-front-key",
        "trial-secret-hub-token",
        "trial-secret-store-key",
    }


def test_what_gcloud_writes_by_itself_is_no_difference() -> None:
    for name in (f"trial-{group}-{REGIONS[0]}" for group in ("front", "crawler", "nightly")):
        assert list(registered().by_name[name].request.ignoreChanges) == ["client", "clientVersion"]
    assert list(registered().by_name["trial-secret-store-key"].request.ignoreChanges) == ["rotation.nextRotationTime"]


def test_a_service_comes_after_all_it_could_not_start_without() -> None:
    before = registered().names_before(f"trial-front-{REGIONS[0]}")
    assert before >= {
        "trial-api-run",
        "trial-front-account",
        "trial-front-reads-front-key",
        "trial-secret-front-key",
        "trial-repository-fleet-us-central1",
        f"trial-store-{REGIONS[0]}",
    }
    assert registered().names_before(f"trial-store-{REGIONS[0]}") >= {"trial-store-uses-files", "trial-volume-files"}


def test_policies_get_what_the_stack_declares() -> None:
    published = registered().plain["trial"].outputs
    assert (published["project"], published["projectNumber"]) == (PROJECT, NUMBER)
    assert published["regions"] == list(REGIONS)
    assert published["monthlyBudgetUsd"] == 99.5
    # Three regions, each with an instance of 3 CPUs kept warm, and with a worker pool of one.
    assert published["monthlyCostUsd"]["idle"] > 3 * 4 * 0.0648 * 730 - 10
    assert published["monthlyCostUnknown"] == []
    assert published["startAfter"]["front"] == ["store"]


def test_what_a_policy_judges_is_known_at_preview() -> None:
    for region in REGIONS:
        text = repr(registered().plain[f"trial-front-{region}"].inputs)
        assert "UNKNOWN" not in text.upper()
