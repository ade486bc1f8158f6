"""What stands around services of Cloud Run: the project's platform, the front door, what is watched, the budget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from components.cloudrun.render import render
from components.cloudrun.resources.base import CloudResource, Part
from components.listing import Ref
from fleet.source.secrets import holds_secret_value
from tests.trial_cloud import DOOR, FULL, NUMBER, PROJECT, REGIONS, trial

TODAY = date(2026, 1, 31)


def rendered(**cloud: Any) -> dict[str, CloudResource]:
    """The trial fleet's resources by key, with changes laid over its cloud."""
    return {resource.key: resource for resource in render(trial(cloud=cloud), TODAY)}


@cache
def full() -> dict[str, CloudResource]:
    return rendered(**FULL)


def of(kind: str) -> list[CloudResource]:
    return [resource for resource in full().values() if resource.kind == kind]


def refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from refs(item)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_whatever_is_needed_comes_before_who_needs_it() -> None:
    order = [Part.PLATFORM, Part.GROUP, Part.FRONT_DOOR, Part.OBSERVABILITY]
    groups = ["store", "brain", "crawler", "nightly", "front"]
    before: set[str] = set()
    registered = sorted(
        full().values(),
        key=lambda r: (order.index(r.part), groups.index(r.group) if r.part is Part.GROUP and r.group else 0),
    )
    for resource in registered:
        needed = {*resource.needs, *(ref.key for ref in refs(dict(resource.args)))}
        assert needed <= before, resource.key
        before.add(resource.key)


def test_an_api_that_is_on_stays_on() -> None:
    names = {resource.args["service"].partition(".")[0] for resource in of("projects.Service")}
    assert names == {
        "run", "iam", "artifactregistry", "secretmanager", "pubsub", "storage", "sqladmin", "cloudbuild", "compute",
        "monitoring", "logging", "billingbudgets",
    }  # fmt: skip
    assert not any(resource.args["disable_on_destroy"] for resource in of("projects.Service"))


def test_apis_that_nothing_uses_are_not_asked_for() -> None:
    plain = rendered(
        services={"store": {"volumes": {"facts": "bucket"}}, "front": {"egress": None}}, network=None, subnet=None
    )
    found = {resource.args["service"].partition(".")[0] for resource in plain.values() if "Service" in resource.kind
             and resource.kind == "projects.Service"}  # fmt: skip
    assert not found & {"compute", "sqladmin", "monitoring", "cloudbuild", "billingbudgets"}


def test_an_account_a_group_has_no_role_but_those_it_needs() -> None:
    roles: dict[str, set[str]] = {}
    for resource in full().values():
        if "role" in resource.args and "serviceAccount:run-" in resource.args["member"]:
            account = resource.args["member"].removeprefix("serviceAccount:run-").partition("@")[0]
            roles.setdefault(account, set()).add(resource.args["role"])
    reads = "roles/secretmanager.secretAccessor"
    assert roles == {
        "front": {reads, "roles/run.invoker"},
        "store": {reads, "roles/storage.objectUser", "roles/cloudsql.client", "roles/cloudsql.instanceUser"},
        "crawler": {"roles/run.invoker"},
    }
    accounts = {resource.args["account_id"] for resource in of("serviceaccount.Account")}
    assert accounts == {"run-front", "run-store", "run-brain", "run-crawler", "run-nightly", "builder"}


def test_tags_of_images_never_move_and_old_ones_go() -> None:
    (repository,) = of("artifactregistry.Repository")
    assert repository.args["docker_config"] == {"immutable_tags": True}
    assert [policy["action"] for policy in repository.args["cleanup_policies"]] == ["DELETE", "KEEP"]


def test_repositories_of_others_are_left_to_them() -> None:
    elsewhere = render(trial(images={"registry": "us-docker.pkg.dev/other-project/fleet"}), TODAY)
    assert not any(resource.kind == "artifactregistry.Repository" for resource in elsewhere)


def test_no_secret_value_is_anywhere() -> None:
    for resource in full().values():
        assert resource.kind != "secretmanager.SecretVersion"
        assert not any(holds_secret_value(text) for text in texts(dict(resource.args)))
        assert not {"secret_data", "password", "root_password"} & set(resource.args)


def test_pushes_to_main_build_the_images_as_an_account_of_their_own() -> None:
    (trigger,) = of("cloudbuild.Trigger")
    assert trigger.args["github"] == {"owner": "owner", "name": "fleet", "push": {"branch": "^main$"}}
    assert trigger.args["service_account"].endswith(f"/builder@{PROJECT}.iam.gserviceaccount.com")


