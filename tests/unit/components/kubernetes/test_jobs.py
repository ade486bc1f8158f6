"""What runs to its end on a cluster: a Job, and init containers."""

from __future__ import annotations

import json

import pytest
import yaml

from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.helm import chart
from components.kubernetes.listing import inventory
from components.kubernetes.prerequisites import secrets
from fleet.plan.deployment import Deployment
from fleet.plan.kubernetes_namespaces import moved
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from fleet.targets.features import Feature
from tests.trial_cluster import JOBS, STACK, trial, trial_project
from tests.unit.components.kubernetes.test_manifests import pod, rendered, spec


def test_a_group_that_ends_is_a_job_without_a_service() -> None:
    objects = rendered(groups=JOBS)
    job = objects["tables-pods"]
    assert job.kind == "batch/v1/Job"
    found = {key: value for key, value in spec(objects, "tables-pods").items() if key != "template"}
    assert found == {"parallelism": 1, "backoffLimit": 3, "activeDeadlineSeconds": 1200}
    assert pod(objects, "tables-pods")["restartPolicy"] == "OnFailure"
    (main,) = pod(objects, "tables-pods")["containers"]
    assert not {"startupProbe", "readinessProbe", "livenessProbe", "ports"} & main.keys()
    assert [key for key in objects if key.startswith("tables-")] == ["tables-edges", "tables-account", "tables-pods"]


def test_a_job_that_is_not_tried_again_is_tried_once() -> None:
    main = {key: value for key, value in JOBS["tables"]["containers"]["main"].items() if not key.startswith("restart")}
    groups = {**JOBS, "tables": {"containers": {"main": main}}}
    objects = rendered(groups=groups)
    assert spec(objects, "tables-pods")["backoffLimit"] == 0
    assert pod(objects, "tables-pods")["restartPolicy"] == "Never"


def test_a_container_that_ends_is_an_init_container_of_its_group() -> None:
    store = pod(rendered(groups=JOBS), "store-pods")
    assert [container["name"] for container in store["containers"]] == ["main", "lookups"]
    (seed,) = store["initContainers"]
    assert seed["name"] == "seed"
    assert "livenessProbe" not in seed
    assert seed["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert "restartPolicy" not in store


def test_the_next_group_waits_for_the_job_as_long_as_it_may_run() -> None:
    entries = {entry.name: entry for entry in inventory(trial(groups=JOBS)).walk()}
    assert entries["trial-tables"] in entries["trial-store"].needs
    assert entries["trial-tables-pods"].timeout_s == 1200
    assert entries["trial-tables-pods"].containers == ("main",)


def test_secrets_of_an_init_container_are_named() -> None:
    groups = {
        **JOBS,
        "store": {"containers": {"seed": {**JOBS["store"]["containers"]["seed"], "secrets": ["seed-key"]}}},
    }
    objects = rendered(groups=groups).values()
    assert "seed-key" in secrets(objects)["fleet"]


def _moved() -> Deployment:
    return plan_stack(moved(trial_project(groups=JOBS).fleet, STACK, NAMESPACE_MARK), STACK)


def test_a_chart_runs_the_job_again_with_each_upgrade() -> None:
    files = chart(trial(groups=JOBS), _moved(), "made by a test")
    (job,) = (text for name, text in files.items() if name.startswith("templates/") and "tables" in name)
    assert "before-hook-creation" in job
    assert "post-install,post-upgrade" in job
    values = yaml.safe_load(files["values.yaml"])["groups"]
    assert values["tables"]["replicas"] == 1
    assert "seed" in values["store"]["containers"]
    assert json.loads(files["values.schema.json"])


def test_init_containers_are_listed_as_tried_again() -> None:
    assert trial(groups=JOBS).degradations[Feature.RUN_FIRST] == ("store",)


def test_a_job_is_not_exposed() -> None:
    exposed = {"cluster": {"entrance": {"exposed": {"tables": {"host": "tables.example.org"}}}}}
    with pytest.raises(ConfigurationError, match=r"exposed\.tables: tables runs once and serves nobody; drop it"):
        trial_project(groups=JOBS, machine=exposed)
