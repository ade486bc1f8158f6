"""Secrets as variables, and as files under a variable of the image's, on every target."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from cli.view.compose_text import compose_text
from components.cloudrun import knative, knative_notes
from components.cloudrun.render import render as render_cloud
from components.docker.compose import compose_file
from components.docker.listing import inventory
from components.kubernetes.prerequisites import secrets as needed_secrets
from components.kubernetes.render import render as render_cluster
from components.listing import SecretText
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.targets.registry import target_of
from tests import trial_cloud, trial_cluster

MAIN = {
    "image": {"reference": "a/gateway:1"},
    "memory": {"request": "256MiB"},
    "cpu": {"request": "100m", "limit": 1},
    "health": {"command": ["true"]},
    "secrets": {"openai-key": {"env": "OPENAI_API_KEY"}, "db-password": {"file_env": "POSTGRES_PASSWORD_FILE"}},
}
GATE = {"gate": {"containers": {"main": MAIN}}}
FROM_A_SECRET = {
    "name": "OPENAI_API_KEY",
    "valueFrom": {"secretKeyRef": {"name": "openai-key", "key": "value"}},
}


@cache
def on_host() -> Deployment:
    return plan_stack(trial_cluster.trial_project(groups=GATE, on_host=["gate"]).fleet, "host")


@cache
def on_cluster() -> Deployment:
    return trial_cluster.trial(groups=GATE)


@cache
def in_cloud(**secret: int) -> Deployment:
    services = {"gate": {"size": "small"}}
    secrets = {"openai-key": {"version": 7, **secret}, "db-password": {"version": 1}}
    health = {**MAIN, "health": {"path": "/health"}}
    rollout = {"strategy": "canary", "steps": [{"percent": 10}, {"percent": 100}]}
    gate: dict[str, Any] = {"containers": {"main": health}, **({"rollout": rollout} if secret else {})}
    more = {"rollouts": {"gate": {"candidate": "a/gateway:2", "percent": 10}}} if secret else {}
    cloud = {"services": services, "secrets": secrets}
    project = trial_cloud.trial_project(groups={"gate": gate}, cloud=cloud, **more)
    return plan_stack(project.fleet, trial_cloud.STACK)


def _in_cloud(deployment: Deployment) -> dict[str, Any]:
    resources = render_cloud(deployment, date(2026, 1, 1))
    (service,) = [r for r in resources if r.kind == "cloudrunv2.Service" and r.group == "gate"]
    template: dict[str, Any] = service.args["template"]
    return template


def test_docker_gets_the_value_from_the_engine_and_shows_a_mask() -> None:
    (entry,) = [e for e in inventory(on_host()).walk() if e.type.endswith(":Container")]
    assert "OPENAI_API_KEY=[secret]" in entry.properties["envs"]
    assert SecretText("openai-key", "OPENAI_API_KEY=") in entry.linked["envs"]
    assert len(entry.linked["envs"]) == len(entry.properties["envs"])
    assert "POSTGRES_PASSWORD_FILE=/run/secrets/db-password" in entry.properties["envs"]
    targets = [mount["target"] for mount in entry.properties["mounts"]]
    assert targets == ["/run/secrets/db-password"]
    assert not any(text.startswith(("OPENAI_KEY_FILE", "DB_PASSWORD_FILE")) for text in entry.properties["envs"])


def test_compose_reads_it_from_its_environment_and_does_not_start_without() -> None:
    environment = compose_file(on_host())["services"]["gate"]["environment"]
    assert environment["OPENAI_API_KEY"] == "${OPENAI_KEY:?set OPENAI_KEY in the file .env}"
    assert "#   OPENAI_KEY\n" in compose_text(on_host(), "made")


def test_a_pod_reads_it_from_its_secret() -> None:
    manifests = render_cluster(on_cluster())
    (pod,) = [
        m.object["spec"]["template"]["spec"] for m in manifests if m.kind.endswith("Deployment") and m.group == "gate"
    ]
    assert FROM_A_SECRET in pod["containers"][0]["env"]
    assert {"name": "POSTGRES_PASSWORD_FILE", "value": "/run/secrets/db-password"} in pod["containers"][0]["env"]
    sources = [s for volume in pod["volumes"] for s in volume.get("projected", {}).get("sources", ())]
    assert [source["secret"]["name"] for source in sources] == ["db-password"]
    assert {"db-password", "openai-key"} <= set(needed_secrets(manifests)["fleet"])


def test_the_secret_of_a_container_that_runs_first_is_listed_too() -> None:
    first = {**MAIN, "secrets": {"first-key": {"env": "FIRST_KEY"}}, "run": "once"}
    del first["health"]
    manifests = render_cluster(trial_cluster.trial(groups={"gate": {"containers": {"main": MAIN, "first": first}}}))
    assert "first-key" in needed_secrets(manifests)["fleet"]


def test_cloud_run_reads_a_pinned_version() -> None:
    template = _in_cloud(in_cloud())
    envs = {env["name"]: env for env in template["containers"][0]["envs"]}
    assert envs["OPENAI_API_KEY"]["value_source"] == {"secret_key_ref": {"secret": "openai-key", "version": "7"}}
    assert envs["POSTGRES_PASSWORD_FILE"]["value"] == "/run/secrets/db-password"
    assert [v["name"] for v in template["volumes"] if "secret" in v] == ["secret-db-password"]
    readers = [r.args["secret_id"] for r in render_cloud(in_cloud(), date(2026, 1, 1)) if "SecretIamMember" in r.kind]
    assert readers.count("openai-key") == 1


def test_a_candidate_reads_its_own_version() -> None:
    envs = {env["name"]: env for env in _in_cloud(in_cloud(candidate_version=8))["containers"][0]["envs"]}
    assert envs["OPENAI_API_KEY"]["value_source"]["secret_key_ref"]["version"] == "8"


def test_knative_reads_it_from_a_secret_of_the_namespace() -> None:
    deployment = in_cloud()
    (gate,) = [group for group in knative.services(deployment) if group.name == "gate"]
    container = knative.service(gate, deployment)["spec"]["template"]["spec"]["containers"][0]
    assert FROM_A_SECRET in container["env"]
    assert any("openai-key" in command for command in knative_notes.secrets(deployment))


def test_a_move_names_where_the_value_goes() -> None:
    project = trial_cluster.trial_project(groups=GATE, on_host=["gate"])
    host = project.fleet.stacks["host"]
    where, how = target_of(host).secret_text("openai-key", project.fleet.groups["gate"], host)
    assert where == "secrets:openai-key in Pulumi.host.yaml"
    assert how == "pulumi config set --stack host --secret secrets:openai-key"
