"""Secrets: a value where a name belongs is refused wherever it stands, and no message ever shows one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.source.redaction import shown
from fleet.source.secret_names import names_a_secret
from fleet.source.secrets import holds_secret_value
from tests.unit.builders import Change, chain, faults_of, place, swap, under, write_project

# Put together here, so that no scanner takes this file for a leak.
VALUES = {
    "anthropic": "sk-" + "ant-api03-" + "a1B2" * 8,
    "github": "ghp_" + "a1B2" * 9,
    "hugging face": "hf_" + "a1B2" * 8,
    "aws": "AKIA" + "ABCD1234" * 2,
    "google": "AIza" + "a1B2" * 9,
    "slack": "xoxb-" + "1234567890-abc",
    "web token": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0",
    "url": "https://owner:" + "hunter22" + "@registry.example/x",
    "pem": "-----BEGIN " + "RSA PRIVATE KEY-----",
}
SECRET = VALUES["anthropic"]
NAME_IT = "name it under `secrets` and store its value where the target keeps secrets"
HOLDS = "contains a secret value ({kind}); " + NAME_IT + "; then revoke this one"
KEY = HOLDS.format(kind="model provider's key")


@pytest.mark.parametrize("kind", VALUES)
def test_a_credential_is_known_by_its_shape_and_never_shown(kind: str) -> None:
    assert holds_secret_value(VALUES[kind])
    assert holds_secret_value(f"key={VALUES[kind]}")
    assert shown(VALUES[kind]) == "(a secret, not shown)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-short",
        "torch==2.3.*",
        "ssh://owner@192.168.1.10",
        "tcp://core-platform:8000",
        "hf_cache",
        "10.210.1.0/24",
    ],
)
def test_ordinary_text_is_no_secret(text: str) -> None:
    assert not holds_secret_value(text)
    assert shown(text) == f'"{text}"'


def test_a_long_value_is_shortened_where_it_is_shown() -> None:
    assert shown("x" * 100) == f'"{"x" * 55}..."'
    assert shown("x" * 58) == f'"{"x" * 58}"'


@pytest.mark.parametrize(
    "name", ["API_KEY", "OPENROUTER_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "password", "CLIENT_SECRET"]
)
def test_an_environment_variable_may_be_named_like_a_secret(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["DB_PASSWORD_FILE", "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD", "SECRETARY"])
def test_an_environment_variable_that_only_sounds_like_a_secret_is_none(name: str) -> None:
    assert not names_a_secret(name)


PLACES: dict[str, tuple[str, str, Change, str]] = {
    "a description": ("vision_gpu", "description:", swap("tion: Face", f"tion: {SECRET} Face"), "description"),
    "an argument": (
        "vision_gpu", "args:", swap("FaceRecognitionAgent: {}", f"FaceRecognitionAgent: {{args: [--key, {SECRET}]}}"),
        "containers.main.agents.FaceRecognitionAgent.args.1",
    ),
    "an env entry": (
        "vision_gpu", "env:", under("shared_memory", f"    env: {{MODEL: {SECRET}}}"), "containers.main.env.MODEL",
    ),
    "an allocator": ("pc2", "allocator:", swap("max_split_size_mb:128", SECRET), "machine.gpus.gpu0.allocator"),
    "a machine's title": ("pc2", "title:", swap("title: PC2", f"title: {SECRET}"), "machine.title"),
    "a connection": ("pc2", "connection:", swap("ssh://owner@", "ssh://owner:hunter22@"), "machine.connection"),
}  # fmt: skip


@pytest.mark.parametrize("where", PLACES)
def test_a_secret_value_is_refused_wherever_it_stands(tmp_path: Path, where: str) -> None:
    name, anchor, change, path = PLACES[where]
    kind = "password in a URL" if where == "a connection" else "model provider's key"
    project = write_project(tmp_path, **{name: change})
    assert faults_of(project) == [f"{place(project, name, anchor)}: {path}: {HOLDS.format(kind=kind)}"]


def test_a_value_under_a_secrets_name_is_refused_whatever_its_shape(tmp_path: Path) -> None:
    project = write_project(tmp_path, vision_gpu=under("shared_memory", "    env: {DB_PASSWORD: hunter22}"))
    assert faults_of(project) == [
        f"{place(project, 'vision_gpu', 'env:')}: containers.main.env.DB_PASSWORD: "
        f"is named like a secret and has a value; {NAME_IT}"
    ]


@pytest.mark.parametrize("value", ["/run/secrets/db", '""'])
def test_a_path_or_nothing_under_a_secrets_name_is_accepted(tmp_path: Path, value: str) -> None:
    change = under("shared_memory", f"    env: {{DB_PASSWORD: {value}, DB_PASSWORD_FILE: hunter22}}")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) == []


def test_a_value_among_the_names_of_secrets_is_refused_and_not_shown(tmp_path: Path) -> None:
    project = write_project(tmp_path, vision_gpu=under("shared_memory", f"    secrets: [{SECRET}]"))
    at = f"{place(project, 'vision_gpu', 'secrets:')}: containers.main.secrets.0"
    assert faults_of(project) == [f"{at}: {KEY}"]


def test_a_secret_in_a_file_refused_for_another_reason_is_found(tmp_path: Path) -> None:
    change = chain(swap("limit: 6GiB", "limit: lots"), swap("description: Face", f"description: {SECRET} Face"))
    project = write_project(tmp_path, vision_gpu=change)
    assert f"{place(project, 'vision_gpu', 'description:')}: description: {KEY}" in faults_of(project)


QUOTING: dict[str, tuple[str, Change]] = {
    "a key's value of the wrong kind": ("vision_gpu", swap("host_port: 8020", f"host_port: {SECRET}")),
    "a wrong enforcement": ("vision_gpu", swap("enforcement: mps", f"enforcement: {SECRET}")),
    "a wrong image": ("vision_gpu", swap("variant: cuda", f"variant: {SECRET}")),
    "a path": ("vision_gpu", swap("path: /models", f"path: {SECRET}")),
    "a requirement": ("vision_gpu", swap("        - facenet-pytorch", f"        - {VALUES['url']}")),
    "a list": ("vision_gpu", swap("peers: [core-platform, model-manager-gpu]", f"peers: {SECRET}")),
    "a mapping": ("vision_gpu", swap("gpu: {request: 1536MiB, limit: 6GiB, enforcement: mps}", f"gpu: {SECRET}")),
    "broken YAML": ("vision_gpu", lambda text: f"{text}\nkey: [{SECRET}, {{\n"),
    "a subnet": ("pc2", swap("10.210.2.0/24", SECRET)),
    "an unknown group": ("pc2", swap("- infra-core-cpu", f"- {SECRET}")),
}  # fmt: skip


@pytest.mark.parametrize("where", QUOTING)
def test_no_message_quotes_a_secret(tmp_path: Path, where: str) -> None:
    name, change = QUOTING[where]
    reported = "\n".join(faults_of(write_project(tmp_path, **{name: change})))
    assert reported
    assert SECRET not in reported
    assert "hunter22" not in reported


LEAKING: dict[str, tuple[str, Change]] = {
    "a size": ("vision_gpu", swap("limit: 6GiB", f"limit: {SECRET}")),
    "an amount of CPU": ("vision_gpu", swap("limit: 4}", f"limit: {SECRET}}}")),
    "a duration": ("vision_gpu", under("shared_memory", f"    stop_grace: {SECRET}")),
    "a user": ("vision_gpu", under("shared_memory", f"    hardening: {{run_as: {SECRET}}}")),
    "a host of two": ("pc2", swap("ssh://owner@192.168.1.20", "ssh://owner:hunter22@192.168.1.10")),
    "a peer": ("vision_gpu", swap("peers: [core-platform, ", f"peers: [sk-{'a1b2' * 8}, ")),
    "a start": ("vision_gpu", swap("start_after: [", f"start_after: [sk-{'a1b2' * 5}, ")),
    "an unknown key": ("vision_gpu", under("shared_memory", f"    {SECRET}: 1")),
    "a number under a secret's name": ("vision_gpu", under("shared_memory", "    env: {DB_PASSWORD: 74301122}")),
}  # fmt: skip


@pytest.mark.parametrize("where", LEAKING)
def test_no_message_quotes_a_secret_of_any_kind(tmp_path: Path, where: str) -> None:
    name, change = LEAKING[where]
    reported = "\n".join(faults_of(write_project(tmp_path, **{name: change})))
    assert reported
    for secret in (SECRET, "hunter22", "a1b2a1b2", "74301122"):
        assert secret not in reported


def test_secrets_in_plain_text_are_refused_each_at_its_own_entry(tmp_path: Path) -> None:
    held = {
        "A": "github" + "_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
        "B": "redis://:hunter2@db:6379",
        "C": "https://tok3n" + "abcdefg@github.com/x.git",
        "D": "glpat" + "-abcdefghij1234567890",
        "DB_PASS": "hunter2",
        "PASSWORD2": "hunter2hunter2",
        "SecretKey": "hunter2",
    }
    entries = ", ".join(f'{name}: "{value}"' for name, value in held.items())
    found = faults_of(write_project(tmp_path, vision_gpu=under("shared_memory", f"    env: {{{entries}}}")))
    assert [fault.partition("env.")[2].partition(":")[0] for fault in found] == list(held)
    assert not [value for value in held.values() if value in "\n".join(found)]


def test_switches_and_stand_ins_under_a_secret_s_name_are_accepted(tmp_path: Path) -> None:
    entries = (
        'AUTHENTICATION_APIKEY_ENABLED: "true", ACCESS_TOKEN_EXPIRE_MINUTES: "60", PASSWORD_AUTH: "0", '
        "OPENAI_API_KEY: none, OTHER_API_KEY: EMPTY"
    )
    change = under("shared_memory", f"    env: {{{entries}}}")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) == []


def test_a_command_s_option_and_another_provider_s_setting_are_searched(tmp_path: Path) -> None:
    health = under("shared_memory", "    health: {command: [redis-cli, -a, hunter2, ping]}")
    setting = swap("config:\n", "config:\n  docker:registryAuth: [{address: ghcr.io, password: hunter2}]\n")
    project = write_project(tmp_path, vision_gpu=health, pc2=setting)
    found = "\n".join(faults_of(project))
    assert "containers.main.health.command.2: contains a secret value (password); " + NAME_IT in found
    assert (
        "docker:registryAuth.0.password: is named like a secret and has a value; store it with `pulumi config" in found
    )
    assert "hunter2" not in found
