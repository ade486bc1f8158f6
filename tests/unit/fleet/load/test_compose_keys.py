"""Keys and values of Compose in a group's file are answered with ours, the value translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fleet.load.compose_keys import _SERVICE, unknown_key_remedy, value_remedy
from fleet.load.fields import is_valid, known_keys
from fleet.model import ContainerGroup
from tests.unit.builders import faults_of, small_group, with_pi, write_project

MAIN = ("containers", "main")
AT_THE_TOP = ("hosts", "ports", "scaling", "start_after", "peers", "volumes")
KEYS: dict[str, list[tuple[Any, str]]] = {
    "user": [
        ("1000:1001", 'write hardening: {run_as: "1000:1001"}, with reason'),
        (0, 'run_as: "0:0"'),
        ("root", 'run_as: "0:0"'),
        ("node", "with numbers, or hardening.as_image to keep the image's user"),
    ],
    "shm_size": [("2gb", "write shared_memory: 2GiB"), ("64m", "write shared_memory: 64MiB"), (536870912, "512MiB")],
    "mem_limit": [("1.5g", "write memory: {request: <size>, limit: 1536MiB}")],
    "mem_reservation": [("512M", "write memory: {request: 512MiB}")],
    "cpus": [("0.50", "write cpu: {limit: 500m}"), (2.0, "write cpu: {limit: 2}"), ("x", "limit: <cpus>")],
    "cpu_shares": [(512, "write cpu: {request: 500m, limit: <cpus>}")],
    "environment": [({"A": "b"}, "write env"), (["A=b"], "write env, as `NAME: value` lines")],
    "ports": [
        (["3000:80"], "write ports: {main: {port: 80, host_port: 3000, publish: lan}} at the top"),
        (
            ["127.0.0.1:8080:80/tcp", "53:53/udp"],
            "publish: localhost}, port-53: {port: 53, host_port: 53, publish: lan, ",
        ),
        (["0.0.0.0:80:80"], "publish: lan"),
        ([{"target": 80, "published": "8080", "host_ip": "10.0.0.1"}], "host_port: 8080, publish: 10.0.0.1"),
        ([8000], "write ports: {main: {port: 8000}}"),
        ("nonsense", "{main: {port: <number>}}"),
    ],
    "expose": [(["9000"], "write ports: {main: {port: 9000}} at the top")],
    "volumes": [
        (
            ["models:/root/.cache:ro"],
            "write mounts: {models: {path: /root/.cache, read_only: true}} here, and volumes: ",
        ),
        (["./data:/data"], "mounts: {data: {path: /data}} here, and volumes: {data: {kind: data}} at the top; for the"),
        (["/srv/x:/x"], "machine.binds: {srv-x: /srv/x} in the stack's file"),
        ([{"type": "volume", "source": "db", "target": "/db"}], "mounts: {db: {path: /db}}"),
    ],
    "tmpfs": [("/run", "write hardening: {tmpfs: {/run: 64MiB}}"), (["/a:size=1g,mode=1777"], "tmpfs: {/a: 1GiB}")],
    "cap_add": [(["NET_ADMIN", "CAP_CHOWN"], "write hardening: {capabilities: [CAP_NET_ADMIN, CAP_CHOWN]}, with")],
    "cap_drop": [(["ALL"], "drop it: all capabilities are dropped")],
    "read_only": [(True, "drop it"), (False, "write hardening: {read_only_root: false}, with")],
    "security_opt": [(["no-new-privileges:true"], "drop it"), (["seccomp:unconfined"], "{seccomp: unconfined}, with")],
    "healthcheck": [
        (
            {"test": ["CMD", "curl", "-f", "http://localhost"], "interval": "30s", "retries": 3},
            'write health: {command: [curl, "-f", "http://localhost"], interval: 30s, retries: 3}',
        ),
        ({"test": ["CMD-SHELL", "pg_isready -U x"]}, 'write health: {command: [sh, "-c", "pg_isready -U x"]}'),
        ({"test": "exit 0"}, 'write health: {command: [sh, "-c", "exit 0"]}'),
        ({"disable": True}, "every container has a health check"),
    ],
    "depends_on": [(["db"], "write start_after: [db] at the top"), ({"db": {"condition": "x"}}, "start_after: [db]")],
    "links": [(["db:database"], "write peers: [db] at the top")],
    "deploy": [
        (
            {"resources": {"limits": {"cpus": "2", "memory": "4G"}, "reservations": {"memory": "1g"}}},
            "write memory: {request: 1GiB, limit: 4GiB}, cpu: {limit: 2}",
        ),
        (
            {"resources": {"reservations": {"devices": [{"driver": "nvidia"}]}}, "replicas": 3},
            "write gpu: {request: <size>, limit: <size>, enforcement: framework}; write scaling: {min: 3, max: 3} at",
        ),
    ],
    "ulimits": [
        ({"nofile": {"hard": 65536}}, "{open_files: 65536}"),
        ({"nproc": 5}, "machine.process_limit"),
    ],
    "stop_grace_period": [("1m30s", "write stop_grace: 1m30s")],
    "platform": [("linux/arm64/v8", "platforms: [arm64]")],
    "gpus": [("all", "write gpu: {request: <size>, limit: <size>, enforcement: framework}")],
    "runtime": [("nvidia", "write gpu:")],
    "scale": [(2, "write scaling: {min: 2, max: 2} at the top")],
    "container_name": [("db", "drop it: a container is named after its group")],
    "network_mode": [
        ("bridge", "drop it: a group has its own network namespace"),
        ("host", "write hardening: {host_network: true}, with reason and until under hardening.exceptions"),
    ],
    "extra_hosts": [
        (["host.docker.internal:host-gateway"], "write hosts: {host.docker.internal: host-gateway} at the top"),
        ({"nas.lan": "10.0.0.7"}, "write hosts: {nas.lan: 10.0.0.7} at the top"),
        (["nas.lan=10.0.0.7"], "write hosts: {nas.lan: 10.0.0.7} at the top"),
    ],
    "dns": [("10.0.0.2", "write machine.dns: [10.0.0.2] in the stack's file")],
    "configs": [(["app"], "write files: {<path in the container>: <file of the project>} in the container")],
}
VALUES = [
    (("ports",), ["3000:3000"], "write ports: {main: {port: 3000, host_port: 3000, publish: lan}}"),
    ((*MAIN, "restart"), "unless-stopped", "write restart: always;"),
    ((*MAIN, "restart"), False, 'write restart: "no", in quotes'),
    ((*MAIN, "restart"), "on-failure:3", "write restart: on-failure and restarts_max: 3"),
    ((*MAIN, "command"), "serve --all", 'write command: [sh, "-c", "serve --all"]'),
    ((*MAIN, "labels"), ["a=b"], "write labels as `name: value` lines"),
    ((*MAIN, "image"), "nginx:1", 'write image: {reference: "docker.io/library/nginx:1"}'),
    ((*MAIN, "image"), "ghcr.io/a/b:1", 'write image: {reference: "ghcr.io/a/b:1"}'),
]


def test_each_key_of_compose_is_answered_with_the_value_translated() -> None:
    wrong = [
        (key, value, found)
        for key, cases in KEYS.items()
        for value, expected in cases
        if expected not in (found := unknown_key_remedy((*MAIN, key), value))
    ]
    assert wrong == []


def test_each_value_of_compose_is_answered() -> None:
    assert [(p, v, found) for p, v, text in VALUES if not (found := value_remedy(p, v)).startswith(text)] == []


def test_what_is_proposed_is_valid() -> None:
    """Every `key: {...}` of an answer without a gap is valid where the answer puts it."""
    wrong, seen = [], 0
    for key, cases in KEYS.items():
        for value, _ in cases:
            text = unknown_key_remedy((*MAIN, key), value)
            for name, part in _proposals(text):
                path = (
                    (name,)
                    if name in ("hosts", "ports", "scaling", "start_after", "peers", "volumes")
                    else (*MAIN, name)
                )
                if "<" in part or "..." in part:
                    continue
                seen += 1
                if not is_valid(ContainerGroup, path, yaml.safe_load(part)):
                    wrong.append((key, name, part))
    assert wrong == []
    assert seen > 15


def _proposals(text: str) -> Iterator[tuple[str, str]]:
    """Each `key: {...}` or `key: [...]` of an answer."""
    for found in re.finditer(r"(?<![a-z_.])([a-z_]+): (?=[{\[])", text):
        if text[: found.start()].count("{") == text[: found.start()].count("}"):
            rest, depth = text[found.end() :], 0
            for index, letter in enumerate(rest):
                depth += (letter in "{[") - (letter in "}]")
                if depth == 0:
                    yield found[1], rest[: index + 1]
                    break


def test_no_answer_is_for_a_key_that_a_container_has() -> None:
    assert sorted(_SERVICE.keys() & set(known_keys(ContainerGroup, MAIN))) == []


def test_any_value_is_answered_without_an_error() -> None:
    long = "9" * 5000
    hostile = [
        *(None, True, 7, -1.5, float("nan"), float("inf"), "", "\n", "x" * 9000, long),
        *([], [[]], [None, {}], [long], [{"target": []}], ["\n:size=1"]),
        *({}, {"a": []}, {"resources": 7}, {"resources": {"limits": [1]}}, {"test": None}, {"nofile": []}),
        *({"replicas": {}}, {7: 8}, {"interval": ["\n"]}),
    ]
    for key in _SERVICE:
        for value in hostile:
            text = unknown_key_remedy((*MAIN, key), value)
            assert "\n" not in text, (key, value)
            assert len(text) < 1500, (key, value)
            assert unknown_key_remedy((key,), value).startswith(
                ("in containers.main: ", "write", "drop", "name", "build")
            )


def test_a_secret_in_a_value_is_not_repeated() -> None:
    token = "ghp_" + "a1B2" * 9
    assert token not in unknown_key_remedy((*MAIN, "healthcheck"), {"test": ["CMD", "curl", token]})
    assert token not in value_remedy((*MAIN, "command"), f"serve {token}")


def test_a_file_of_compose_gets_all_answers_at_once(tmp_path: Any) -> None:
    text = small_group(
        image="image: nginx:1",
        top="ports: ['3000:80']\nservices: {}",
        main="user: '1000'\nrestart: unless-stopped\nshm_size: 2g\nenvironment: [A=b]",
    )
    found = "\n".join(faults_of(write_project(tmp_path, **with_pi(text))))
    for said in (
        "ports: is in the form of Compose; write ports: {main: {port: 80, host_port: 3000, publish: lan}}",
        "services: unknown key; write one file a group",
        'containers.main.image: is in the form of Compose; write image: {reference: "docker.io/library/nginx:1"}',
        'containers.main.user: unknown key; write hardening: {run_as: "1000:1000"}',
        "containers.main.restart: is in the form of Compose; write restart: always",
        "containers.main.shm_size: unknown key; write shared_memory: 2GiB",
        "containers.main.environment: unknown key; write env, as",
    ):
        assert said in found, found


@pytest.mark.parametrize("path", [("containers", "main", "agents", "A", "user"), ("x",), (*MAIN, "usr")])
def test_any_other_unknown_key_is_not_one_of_compose(path: tuple[str, ...]) -> None:
    assert unknown_key_remedy(path, 1) == ""