def test_a_budget_is_in_dollars_and_alerts_the_recipient_of_all_alerts() -> None:
    (budget,) = of("billing.Budget")
    assert budget.args["amount"] == {"specified_amount": {"currency_code": "USD", "units": "99", "nanos": 500_000_000}}
    assert [rule["threshold_percent"] for rule in budget.args["threshold_rules"]] == [0.5, 0.9, 1.0]
    assert budget.args["budget_filter"]["projects"] == [f"projects/{NUMBER}"]
    assert budget.args["all_updates_rule"]["monitoring_notification_channels"] == [Ref("notification-channel")]


def test_a_budget_without_an_account_has_no_alerts() -> None:
    assert "budget" not in rendered(budget={"monthly_usd": 20})


def test_the_front_door_leads_to_every_region() -> None:
    backend = full()["door-backend"].args
    assert backend["backends"] == [{"group": Ref(f"door-{region}")} for region in REGIONS]
    assert backend["load_balancing_scheme"] == "EXTERNAL_MANAGED"
    assert backend["outlier_detection"]["consecutive_errors"] == 5
    # Serverless backends take neither.
    assert not {"health_checks", "timeout_sec"} & set(backend)
    for region in REGIONS:
        group = full()[f"door-{region}"].args
        assert (group["network_endpoint_type"], group["cloud_run"]) == ("SERVERLESS", {"service": "front"})


def test_the_front_door_is_the_only_way_in_and_moves_plain_requests_to_https() -> None:
    front = full()[f"front-{REGIONS[0]}"].args
    assert front["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    assert front["default_uri_disabled"] is True
    assert front["custom_audiences"] == ["https://front.example.org"]
    ports = {resource.args["port_range"]: resource.args["target"] for resource in of("compute.GlobalForwardingRule")}
    assert ports == {"443": Ref("door-https"), "80": Ref("door-http")}
    assert full()["door-redirect"].args["default_url_redirect"]["https_redirect"] is True


def test_another_host_is_another_certificate() -> None:
    before = full()["door-certificate"].args["name"]
    after = rendered(**{**FULL, "front_door": {**DOOR, "host": "new.example.org"}})["door-certificate"].args["name"]
    assert before != after


def test_too_many_requests_and_attacks_are_refused_by_choice() -> None:
    rules = full()["door-armor"].args["rules"]
    assert rules[-1]["priority"] == 2147483647
    throttle = next(rule for rule in rules if rule["action"] == "throttle")
    assert throttle["rate_limit_options"]["rate_limit_threshold"] == {"count": 600, "interval_sec": 60}
    assert len({rule["priority"] for rule in rules}) == len(rules)
    open_door = rendered(front_door={"host": "front.example.org", "group": "front"})
    assert "door-armor" not in open_door
    assert "security_policy" not in open_door["door-backend"].args


def test_what_answers_outside_is_asked_and_the_rest_is_not() -> None:
    hosts = [resource.args["monitored_resource"]["labels"]["host"] for resource in of("monitoring.UptimeCheckConfig")]
    assert hosts == ["front.example.org"]
    (check,) = of("monitoring.UptimeCheckConfig")
    assert check.args["http_check"]["service_agent_authentication"] == {"type": "OIDC_TOKEN"}


@pytest.mark.parametrize(
    ("key", "threshold"),
    [("errors", 5.0), ("latency", 2000.0), ("front-near-limit", 9.0), ("store-near-limit", 1.0)],
)
def test_alerts_stand_at_the_figures_that_the_stack_gives(key: str, threshold: float) -> None:
    alert = full()[f"alert-{key}"].args
    (condition,) = alert["conditions"]
    assert condition["condition_threshold"]["threshold_value"] == threshold
    assert alert["notification_channels"] == [Ref("notification-channel")]


def test_the_dashboard_is_the_same_text_every_time() -> None:
    text = full()["dashboard"].args["dashboard_json"]
    assert text == rendered(**FULL)["dashboard"].args["dashboard_json"]
    tiles = json.loads(text)["mosaicLayout"]["tiles"]
    assert [tile["widget"]["title"] for tile in tiles][-1] == "GPU memory in use"
    places = [(tile.get("xPos", 0), tile.get("yPos", 0)) for tile in tiles]
    assert len(set(places)) == len(places)


def test_nothing_is_monitored_without_a_recipient() -> None:
    assert not any(resource.part is Part.OBSERVABILITY for resource in rendered().values())
