"""Judgement of agents: a port that one listens on itself is its container's, and its alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import (
    assert_accepted,
    assert_refused,
    faults_of,
    small_group,
    small_stack,
    with_pi,
    write_project,
)

OWL = """
ports: {{main: {{}}, song: {{port: 9000}}, nest: {{port: 9001, container: chick}}}}
containers:
  main:
    build: {{}}
    agents: {{Beak: {{ports: [{beak}]}}, Wing: {{ports: [{wing}]}}}}
    memory: {{request: 64MiB}}
    cpu: {{request: 100m, limit: 1}}
  chick:
    build: {{}}
    agents: {{Fluff: {{ports: [{fluff}]}}}}
    memory: {{request: 64MiB}}
    cpu: {{request: 100m, limit: 1}}
"""
AGENTS = "containers.main.agents"


def _owl(beak: str = "", wing: str = "", fluff: str = "") -> dict[str, str]:
    return {"owl": OWL.format(beak=beak, wing=wing, fluff=fluff), "stack_wood": small_stack("wood", "owl")}


def test_agents_of_a_container_share_its_ports_between_them(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **_owl(beak="main", wing="song", fluff="nest"))


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        (
            {"beak": "sing"},
            f'{AGENTS}.Beak.ports.0: unknown port "sing"; use main or song, or add ports.sing with container: main',
        ),
        (
            {"beak": "song, nest"},
            f"{AGENTS}.Beak.ports.1: nest belongs to container chick; "
            "use main or song, or set ports.nest.container to main",
        ),
        (
            {"beak": "song", "wing": "main, song"},
            f"{AGENTS}.Wing.ports.1: song is already claimed by Beak; keep one of the two claims",
        ),
        (
            {"beak": "song, song"},
            f"{AGENTS}.Beak.ports.1: lists song twice; keep one",
        ),
    ],
    ids=["unknown", "of another container", "claimed by two", "claimed twice"],
)
def test_a_port_that_is_not_the_agents_to_take_is_refused(tmp_path: Path, claims: dict[str, str], message: str) -> None:
    assert_refused(tmp_path, "owl", "agents: {Beak", message, **_owl(**claims))


def test_a_container_without_ports_has_none_to_claim(tmp_path: Path) -> None:
    text = _owl(fluff="den")["owl"].replace(", nest: {port: 9001, container: chick}", "")
    message = 'containers.chick.agents.Fluff.ports.0: unknown port "den"; add ports.den with container: chick'
    assert_refused(tmp_path, "owl", "Fluff", message, owl=text, stack_wood=small_stack("wood", "owl"))


@pytest.mark.parametrize(
    ("agents", "like"),
    [
        ("{Owl: {}, OWL: {}}", "python3 -m assistant.small.owl, like Owl"),
        (
            "{FaceRecognition: {}, FACERecognition: {}}",
            "python3 -m assistant.small.face_recognition, like FaceRecognition",
        ),
        ("{Owl: {}, Bird: {module: assistant.small.owl}}", "python3 -m assistant.small.owl, like Owl"),
        ("{Owl: {script: /app/a.py}, Bird: {script: /app/a.py}}", "python3 /app/a.py, like Owl"),
        ("{Owl: {program: /bin/a, args: [x]}, Bird: {program: /bin/a, args: [x]}}", "/bin/a x, like Owl"),
    ],
)
def test_two_agents_are_not_started_by_one_command(tmp_path: Path, agents: str, like: str) -> None:
    (fault,) = faults_of(write_project(tmp_path, **with_pi(small_group(main=f"agents: {agents}"))))
    assert f"is started as {like}; rename one, or set its module or args" in fault


def test_one_program_with_two_sets_of_arguments_is_two_agents(tmp_path: Path) -> None:
    agents = "agents: {Owl: {module: a.b, args: [one]}, Bird: {module: a.b, args: [two]}}"
    assert_accepted(tmp_path, **with_pi(small_group(main=agents)))


def test_one_module_may_run_in_two_containers_if_both_name_it(tmp_path: Path) -> None:
    assert_accepted(
        tmp_path, **with_pi(small_group(main="agents: {Owl: {module: a.b}}") + _side("Bird: {module: a.b}"))
    )
    (fault,) = faults_of(write_project(tmp_path, **with_pi(small_group(main="agents: {Owl: {}}") + _side("OWL: {}"))))
    assert "containers.side.agents.OWL: is started as python3 -m assistant.small.owl, like Owl" in fault


def _side(agent: str) -> str:
    return f"  side:\n    build: {{}}\n    agents: {{{agent}}}\n    memory: {{request: 64MiB}}\n    cpu: {{limit: 1}}\n"


def test_an_agent_host_without_anything_to_run_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main: has neither agents nor a command, so that nothing would run; "
        "add agents, or set image for a ready image"
    )
    for main in ("agents: {}", "agents: {}\ncommand: []"):
        assert_refused(tmp_path, "small", "main:", message, **with_pi(small_group(main=main)))
    assert_accepted(tmp_path, **with_pi(small_group(main="agents: {}\ncommand: [/bin/own]")))
    assert_accepted(tmp_path, **with_pi(small_group(main="agents: {Small: {}}")))


def test_a_system_hides_no_module(tmp_path: Path) -> None:
    """The agents' code is searched first: `import json` would find the system."""
    text = small_group(main="agents: {Owl: {}}").replace("build: {}", "build: {requirements: [my-pkg], unresolved: %s}")
    text %= "built by its owner"
    for number, (system, what) in enumerate(
        (
            ("json", "a module of Python"),
            ("os", "a module of Python"),
            ("importlib", "a module of Python"),
            ("agent-host", "the agent host's package"),
            ("my-pkg", "a package that it requires"),
        )
    ):
        project = write_project(tmp_path / str(number), stack_wood=small_stack("wood", "owl"))
        file = project / "groups" / system / "owl.yaml"
        file.parent.mkdir()
        file.write_text(text)
        (fault,) = faults_of(project)
        assert f"its folder's name {system} is also {what}" in fault
        file.write_text(text.replace("Owl: {}", "Owl: {module: wood.owl}"))
        assert faults_of(project) == [], system
    file.write_text("")
    file.unlink()
    file = project / "groups" / "jsons" / "owl.yaml"
    file.parent.mkdir()
    file.write_text(text)
    assert faults_of(project) == []
