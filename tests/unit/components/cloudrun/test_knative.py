"""Services of a Cloud Run stack as Knative manifests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.cloudrun import knative, knative_notes
from fleet.plan.deployment import Deployment
from tests.trial_cloud import PROJECT, trial

NAME = f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front"
NEW = f"{NAME}:0.2.0"
UNDER_WAY = {"front": {"candidate": NEW, "percent": 10}}


def service(name: str, deployment: Deployment | None = None) -> Any:
    planned = deployment or trial()
    (group,) = (group for group in knative.services(planned) if group.name == name)
    return knative.service(group, planned)


def template(name: str, deployment: Deployment | None = None) -> Any:
    return service(name, deployment)["spec"]["template"]


def main(name: str, deployment: Deployment | None = None) -> Any:
    return template(name, deployment)["spec"]["containers"][0]


def env(name: str) -> dict[str, str]:
    return {one["name"]: one["value"] for one in main(name)["env"]}


def test_what_answers_requests_is_a_service_and_what_does_not_is_left_out() -> None:
    assert [group.name for group in knative.services(trial())] == ["brain", "store", "front"]


def test_the_figures_of_a_service_carry_over() -> None:
    found = template("front")
    assert (found["spec"]["containerConcurrency"], found["spec"]["timeoutSeconds"]) == (80, 300)
    assert found["metadata"]["annotations"] == {
        "autoscaling.knative.dev/min-scale": "1",
        "autoscaling.knative.dev/max-scale": "10",
    }
    assert main("front")["resources"]["limits"] == {"cpu": "2000m", "memory": "2048Mi"}
    assert main("brain")["resources"]["limits"] == {"cpu": "4000m", "memory": "16384Mi", "nvidia.com/gpu": "1"}


def test_a_service_is_as_open_as_its_ingress() -> None:
    label = "networking.knative.dev/visibility"
    assert service("store")["metadata"]["labels"][label] == "cluster-local"
    assert label not in service("front")["metadata"]["labels"]


def test_only_the_main_container_has_a_port_and_probes() -> None:
    first, second = template("front")["spec"]["containers"]
    assert first["ports"] == [{"containerPort": 8000, "name": "http1"}]
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= first.keys()
    assert not {"ports", "startupProbe", "readinessProbe", "livenessProbe"} & second.keys()


def test_what_knative_sets_itself_is_not_set_twice_and_values_stay_what_they_are() -> None:
    hinted = trial(groups={"front": {"containers": {"main": {"env": {"HINT": "$(HOME)"}}}}})
    found = {one["name"]: one["value"] for one in main("front", hinted)["env"]}
    assert "PORT" not in found
    assert found["HINT"] == "$$(HOME)"


def test_peers_are_found_inside_the_cluster() -> None:
    assert json.loads(env("front")["FLEET_ADDRESS_BOOK"]) == {"store": "http://store.trial.svc.cluster.local:80"}


def test_secrets_are_files_where_they_were() -> None:
    found = template("front")["spec"]
    (volume,) = (one for one in found["volumes"] if one["name"] == "secrets-main")
    assert [source["secret"] for source in volume["projected"]["sources"]] == [
        {"name": name, "items": [{"key": "value", "path": name}]} for name in ("front-key", "hub-token")
    ]
    assert {"name": "secrets-main", "mountPath": "/run/secrets", "readOnly": True} in main("front")["volumeMounts"]
    assert "/run/secrets/hub-token" in env("front").values()


def test_a_bucket_becomes_a_claim_and_scratch_stays_the_pods_own() -> None:
    volumes = {one["name"]: one for one in template("store")["spec"]["volumes"]}
    assert volumes["files"] == {"name": "files", "persistentVolumeClaim": {"claimName": "files"}}
    assert volumes["notes"] == {"name": "notes", "emptyDir": {"sizeLimit": "64Mi"}}
    claims = [one for one in knative.shared_objects(trial()) if one["kind"] == "PersistentVolumeClaim"]
    assert [claim["metadata"]["name"] for claim in claims] == ["files"]


def test_a_new_version_takes_over_at_once_where_a_group_has_one_track() -> None:
    assert service("store")["spec"]["traffic"] == [{"latestRevision": True, "percent": 100}]
    assert "name" not in template("store")["metadata"]


@pytest.mark.parametrize("percent", [0, 10, 100])
def test_requests_are_divided_as_the_rollout_stands(percent: int) -> None:
    deployment = trial(rollouts={"front": {"candidate": NEW, "percent": percent}})
    found = service("front", deployment)["spec"]
    live, new = found["traffic"]
    assert (live["percent"], new["percent"], new["tag"]) == (100 - percent, percent, "green")
    assert new["revisionName"] == found["template"]["metadata"]["name"]
    assert found["template"]["spec"]["containers"][0]["image"] == NEW
    # The version that counts is the one that ran before: its name is what it was.
    assert live["revisionName"] == template("front")["metadata"]["name"]
    (group,) = (group for group in knative.services(deployment) if group.name == "front")
    first = knative.live_service(group, deployment)
    assert first is not None
    assert first["spec"] == service("front")["spec"]


def test_a_kept_version_keeps_the_name_it_had_on_trial() -> None:
    tried = template("front", trial(rollouts=UNDER_WAY))
    kept = service("front", trial(rollouts={"front": {"track": "green", "image": NEW}}))["spec"]
    assert kept["template"] == tried
    assert kept["traffic"] == [{"revisionName": tried["metadata"]["name"], "percent": 100}]


def test_a_revisions_name_is_its_services_and_changes_with_the_template() -> None:
    before = template("front")["metadata"]["name"]
    after = template("front", trial(cloud={"services": {"front": {"concurrency": 79}}}))["metadata"]["name"]
    assert before.startswith("front-blue-")
    assert before != after


def test_what_the_cluster_must_have_and_what_stays_behind_is_said() -> None:
    deployment = trial(
        rollouts=UNDER_WAY,
        cloud={"services": {"front": {"timeout": "30m"}}},
    )
    needed, behind = "\n".join(knative_notes.needed(deployment)), "\n".join(knative_notes.left_behind(deployment))
    assert "max-revision-timeout-seconds of 1800 or more" in needed
    assert "nodes with cards" in needed
    assert "worker pools and jobs: crawler, nightly" in behind
    assert "invokers (front)" in behind
    assert "databases of store (facts)" in behind
    assert all(one["name"] != "facts" for one in template("store", deployment)["spec"]["volumes"])
    assert "ksvc/front" in "\n".join(knative_notes.rollouts(deployment))
    assert knative_notes.secrets(deployment)[0] == (
        "kubectl -n trial create secret generic front-key --from-file=value=FILE"
    )
    assert NAME in template("front")["spec"]["containers"][0]["image"]
