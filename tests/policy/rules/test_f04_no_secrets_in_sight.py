"""F04 no-secrets-in-sight. Every credential below is made up."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import container, foreign_container, image, judged, verdicts, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, kubernetes, pod_container, template, workload

F04 = rule("F04")

SHAPES = [
    pytest.param("sk-" + "abcd1234" * 3, id="a model provider's key"),
    pytest.param("ghp_" + "A1b2C3d4E5" * 3, id="a code host's token"),
    pytest.param("hf_" + "A1b2C3d4E5" * 3, id="a model hub's token"),
    pytest.param("AKIA" + "ABCDEFGH12345678", id="a cloud's access key"),
    pytest.param("-----BEGIN RSA PRIVATE KEY-----\nMIIE", id="a private key"),
    pytest.param("postgres://agent:hunter2@db:5432/x", id="a password in a URL"),
]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("LOG_LEVEL=debug", id="a plain setting"),
        pytest.param("OPENAI_API_KEY=", id="a credential's name without a value"),
        pytest.param("OPENAI_API_KEY_FILE=/run/secrets/openai", id="a path by name"),
        pytest.param("DB_PASSWORD=/run/secrets/db-password", id="a path by value"),
        pytest.param("MAX_TOKENS=4096", id="a number of tokens"),
        pytest.param("TOKEN_LIMIT=4096", id="a limit of tokens"),
        pytest.param("TOKENIZERS_PARALLELISM=false", id="a word that begins like token"),
        pytest.param("SSH_PUBLIC_KEY=ssh-ed25519 AAAA", id="a public key"),
        pytest.param("MONKEY=banana", id="a word that ends like key"),
        pytest.param("USE_TOKEN=true", id="a switch"),
    ],
)
def test_it_holds_with_env(entry: str) -> None:
    assert judged(F04, container(envs=[entry])) == {}


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "HF_TOKEN",
        "DB_PASSWORD",
        "CLIENT_SECRET",
        "AWS_CREDENTIALS",
        "OPENAI_KEY",
        "PGPASSWORD",
        "DB_PWD",
    ],
)
def test_it_fails_with_a_value_under_the_name(name: str) -> None:
    message = violation(F04, container(envs=[f"{name}=correct horse battery"]))
    assert f"env {name} is named like a credential" in message
    assert "containers.main.secrets" in message
    assert "horse" not in message


def test_a_figure_is_no_excuse_for_a_password() -> None:
    assert "env DB_PASSWORD" in violation(F04, container(envs=["DB_PASSWORD=123456"]))


@pytest.mark.parametrize("secret", SHAPES)
def test_it_fails_with_its_shape_in_env_and_never_shows_it(secret: str) -> None:
    message = violation(F04, container(envs=[f"SETTING={secret}"]))
    assert "env SETTING holds a credential" in message
    assert secret not in message
    assert secret[-8:] not in message


@pytest.mark.parametrize("secret", SHAPES)
def test_it_fails_with_its_shape_in_a_label(secret: str) -> None:
    message = violation(F04, container(tags={"note": f"see {secret}"}))
    assert "label note holds a credential" in message
    assert secret not in message


@pytest.mark.parametrize("place", ["command", "entrypoints"])
@pytest.mark.parametrize("secret", SHAPES)
def test_it_fails_with_its_shape_in_the_arguments(secret: str, place: str) -> None:
    properties: dict[str, Any] = {place: ["serve", f"--key={secret}"]}
    message = violation(F04, container(**properties))
    assert "args holds a credential as word 2" in message
    assert secret not in message


def test_a_credential_in_the_place_of_a_name_is_not_shown_either() -> None:
    secret = "ghp_" + "A1b2C3d4E5" * 3
    message = violation(F04, container(envs=[secret]))
    assert "env an entry holds a credential" in message
    assert secret not in message


def test_the_fix_of_a_container_of_no_group_is_a_file() -> None:
    assert "mount it as a file" in violation(F04, foreign_container(envs=["API_KEY=abc"]))


def test_names_may_be_ignored() -> None:
    assert judged(F04, container(envs=["SORT_KEY=created"]), ignored=["SORT_KEY"]) == {}


@pytest.mark.parametrize("hidden", [pytest.param(UNKNOWN, id="unknown"), pytest.param("[secret]", id="hidden")])
def test_an_environment_that_cannot_be_seen_is_said_to_be_unjudged(hidden: object) -> None:
    found = verdicts(F04, container(envs=hidden))
    assert [(verdict.kind, verdict.field) for verdict in found] == [(Kind.UNKNOWN, "env")]


def test_the_known_entries_are_judged_though_another_is_unknown() -> None:
    found = verdicts(F04, container(envs=[UNKNOWN, "API_KEY=abc"]))
    assert [verdict.kind for verdict in found] == [Kind.VIOLATION, Kind.UNKNOWN]


def test_on_a_cluster_it_holds_without_any() -> None:
    data = {"LOG_LEVEL": "debug", "config.yaml": "key: value\ntoken_limit: 7\n", "API_KEY_FILE": "/run/secrets/key"}
    assert judged(F04, workload(), kubernetes("core/v1:ConfigMap", "settings", data=data)) == {}


@pytest.mark.parametrize("text", SHAPES)
def test_on_a_cluster_it_fails_with_a_credential_in(text: str) -> None:
    inner = template()
    inner["metadata"]["annotations"]["note"] = text
    places = [
        workload("bad", env=[{"name": "NOTE", "value": text}]),
        workload("bad", pod={"initContainers": [pod_container("prepare", args=["--key", text])]}),
        workload("bad", spec={"template": inner}),
        kubernetes("apps/v1:Deployment", "bad", annotations={"note": text}, spec={"template": template()}),
        kubernetes("core/v1:ConfigMap", "bad", data={"note": text}),
        kubernetes("core/v1:ConfigMap", "bad", labels={"note": text}),
    ]
    for bad in places:
        message = blamed(F04, bad)
        assert "credential" in message
        assert text not in message


def test_a_config_map_s_entry_named_like_a_credential_fails() -> None:
    message = blamed(F04, kubernetes("core/v1:ConfigMap", "bad", data={"DB_PASSWORD": "correct horse"}))
    assert "data DB_PASSWORD is named like a credential" in message
    assert "correct horse" not in message


def test_a_variable_from_a_secret_is_f05_s_matter() -> None:
    reference = {"secretKeyRef": {"name": "x", "key": "y"}}
    assert judged(F04, workload(env=[{"name": "API_KEY", "valueFrom": reference}])) == {}


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"envs": [{"name": "DB_PASSWORD", "value": "correct horse"}]})
    assert judged(F04, run_service()) == {}
    assert "env DB_PASSWORD is named like a credential" in blamed_on_run(F04, bad)


def test_a_health_check_a_hook_and_their_headers_are_searched() -> None:
    token = "ghp_" + "A1b2C3d4E5" * 4
    header = [{"name": "Authorization", "value": f"Bearer {token}"}]
    commands = {"preStop": {"exec": {"command": ["curl", "-u", "agent:hunter2", "http://x"]}}}
    for bad, part in (
        (violation(F04, container(healthcheck={"tests": ["CMD", "redis-cli", "-a", "hunter2", "ping"]})), "as word 4"),
        (
            violation(F04, container(healthcheck={"tests": ["CMD-SHELL", f"curl -H 'X-Key: {token}' x"]})),
            "GitHub token",
        ),
        (blamed(F04, workload("bad", livenessProbe={"httpGet": {"path": "/", "httpHeaders": header}})), "header"),
        (blamed(F04, workload("bad", livenessProbe={"httpGet": {"path": "/?token=hunter2"}})), "a check"),
        (blamed(F04, workload("bad", lifecycle=commands)), "as word 3"),
    ):
        assert part in bad
        assert token not in bad
        assert "hunter2" not in bad


def test_a_build_s_arguments_are_searched() -> None:
    for type_, properties in (
        ("docker:index/image:Image", {"imageName": "x", "build": {"args": {"NPM_TOKEN": "hunter2", "BASE": "debian"}}}),
        ("docker-build:index:Image", {"tags": ["x"], "buildArgs": {"NPM_TOKEN": "hunter2"}}),
    ):
        message = violation(F04, image("bad", type_, **properties))
        assert "build argument NPM_TOKEN is named like a credential" in message
        assert "build secret" in message
        assert "hunter2" not in message


def test_options_and_connection_strings_are_searched() -> None:
    for command in (["serve", "--api-key", "hunter2"], ["serve", "Server=db;Password=hunter2;"], ["--token=hunter2"]):
        message = violation(F04, container(command=command))
        assert "args holds a credential" in message
        assert "hunter2" not in message
