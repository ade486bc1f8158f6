"""Groups as services, worker pools and jobs of Cloud Run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from components.cloudrun.render import render
from components.cloudrun.resources.base import CloudResource, Part
from tests.trial_cloud import DOOR, FULL, NUMBER, OBSERVATION, PROJECT, REGIONS, trial

HERE = REGIONS[0]
TODAY = date(2026, 1, 31)
Resources = dict[str, CloudResource]


def rendered(**changes: Any) -> Resources:
    """The trial fleet's resources by key."""
    found = render(trial(**changes), TODAY)
    by_key = {resource.key: resource for resource in found}
    assert len(by_key) == len(found)
    return by_key


def template(resources: Resources, key: str) -> Any:
    return resources[key].args["template"]


def containers(resources: Resources, key: str) -> dict[str, Any]:
    return {container["name"]: container for container in template(resources, key)["containers"]}


def env(resources: Resources, key: str, container: str = "main") -> dict[str, str]:
    return {item["name"]: item["value"] for item in containers(resources, key)[container]["envs"]}


def test_each_group_is_what_its_kind_says() -> None:
    kinds = {r.group: r.kind for r in rendered().values() if r.part is Part.GROUP and "Iam" not in r.kind}
    assert kinds == {
        "front": "cloudrunv2.Service",
        "store": "cloudrunv2.Service",
        "brain": "cloudrunv2.Service",
        "crawler": "cloudrunv2.WorkerPool",
        "nightly": "cloudrunv2.Job",
    }


@pytest.mark.parametrize("regions", [REGIONS[:1], REGIONS])
def test_every_service_runs_in_every_region(regions: tuple[str, ...]) -> None:
    resources = rendered(cloud={"regions": list(regions)})
    for group in ("front", "store", "brain", "crawler", "nightly"):
        assert [resources[f"{group}-{region}"].args["location"] for region in regions] == list(regions)
    assert f"front-{REGIONS[-1]}" not in rendered()


def test_a_service_states_what_the_api_would_fill_in() -> None:
    service = rendered()[f"front-{HERE}"].args
    assert service["scaling"] == {"min_instance_count": 1, "max_instance_count": 10}
    assert service["template"]["scaling"] == {"min_instance_count": 0, "max_instance_count": 10}
    assert service["deletion_protection"] is True
    assert service["template"]["execution_environment"] == "EXECUTION_ENVIRONMENT_GEN2"
    assert "launch_stage" not in service


def test_only_the_main_container_has_a_port_and_waits_for_its_sidecars() -> None:
    found = containers(rendered(), f"front-{HERE}")
    assert found["main"]["ports"] == {"container_port": 8000, "name": "http1"}
    assert found["main"]["depends_ons"] == ["lookups"]
    assert "ports" not in found["lookups"]
    assert found["lookups"]["startup_probe"]["http_get"]["port"] == 8010
    assert set(found["main"]) >= {"startup_probe", "liveness_probe", "readiness_probe"}
    assert "readiness_probe" not in found["lookups"]


def test_processors_are_taken_away_between_requests_only_where_requests_are_paid() -> None:
    resources = rendered()
    paid_by_instance = containers(resources, f"front-{HERE}")["main"]["resources"]
    paid_by_request = containers(resources, f"store-{HERE}")["main"]["resources"]
    assert paid_by_instance == {
        "limits": {"cpu": "2", "memory": "2048Mi"},
        "cpu_idle": False,
        "startup_cpu_boost": True,
    }
    assert paid_by_request["cpu_idle"] is True


def test_stand_ins_get_less_than_a_cpu_as_cloud_run_gives_it() -> None:
    service = template(rendered(stand_ins="true"), f"brain-{HERE}")
    resources = service["containers"][0]["resources"]
    assert resources == {
        "limits": {"cpu": "500m", "memory": "256Mi"},
        "cpu_idle": True,
        "startup_cpu_boost": True,
    }
    assert service["execution_environment"] == "EXECUTION_ENVIRONMENT_GEN1"
    assert service["max_instance_request_concurrency"] == 1
    assert "node_selector" not in service


def test_a_card_is_whole_in_one_zone_and_never_idle() -> None:
    service = template(rendered(), f"brain-{HERE}")
    resources = service["containers"][0]["resources"]
    assert resources["limits"] == {"cpu": "4", "memory": "16384Mi", "nvidia.com/gpu": "1"}
    assert resources["cpu_idle"] is False
    assert service["node_selector"] == {"accelerator": "nvidia-l4"}
    assert service["gpu_zonal_redundancy_disabled"] is True


def test_no_probe_takes_longer_than_the_time_between_two() -> None:
    slow = {"containers": {"main": {"health": {"timeout": "50s", "interval": "20s", "start_period": "4m"}}}}
    found = containers(rendered(groups={"store": slow}), f"store-{HERE}")["main"]
    for name in ("startup_probe", "liveness_probe", "readiness_probe"):
        assert found[name]["timeout_seconds"] <= found[name]["period_seconds"], name
    assert found["startup_probe"]["period_seconds"] * found["startup_probe"]["failure_threshold"] == 240


