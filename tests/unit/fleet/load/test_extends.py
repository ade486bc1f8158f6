"""`extends`: a group file laid over another, and faults that stand where the value was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.model import ContainerGroup
from tests.unit.builders import (
    faults_of,
    load_project,
    place,
    small_group,
    small_stack,
    write_project,
)
from tests.unit.fleet.schema.test_build import faults_by_the_schema

BASE = """\
description: What all ears share.
peers: [core-platform, memory-stack]
ports:
  main: {port: 8000, publish: lan, host_port: 8201}
  extra: {port: 8002, publish: lan, host_port: 8202}
containers:
  main:
    build: {requirements: [numpy]}
    agents: {Ear: {essential: false}, Drum: {}}
    memory: {request: 1GiB, limit: 2GiB}
    cpu: {request: 500m, limit: 2}
    env: {MODE: plain, LEVEL: "1"}
"""


def _project(folder: Path, base: str = BASE, *, groups: tuple[str, ...] = ("ears", "owl"), **others: str) -> Path:
    named = {"ears": base, **others}
    stack = small_stack("wood", *groups, lan_address="192.168.1.77")
    return write_project(folder, stack_wood=stack, **named)


def _owl(folder: Path, text: str) -> ContainerGroup:
    project = _project(folder, groups=("owl",), owl=f"extends: ears\nports: {{extra: null, main: null}}\n{text}")
    # The base alone has no place: it is there for the other.
    (project / "Pulumi.other.yaml").write_text(
        small_stack(
            "other", "ears", network="{name: other_internal, subnet: 10.210.78.0/24}", lan_address="192.168.1.78"
        )
    )
    return load_project(project).fleet.groups["owl"]


def test_a_group_has_what_its_base_has_and_its_own_name_and_place(tmp_path: Path) -> None:
    owl = _owl(tmp_path, "")
    assert (owl.name, owl.system, owl.extends) == ("owl", "assistant", "ears")
    assert owl.description == "What all ears share."
    assert owl.agents == ("Ear", "Drum")


def test_maps_are_merged_key_by_key_and_lists_and_values_are_replaced(tmp_path: Path) -> None:
    owl = _owl(
        tmp_path,
        "description: Hears at night.\npeers: [memory-stack]\n"
        'containers: {main: {env: {LEVEL: "9"}, memory: {limit: 3GiB}, build: {requirements: [scipy]}}}\n',
    )
    main = owl.containers["main"]
    assert (owl.description, owl.peers) == ("Hears at night.", ("memory-stack",))
    assert main.env == {"MODE": "plain", "LEVEL": "9"}
    assert (main.memory.request_mib, main.memory.limit_mib) == (1024, 3072)
    assert main.build is not None
    assert main.build.requirements == ("scipy",)


def test_null_drops_a_key(tmp_path: Path) -> None:
    owl = _owl(tmp_path, "containers: {main: {agents: {Ear: null}, env: null}}\n")
    assert owl.agents == ("Drum",)
    assert owl.containers["main"].env == {}


def test_a_new_agent_comes_after_those_of_the_base(tmp_path: Path) -> None:
    owl = _owl(tmp_path, "containers: {main: {agents: {Beak: {}, Drum: {essential: false}}}}\n")
    assert owl.agents == ("Ear", "Drum", "Beak")


def test_a_chain_is_followed_to_its_end(tmp_path: Path) -> None:
    stack = small_stack("wood", "ears", "owl", "owlet", lan_address="192.168.1.77")
    project = write_project(
        tmp_path,
        stack_wood=stack,
        ears=small_group(main='agents: {Ear: {}}\nenv: {A: "1", B: "1", C: "1"}'),
        owl='extends: ears\ncontainers: {main: {agents: {Ear: null, Owl: {}}, env: {B: "2", C: "2"}}}\n',
        owlet='extends: owl\ncontainers: {main: {agents: {Owl: null, Owlet: {}}, env: {C: "3"}}}\n',
    )
    owlet = load_project(project).fleet.groups["owlet"]
    assert owlet.containers["main"].env == {"A": "1", "B": "2", "C": "3"}
    assert owlet.agents == ("Owlet",)


def test_a_base_in_another_system_is_found(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(main="agents: {Ear: {}}"), groups=("ears", "moth"))
    (project / "groups/crank").mkdir()
    (project / "groups/crank/moth.yaml").write_text(
        "extends: ears\ncontainers: {main: {command: [x], agents: {Ear: null}}}\n"
    )
    moth = load_project(project).fleet.groups["moth"]
    assert (moth.system, moth.agents) == ("crank", ())


def test_an_unknown_base_gets_a_suggestion(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(), owl="extends: eers\n")
    assert faults_of(project) == [
        f"{place(project, 'owl', 'extends')}: extends: unknown group eers; did you mean ears?"
    ]


def test_what_extends_a_group_at_fault_is_not_reported_twice(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(), owl="extends: eers\n", owlet="extends: owl\n")
    assert len(faults_of(project)) == 1


def test_groups_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    project = _project(tmp_path, "extends: owl\n", owl="extends: ears\n")
    message = "extends: extends itself (ears -> owl -> ears); remove one of these"
    assert faults_of(project) == [f"{place(project, 'ears', 'extends')}: {message}"]


def test_a_group_that_extends_itself_is_refused(tmp_path: Path) -> None:
    project = _project(tmp_path, "extends: ears\n", groups=("ears",))
    message = "extends: extends itself (ears -> ears); remove one of these"
    assert faults_of(project) == [f"{place(project, 'ears', 'extends')}: {message}"]


def test_null_for_a_key_the_base_lacks_gets_a_suggestion(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(top="peers: [core-platform]"), owl="extends: ears\npears: null\n")
    message = "pears: null removes a key that ears does not have; did you mean peers?"
    assert f"{place(project, 'owl', 'pears')}: {message}" in faults_of(project)


def test_a_wrong_value_of_the_base_is_reported_once_and_at_its_line(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(main="stop_grace: soon"), owl="extends: ears\n")
    message = 'containers.main.stop_grace: "soon" is not a duration; write it like 30s or 5m'
    assert faults_of(project) == [f"{place(project, 'ears', 'soon')}: {message}"]


def test_a_wrong_value_laid_over_the_base_is_reported_at_its_line(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(), owl="extends: ears\ncontainers:\n  main:\n    stop_grace: soon\n")
    message = 'containers.main.stop_grace: "soon" is not a duration; write it like 30s or 5m'
    assert faults_of(project) == [f"{place(project, 'owl', 'soon')}: {message}"]


def test_a_misspelt_key_of_the_base_is_reported_once_and_at_its_line(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(main="agnts: {}"), owl="extends: ears\n")
    message = "containers.main.agnts: unknown key; did you mean agents?"
    assert faults_of(project) == [f"{place(project, 'ears', 'agnts')}: {message}"]


def test_a_rule_broken_by_an_inherited_value_names_the_group_that_inherits(tmp_path: Path) -> None:
    project = _project(tmp_path, small_group(main="agents: {Ear: {}}"), owl="extends: ears\n")
    message = (
        "containers.main.agents.Ear: Ear runs twice on wood (also in ears.main) (in owl, which extends it); "
        "keep it in one container, or rename one"
    )
    assert faults_of(project) == [f"{place(project, 'ears', 'Ear')}: {message}"]


def test_a_list_that_is_replaced_has_the_lines_of_its_own_file(tmp_path: Path) -> None:
    base = small_group(top="peers: [core-platform, memory-stack]")
    project = _project(tmp_path, base, owl="extends: ears\n\npeers:\n  - nobody\n")
    message = "peers.0: unknown endpoint nobody; use <group> or <group>/<port>"
    assert f"{place(project, 'owl', '- nobody')}: {message}" in faults_of(project)


def test_a_secret_in_the_base_is_reported_once(tmp_path: Path) -> None:
    key = "sk-" + "x" * 24
    project = _project(tmp_path, small_group(main=f"env: {{NOTE: {key}}}"), owl="extends: ears\n")
    (fault,) = faults_of(project)
    assert "contains a secret value" in fault
    assert key not in fault


OVER: dict[str, tuple[str, bool]] = {
    "leaves out what the base says": ("extends: ears\n", True),
    "drops a key": ("extends: ears\ncontainers: {main: {env: null}}\n", True),
    "changes a value deep inside": ("extends: ears\ncontainers: {main: {memory: {limit: 3GiB}}}\n", True),
    "has a misspelt key": ("extends: ears\ncontainers: {main: {memory: {limt: 3GiB}}}\n", False),
    "has a wrong value": ("extends: ears\ncontainers: {main: {stop_grace: soon}}\n", False),
    "extends nothing and leaves out much": ("containers: {main: {stop_grace: 5s}}\n", False),
}


@pytest.mark.parametrize("what", OVER)
def test_the_schema_knows_files_that_extend_another(tmp_path: Path, what: str) -> None:
    text, good = OVER[what]
    file = tmp_path / "owl.yaml"
    file.write_text(text, encoding="utf-8")
    assert (faults_by_the_schema(file, file.name) == []) is good


def test_a_long_chain_is_refused_once_at_its_place(tmp_path: Path) -> None:
    names = [f"link-{number}" for number in range(600)]
    groups: dict[str, str] = {"link_0": small_group(main="agents: {Ear: {}}")}
    groups |= {f"link_{number}": f"extends: link-{number - 1}\n" for number in range(1, len(names))}
    stack = small_stack("wood", "link-0", lan_address="192.168.1.77")
    found = faults_of(write_project(tmp_path, stack_wood=stack, **groups))
    refused = [fault for fault in found if "chain" in fault]
    assert refused == [
        "groups/assistant/link-11.yaml:1: extends: extends a chain of more than 10 groups; "
        "extend a group nearer its start"
    ]


def test_without_a_base_the_values_of_a_file_are_checked_still(tmp_path: Path) -> None:
    project = _project(tmp_path, owl="extends: nobody\ntypo: 1\nports: {main: {port: many}}\n")
    owl = [fault.partition(": ")[2] for fault in faults_of(project) if "owl.yaml" in fault]
    assert [fault.partition(":")[0] for fault in owl] == ["extends", "typo", "ports.main.port"]
