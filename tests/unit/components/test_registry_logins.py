"""Logins of private registries, on every target that takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.preview.program import run_deployment
from cli.view.compose_text import compose_text
from components.docker.listing import inventory
from components.kubernetes.files import manifest_header
from components.kubernetes.render import render
from components.listing import SecretText
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests import trial_cloud, trial_cluster

LOGINS = {
    "ghcr.io": {"username": "owner", "secret_name": "ghcr-token"},
    "docker.io": {"username": "me", "secret_name": "hub-token"},
}
SMALL = {"memory": {"request": "64MiB"}, "cpu": {"limit": 1}, "health": {"command": ["true"]}}
GROUPS: dict[str, Any] = {
    "own": {"containers": {"main": {"image": {"reference": "ghcr.io/owner/tool:1"}, **SMALL}}},
    "hub": {"containers": {"main": {"image": {"reference": "owner/tool:1"}, **SMALL}}},
    "open": {"containers": {"main": {"image": {"reference": "quay.io/owner/tool:1"}, **SMALL}}},
}


def _on_host(folder: Path, logins: Any = LOGINS) -> Path:
    trial_cluster.write_trial(folder, groups=GROUPS, on_host=list(GROUPS))
    file = folder / "Pulumi.host.yaml"
    text = file.read_text().replace(
        "  fleet:machine:\n", f"  fleet:machine:\n    registries: {logins}\n".replace("'", '"')
    )
    file.write_text(text)
    return folder


def test_the_docker_provider_gets_them_with_the_passwords_of_the_config(tmp_path: Path) -> None:
    project = load_project(_on_host(tmp_path))
    deployment = plan_stack(project.fleet, "host")
    (provider,) = [e for e in inventory(deployment).walk() if e.type == "pulumi:providers:docker"]
    shown = provider.properties["registry_auth"]
    assert [(each["address"], each["username"], each["password"]) for each in shown] == [
        ("docker.io", "me", "[secret]"),
        ("registry-1.docker.io", "me", "[secret]"),
        ("ghcr.io", "owner", "[secret]"),
    ]
    assert provider.linked["registry_auth"][2]["password"] == SecretText("ghcr-token")
    (registered,) = [r for r in run_deployment(project, deployment).resources if r.type == provider.type]
    assert "[secret]" in str(registered.inputs["registryAuth"])
    assert "docker login ghcr.io -u owner" in compose_text(deployment, "made")


def test_a_pod_pulls_with_the_secret_of_its_own_registries() -> None:
    deployment = trial_cluster.trial(groups=GROUPS, machine={"registries": LOGINS})
    pods = {m.group: m.object["spec"]["template"]["spec"] for m in render(deployment) if m.kind.endswith("Deployment")}
    assert {name: pods[name].get("imagePullSecrets") for name in GROUPS} == {
        "own": [{"name": "ghcr-token"}],
        "hub": [{"name": "hub-token"}],
        "open": None,
    }
    header = manifest_header(deployment, "made")
    assert (
        "kubectl -n fleet create secret generic ghcr-token --type=kubernetes.io/dockerconfigjson "
        "--from-file=.dockerconfigjson=FILE" in header
    )


@pytest.mark.parametrize(
    ("logins", "fault"),
    [
        (
            {"ghrc.io": {"username": "owner", "secret_name": "ghcr-token"}},
            "machine.registries.ghrc.io: no image of host is from ghrc.io; did you mean ghcr.io?",
        ),
        (
            {"https://ghcr.io": {"username": "owner", "secret_name": "ghcr-token"}},
            'machine.registries.https://ghcr.io: "https://ghcr.io" is not a registry\'s host; write it like ghcr.io',
        ),
        ({"ghcr.io": {"username": "owner"}}, "machine.registries.ghcr.io.secret_name: is missing; add it"),
        (
            {"ghcr.io": {"username": "owner", "secret_name": "ghcr-token", "password": "x"}},
            "machine.registries.ghcr.io.password: ",
        ),
        ({"ghcr.io": {"username": "a b", "secret_name": "ghcr-token"}}, "machine.registries.ghcr.io.username: "),
    ],
)
def test_a_login_that_cannot_be_used_is_refused(tmp_path: Path, logins: Any, fault: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_project(_on_host(tmp_path, logins))
    found = [f"{each.path}: {each.problem}; {each.remedy}" for each in caught.value.faults]
    assert [each for each in found if each.startswith(fault)], found


def test_cloud_run_refuses_them(tmp_path: Path) -> None:
    folder = trial_cloud.write_trial(tmp_path)
    file = folder / f"Pulumi.{trial_cloud.STACK}.yaml"
    login = "    registries: {ghcr.io: {username: owner, secret_name: ghcr-token}}\n"
    file.write_text(file.read_text().replace("  fleet:machine:\n", f"  fleet:machine:\n{login}"))
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    (found,) = caught.value.faults
    assert (found.path, found.problem) == ("machine.registries", "registries not supported on a cloudrun machine")