def test_an_image_with_a_command_alone_is_asked_whether_its_port_is_open() -> None:
    image = {"build": None, "agents": None, "image": {"reference": "docker.io/library/thing:1"}}
    health = {"health": {"command": ["thing", "--ping"]}}
    found = containers(rendered(groups={"store": {"containers": {"main": {**image, **health}}}}), f"store-{HERE}")
    assert found["main"]["startup_probe"]["tcp_socket"] == {"port": 8000}
    assert not {"liveness_probe", "readiness_probe"} & set(found["main"])


def test_what_cloud_run_sets_itself_is_not_set_again() -> None:
    assert "PORT" not in env(rendered(), f"front-{HERE}")
    assert env(rendered(), f"front-{HERE}")["FLEET_GROUP"] == "front"


def test_services_call_those_of_their_own_region() -> None:
    resources = rendered(cloud=FULL)
    for region in REGIONS:
        book = env(resources, f"front-{region}")["FLEET_ADDRESS_BOOK"]
        assert f"https://store-{NUMBER}.{region}.run.app" in book


def test_a_secret_is_a_pinned_file_and_never_a_value() -> None:
    resources = rendered()
    volumes = {volume["name"]: volume for volume in template(resources, f"front-{HERE}")["volumes"]}
    assert volumes["secret-front-key"]["secret"] == {
        "secret": "front-key",
        "items": [{"path": "front-key", "version": "3"}],
    }
    assert env(resources, f"front-{HERE}")["FRONT_KEY_FILE"] == "/run/secrets/front-key/front-key"
    assert env(resources, f"store-{HERE}")["STORE_KEY_FILE"] == "/run/secrets/store-key"
    mounts = containers(resources, f"store-{HERE}")["main"]["volume_mounts"]
    assert {"name": "secret-store-key", "mount_path": "/run/secrets"} in mounts
    assert not any(r.kind == "secretmanager.SecretVersion" for r in resources.values())


def test_nothing_is_mounted_twice_in_one_place() -> None:
    for group in ("front", "store", "brain"):
        for container in containers(rendered(), f"{group}-{HERE}").values():
            paths = [mount["mount_path"] for mount in container.get("volume_mounts", ())]
            assert len(set(paths)) == len(paths)


def test_every_mount_has_its_volume() -> None:
    resources = rendered()
    for key in (f"front-{HERE}", f"store-{HERE}", f"brain-{HERE}", f"crawler-{HERE}"):
        names = {volume["name"] for volume in template(resources, key).get("volumes", ())}
        used = {m["name"] for c in containers(resources, key).values() for m in c.get("volume_mounts", ())}
        assert used == names


def test_a_bucket_is_mounted_and_belongs_to_the_agents_user() -> None:
    volumes = {volume["name"]: volume for volume in template(rendered(), f"store-{HERE}")["volumes"]}
    assert volumes["files"]["gcs"] == {
        "bucket": f"{PROJECT}-files",
        "read_only": False,
        "mount_options": ["uid=10001", "gid=10001"],
    }
    assert volumes["notes"] == {"name": "notes", "empty_dir": {"medium": "MEMORY", "size_limit": "64Mi"}}


def test_a_database_is_reached_by_a_socket_without_a_password() -> None:
    resources = rendered()
    found = env(resources, f"store-{HERE}")
    assert found["FACTS_SQL_HOST"] == f"/cloudsql/{PROJECT}:{HERE}:trial-facts"
    assert found["FACTS_SQL_USER"] == f"run-store@{PROJECT}.iam"
    instance = resources["volume-facts"].args
    assert instance["deletion_protection"] is True
    assert instance["settings"]["backup_configuration"]["point_in_time_recovery_enabled"] is True
    assert resources["store-uses-facts"].args["type"] == "CLOUD_IAM_SERVICE_ACCOUNT"
    assert not any("password" in key for key in resources["store-uses-facts"].args)


def test_who_may_call_a_service_is_named_one_by_one() -> None:
    resources = rendered(cloud={"front_door": DOOR, "observation": OBSERVATION})
    callers = {r.args["member"] for r in resources.values() if r.group == "store" and "ServiceIam" in r.kind}
    assert callers == {
        f"serviceAccount:run-{caller}@{PROJECT}.iam.gserviceaccount.com" for caller in ("front", "crawler")
    }
    of_front = {r.args["member"] for r in resources.values() if r.group == "front" and "ServiceIam" in r.kind}
    assert of_front == {
        "serviceAccount:caller@trial-project.iam.gserviceaccount.com",
        f"serviceAccount:service-{NUMBER}@gcp-sa-monitoring-notification.iam.gserviceaccount.com",
    }


def test_private_traffic_goes_through_the_network() -> None:
    assert template(rendered(), f"front-{HERE}")["vpc_access"] == {
        "egress": "PRIVATE_RANGES_ONLY",
        "network_interfaces": [{"network": "default", "subnetwork": "default"}],
    }
    assert "vpc_access" not in template(rendered(), f"store-{HERE}")


