"""Secrets in a stack's config: encrypted by Pulumi, and read by a container."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import HOST, write_trial

GATEWAY = {
    "image": {"reference": "a/gateway:1"},
    "memory": {"request": "64MiB"},
    "cpu": {"limit": 1},
    "health": {"command": ["true"]},
    "secrets": {"master-key": {"env": "MASTER_KEY"}, "file-key": {}},
}


def _project(folder: Path, **config: object) -> Path:
    write_trial(folder, groups={"gate": {"containers": {"main": GATEWAY}}}, on_host=["gate"])
    file = folder / f"Pulumi.{HOST['name']}.yaml"
    stack = yaml.safe_load(file.read_text())
    stack["config"] |= {key.replace("__", ":").replace("_", "-"): value for key, value in config.items()}
    file.write_text(yaml.safe_dump(stack))
    return folder


def test_an_encrypted_value_is_accepted_and_changes_no_plan(tmp_path: Path) -> None:
    before = plan_stack(load_project(_project(tmp_path)).fleet, "host")
    after = plan_stack(load_project(_project(tmp_path, secrets__master_key={"secure": "v1:x:y"})).fleet, "host")
    assert before == after


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        (
            {"secrets__master_key": "abc"},
            "secrets:master-key: is not encrypted; store another value with `pulumi config set --stack host --secret "
            "secrets:master-key`, and revoke this one",
        ),
        (
            {"secrets__master_keys": {"secure": "v1:x:y"}},
            "secrets:master-keys: no container of host reads master-keys as a variable, and no registry; "
            "did you mean master-key?",
        ),
        (
            {"secrets__file_key": {"secure": "v1:x:y"}},
            "secrets:file-key: no container of host reads file-key as a variable, and no registry; "
            "remove it with `pulumi config rm "
            "--stack host secrets:file-key`, or correct its name",
        ),
    ],
)
def test_any_other_is_refused(tmp_path: Path, config: dict[str, object], fault: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_project(_project(tmp_path, **config))
    found = [f"{each.path}: {each.problem}; {each.remedy}" for each in caught.value.faults]
    assert fault in found
    assert "abc" not in str(caught.value)


def test_a_variable_that_the_plan_sets_holds_no_secret(tmp_path: Path) -> None:
    secrets = {"a-key": {"env": "CUDA_VISIBLE_DEVICES"}, "b-key": {"file_env": "FLEET_PORT"}}
    write_trial(tmp_path, groups={"gate": {"containers": {"main": {**GATEWAY, "secrets": secrets}}}}, on_host=["gate"])
    with pytest.raises(ConfigurationError) as caught:
        load_project(tmp_path)
    assert [fault.path for fault in caught.value.faults] == [
        "containers.main.secrets.a-key.env",
        "containers.main.secrets.b-key.file_env",
    ]