def test_a_worker_pool_runs_always_and_has_no_port() -> None:
    pool = rendered()[f"crawler-{HERE}"].args
    (container,) = pool["template"]["containers"]
    assert pool["scaling"] == {"manual_instance_count": 1}
    assert not {"ports", "readiness_probe"} & set(container)
    assert set(container["resources"]) == {"limits"}


def test_a_job_ends_and_is_not_tried_again_where_its_file_says_so() -> None:
    job = rendered()[f"nightly-{HERE}"].args["template"]["template"]
    assert (job["max_retries"], job["timeout"]) == (0, "1800s")
    assert "liveness_probe" not in job["containers"][0]


def revision_names(state: dict[str, Any] | None) -> tuple[str, list[dict[str, Any]]]:
    service = rendered(**({"rollouts": {"front": state}} if state else {}))[f"front-{HERE}"].args
    return service["template"]["revision"], service["traffics"]


def test_a_canary_divides_requests_between_two_named_revisions() -> None:
    new = f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front:0.2.0"
    old_name, old_traffic = revision_names(None)
    assert old_name.startswith("front-blue-")
    assert [(t["revision"], t["percent"]) for t in old_traffic] == [(old_name, 100)]
    name, traffic = revision_names({"candidate": new, "percent": 10})
    assert name.startswith("front-green-")
    assert [(t["revision"], t["percent"]) for t in traffic] == [(old_name, 90), (name, 10)]
    assert traffic[1]["tag"] == "green"
    service = rendered(rollouts={"front": {"candidate": new, "percent": 10}})
    assert containers(service, f"front-{HERE}")["main"]["image"] == new


@pytest.mark.parametrize("percent", [0, 10, 50, 100])
def test_percents_sum_to_a_hundred_at_every_step(percent: int) -> None:
    _, traffic = revision_names({"candidate": "registry.example.org/front:2", "percent": percent})
    assert sum(target["percent"] for target in traffic) == 100
    assert any(target.get("tag") for target in traffic)


def test_the_version_that_won_keeps_its_revision() -> None:
    new = "registry.example.org/front:2"
    tried, _ = revision_names({"candidate": new, "percent": 100})
    won, traffic = revision_names({"track": "green", "image": new})
    assert tried == won
    assert [target["revision"] for target in traffic] == [won]


def test_a_new_version_of_a_secret_is_tried_by_the_candidate_alone() -> None:
    new = "registry.example.org/front:2"
    old_name, _ = revision_names(None)
    tried = rendered(
        rollouts={"front": {"candidate": new, "percent": 10}},
        cloud={"secrets": {"front-key": {"version": 3, "candidate_version": 4}}},
    )
    assert tried[f"front-{HERE}"].args["traffics"][0]["revision"] == old_name
    assert secret_versions(tried, f"front-{HERE}") == {"front-key": "4", "hub-token": "1"}
    assert secret_versions(rendered(cloud={"secrets": {"front-key": {"candidate_version": 4}}}), f"front-{HERE}") == {
        "front-key": "3",
        "hub-token": "1",
    }
    won = rendered(
        rollouts={"front": {"track": "green", "image": new}}, cloud={"secrets": {"front-key": {"version": 4}}}
    )
    assert template(won, f"front-{HERE}")["revision"] == template(tried, f"front-{HERE}")["revision"]


def secret_versions(resources: Resources, key: str) -> dict[str, str]:
    secrets = [volume["secret"] for volume in template(resources, key)["volumes"] if "secret" in volume]
    return {secret["secret"]: secret["items"][0]["version"] for secret in secrets}


def test_a_changed_template_is_a_revision_of_another_name() -> None:
    before, _ = revision_names(None)
    changed = rendered(groups={"front": {"containers": {"main": {"env": {"MORE": "yes"}}}}})
    assert template(changed, f"front-{HERE}")["revision"] != before
    assert len(before) <= 63


def test_a_group_without_two_versions_names_none() -> None:
    service = rendered()[f"store-{HERE}"].args
    assert "revision" not in service["template"]
    assert service["traffics"] == [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}]


def test_an_owner_is_reminded_from_the_day_on_which_it_is_set_up() -> None:
    secret = rendered()["secret-store-key"].args
    assert secret["rotation"] == {
        "rotation_period": "2592000s",
        "next_rotation_time": f"{TODAY + timedelta(days=30)}T00:00:00Z",
    }
    assert secret["topics"] == [{"name": f"projects/{PROJECT}/topics/rotate-store-key"}]
    assert "rotation" not in rendered()["secret-front-key"].args


def test_why_a_service_is_open_to_the_internet_goes_with_it() -> None:
    reason = "answers hooks of a code host"
    service = rendered(cloud={"services": {"front": {"ingress": "all", "exposed": reason}}})[f"front-{HERE}"].args
    assert service["annotations"]["fleet.local/exposed"] == reason


def test_agents_have_no_more_time_to_stop_than_they_are_given() -> None:
    assert env(rendered(), f"front-{HERE}")["FLEET_STOP_GRACE_S"] == "10"
