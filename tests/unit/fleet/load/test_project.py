"""Loading: text to models, and every fault of form with its file, line, path, value and way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.source.faults import ConfigurationError, Fault
from tests.unit.builders import (
    Change,
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    file_of,
    load_project,
    place,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)

NO_SIZE = "is not a size in whole MiB; write it like 24564MiB or 24GiB"
NO_CPU = "is not an amount of CPU; write it like 500m or 1.5"
NO_NUMBER = "is not a whole number; write a whole number from 1 to 8192"


def test_the_shipped_project_has_no_fault(tmp_path: Path) -> None:
    assert_accepted(tmp_path)


def test_a_misspelt_key_of_a_group_gets_a_suggestion(tmp_path: Path) -> None:
    change = swap("    memory: {request: 3GiB, limit: 4GiB}\n", "    memory: {request: 3GiB, limt: 4GiB}\n")
    message = "containers.main.memory.limt: unknown key; did you mean limit?"
    assert_refused(tmp_path, "vision_gpu", "limt:", message, vision_gpu=change)


def test_a_misspelt_key_at_the_top_of_a_group_gets_a_suggestion(tmp_path: Path) -> None:
    message = "start_afer: unknown key; did you mean start_after?"
    assert_refused(tmp_path, "vision_gpu", "start_afer", message, vision_gpu=swap("start_after:", "start_afer:"))


def test_a_misspelt_key_of_a_card_gets_a_suggestion(tmp_path: Path) -> None:
    message = "machine.gpus.gpu0.alocator: unknown key; did you mean allocator?"
    assert_refused(tmp_path, "pc2", "alocator", message, pc2=swap("        allocator:", "        alocator:"))


def test_a_misspelt_key_of_ours_in_a_stack_gets_a_suggestion(tmp_path: Path) -> None:
    message = "sandbax: unknown key; did you mean sandbox?"
    project = write_project(tmp_path, local=swap("fleet:sandbox:", "fleet:sandbax:"))
    assert f"{place(project, 'local', 'sandbax')}: {message}" in faults_of(project)


def test_a_misspelt_key_at_the_top_of_a_stack_gets_a_suggestion(tmp_path: Path) -> None:
    message = "encryptionsalts: unknown key; did you mean encryptionsalt?"
    assert_refused(tmp_path, "pc2", "salts", message, pc2=swap("config:\n", "encryptionsalts: v1:x\nconfig:\n"))


def test_a_key_like_no_other_gets_the_list_to_choose_from(tmp_path: Path) -> None:
    keys = "capabilities, card, cards, enforcement, limit, processes, request"
    message = f"containers.main.gpu.zzz: unknown key; use one of {keys}"
    change = swap("enforcement: mps}", "enforcement: mps, zzz: 1}")
    assert_refused(tmp_path, "vision_gpu", "zzz", message, vision_gpu=change)


@pytest.mark.parametrize(
    "line",
    [
        "encryptionsalt: v1:abc=:v1:def:ghi==",
        "encryptedkey: abc==",
        "secretsprovider: awskms://alias/x",
        "environment: [prod]",
    ],
)
def test_what_pulumi_writes_into_a_stack_file_is_accepted(tmp_path: Path, line: str) -> None:
    assert_accepted(tmp_path, pc2=swap("config:\n", f"{line}\nconfig:\n"))


def test_configuration_of_pulumi_and_of_providers_is_accepted(tmp_path: Path) -> None:
    other = "  docker:host: ssh://elsewhere\n  gcp:project: x\n"
    assert_accepted(tmp_path, pc2=swap("config:\n", f"config:\n{other}"))


def test_a_secret_set_with_pulumi_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, pc2=under("config:", "  fleet:hub-key:", "    secure: v1:abc:def=="))


def test_a_stack_is_named_by_its_file_alone(tmp_path: Path) -> None:
    assert faults_of(write_project(tmp_path, pc2=under("config:", "  fleet:name: pc3"))) != []


def test_what_the_place_of_a_group_file_says_is_not_said_again(tmp_path: Path) -> None:
    message = "name: is set by the file's path; remove it"
    assert_refused(tmp_path, "vision_gpu", "name: eyes", message, vision_gpu=lambda text: f"name: eyes\n{text}")


def test_a_group_takes_name_and_system_from_its_place(tmp_path: Path) -> None:
    fleet = assert_accepted(tmp_path).fleet
    assert (fleet.groups["vision-gpu"].name, fleet.groups["vision-gpu"].system) == ("vision-gpu", "assistant")


def test_two_files_of_one_group_name_are_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "groups/crank").mkdir()
    (project / "groups/crank/vision-gpu.yaml").write_text(small_group())
    assert faults_of(project) == [
        'groups/crank/vision-gpu.yaml:1: the name "vision-gpu" is already used by groups/assistant/vision-gpu.yaml; '
        "rename one of the files"
    ]


def test_a_wrong_value_of_a_machine_has_its_line_in_the_stack_file(tmp_path: Path) -> None:
    message = f'machine.gpus.gpu0.memory: "24 gigs" {NO_SIZE}'
    assert_refused(tmp_path, "mainpc", "24 gigs", message, mainpc=swap("memory: 24564MiB", "memory: 24 gigs"))


@pytest.mark.parametrize(
    "subnet", ["10.210.2.5/24", "10.210.2.0/33", "10.210.2.0", "10.210.2.0/255.255.255.0", "fd00::/64", "here"]
)
def test_an_invalid_subnet_is_reported(tmp_path: Path, subnet: str) -> None:
    message = f'machine.network.subnet: "{subnet}" is not an IPv4 network; write it like 10.210.3.0/24'
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", subnet))


def test_a_missing_machine_is_reported_at_the_configuration(tmp_path: Path) -> None:
    text = small_stack("pi").partition("  fleet:machine:")[0] + "  fleet:groups: []\n"
    assert_refused(tmp_path, "stack_pi", "config:", "machine: is missing; add it", stack_pi=text)


@pytest.mark.parametrize("text", ["config:\n", "config: []\n", "encryptionsalt: v1:x\n"])
def test_a_stack_without_configuration_is_reported(tmp_path: Path, text: str) -> None:
    project = write_project(tmp_path, stack_pi=text)
    assert faults_of(project) == [
        "Pulumi.pi.yaml:1: config: is not a mapping; add fleet:machine and fleet:groups under it"
    ]


def test_a_folder_without_any_stack_file_is_reported(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [
        f"{tmp_path}: has no Pulumi.<stack>.yaml; run from the project's folder, or add a stack file"
    ]


@pytest.mark.parametrize("content", ["", "a: [", b"\xff\xfe\x00", "- a\n", "containers: {}\n"])
@pytest.mark.parametrize("name", ["core_platform", "model_manager_gpu", "vision_gpu", "infra_core_cpu"])
def test_a_broken_group_file_causes_no_fault_elsewhere(tmp_path: Path, name: str, content: str | bytes) -> None:
    faults = faults_of(write_project(tmp_path, **{name: content}))
    assert len(faults) == 1
    assert faults[0].startswith(f"{file_of(name)}:")


@pytest.mark.parametrize("content", ["", "a: [", b"\xff\xfe\x00", "config: {}\n"])
@pytest.mark.parametrize("name", ["mainpc", "pc2", "local"])
def test_a_broken_stack_file_causes_no_fault_elsewhere(tmp_path: Path, name: str, content: str | bytes) -> None:
    faults = faults_of(write_project(tmp_path, **{name: content}))
    # An empty configuration lacks three keys: machine, groups and the one that turns default providers off.
    assert len(faults) == (3 if content == "config: {}\n" else 1)
    assert all(fault.startswith(f"{file_of(name)}:") for fault in faults)


def test_an_unreadable_file_is_reported_and_the_others_are_judged(tmp_path: Path) -> None:
    project = write_project(tmp_path, vision_gpu=None, pc2=swap("memory: 32GiB", "memory: 1GiB"))
    (project / file_of("vision_gpu")).mkdir()
    faults = faults_of(project)
    assert [fault.partition(":")[0] for fault in faults] == ["Pulumi.pc2.yaml", "groups/assistant/vision-gpu.yaml"]
    assert "cannot be read (" in faults[1]


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    project = write_project(
        tmp_path,
        mainpc=chain(swap("memory: 24564MiB", "memory: 24 gigs"), swap("    - vision-gpu\n", "    - vision-gpuu\n")),
        pc2=swap("subnet: 10.210.2.0/24", "subnet: 10.42.0.0/24"),
        local=swap("cpus: 2", "cpus: none"),
        core_platform=swap("limit: 2}", "limit: much}"),
        memory_stack=chain(
            swap("start_after: [core-platform]", "start_after: [core]"), swap("writers: one", "writer: one")
        ),
        tutor_suite_cpu="a: [",
    )
    expected = {
        "Pulumi.local.yaml": f'{place(project, "local", "cpus:")}: machine.cpus: "none" {NO_NUMBER}',
        "Pulumi.mainpc.yaml": f'{place(project, "mainpc", "24 gigs")}: machine.gpus.gpu0.memory: "24 gigs" {NO_SIZE}',
        "Pulumi.pc2.yaml": (
            f"{place(project, 'pc2', 'subnet:')}: machine.network.subnet: 10.42.0.0/24 overlaps the k3s range for pods "
            "(10.42.0.0/16); use a free /24 of 10.210.0.0/16"
        ),
        "groups/assistant/core-platform.yaml": (
            f'{place(project, "core_platform", "much")}: containers.main.cpu.limit: "much" {NO_CPU}'
        ),
        "groups/assistant/memory-stack.yaml": (
            f"{place(project, 'memory_stack', 'writer:')}: volumes.memory-data.writer: unknown key; "
            "did you mean writers?"
        ),
        "groups/assistant/tutor-suite-cpu.yaml": (
            "groups/assistant/tutor-suite-cpu.yaml:1: is not valid YAML "
            "(the [ that opens here lacks a comma or its ] by line 2); correct the syntax"
        ),
    }
    with pytest.raises(ConfigurationError) as caught:
        load_project(project)
    text = caught.value.text().splitlines()
    # A misspelt key and an invalid size do not hide the faults between files.
    hidden = (
        f"  {place(project, 'memory_stack', '[core]')}: start_after.0: unknown group core; ",
        f"  {place(project, 'mainpc', 'vision-gpuu')}: groups.5: unknown group vision-gpuu; did you mean vision-gpu?",
    )
    assert [line.startswith(hidden) for line in text].count(True) == len(hidden)
    assert [line.replace("2 faults", "1 fault") for line in text if not line.startswith(hidden)] == [
        line for file, fault in expected.items() for line in (f"{file}: 1 fault", f"  {fault}")
    ]


def test_every_fault_of_one_file_is_reported_at_once(tmp_path: Path) -> None:
    text = small_group(main="gpuu: 1\nshared_memory: 8", top="port: {}\nstart_after: soon")
    project = write_project(tmp_path, small=text, stack_pi=small_stack("pi", "small"))
    expected = {
        "port:": "port: unknown key; did you mean ports?",
        "soon": 'start_after: "soon" is not a list; write it as `- item` lines, or in [brackets]',
        "gpuu": "containers.main.gpuu: unknown key; did you mean gpu?",
        "shared_memory": f"containers.main.shared_memory: 8 {NO_SIZE}",
    }
    assert faults_of(project) == [f"{place(project, 'small', at)}: {fault}" for at, fault in expected.items()]


def test_faults_are_reported_once_by_file_and_line() -> None:
    late, early, other = Fault("b", 9, "x", "p", "r"), Fault("b", 2, "y", "p", "r"), Fault("a", None, "", "p", "r")
    error = ConfigurationError([late, early, other, late])
    assert error.faults == [other, early, late]
    assert str(error) == "a: 1 fault\n  a: p; r\nb: 2 faults\n  b:2: y: p; r\n  b:9: x: p; r"


def test_a_long_fix_is_written_once_in_a_file() -> None:
    names = f"use one of {', '.join(f'name-{index}' for index in range(30))}"
    faults = [Fault(file, 7, f"peers.{line}", f"unknown group {line}", names) for file in "ab" for line in (1, 2, 3)]
    short = [Fault("c", line, "x", "is missing", "add it") for line in (1, 2)]
    error = ConfigurationError([*faults, *short])
    assert error.text().splitlines() == [
        "a: 3 faults", f"  a:7: peers.1: unknown group 1; {names}", "  a:7: peers.2: unknown group 2; as for peers.1",
        "  a:7: peers.3: unknown group 3; as for peers.1", "b: 3 faults", f"  b:7: peers.1: unknown group 1; {names}",
        "  b:7: peers.2: unknown group 2; as for peers.1", "  b:7: peers.3: unknown group 3; as for peers.1",
        "c: 2 faults",
        "  c:1: x: is missing; add it", "  c:2: x: is missing; add it",
    ]  # fmt: skip
    assert [fault.remedy for fault in error.faults[:3]] == [names] * 3


def test_a_fault_with_figures_shows_them_between_problem_and_way_out() -> None:
    fault = Fault("b", 9, "x", "does not fit", "lower it", ("1 + 2 = 3 of 2",))
    assert fault.lines() == ["b:9: x: does not fit", "    1 + 2 = 3 of 2", "    lower it"]


def test_loading_needs_no_passphrase_login_or_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "DOCKER_HOST"):
        monkeypatch.delenv(name, raising=False)
    assert_accepted(tmp_path)


def test_a_group_file_outside_a_system_is_reported_with_its_place(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    for name in ("stray.yaml", "assistant/late.yml", "assistant/deep/er.yaml"):
        (project / "groups" / name).parent.mkdir(exist_ok=True)
        (project / "groups" / name).write_text("description: lost\n")
    assert faults_of(project) == [
        "groups/assistant/deep/er.yaml: is not read from this folder; move it to groups/<system>/er.yaml",
        "groups/assistant/late.yml: is not read; rename it to groups/assistant/late.yaml",
        "groups/stray.yaml: is not read from this folder; move it to groups/<system>/stray.yaml",
    ]


def test_one_fault_hides_no_other_of_its_file_or_of_another(tmp_path: Path) -> None:
    """Unknown keys, broken rules and faults between files, in one run."""
    project = write_project(
        tmp_path,
        vision_gpu=chain(
            swap("peers: [core-platform,", "peers: [nobody, core-platform,"),
            swap("request: 1536MiB", "request: 6GiB"),
            swap("      huggingface-cache:", "      huggingface-cach:"),
            swap("cpu: {request: 1, limit: 4}", "cpu: {request: 5, limit: 4}"),
            lambda text: f"{text}typo: 1\n",
        ),
        pc2=swap("memory_reserve: 4GiB", "memory_reserve: 2 gigs"),
        mainpc=swap("    - vision-gpu\n", "    - vision-gpu\n    - vision-gpu\n"),
    )
    found = [fault.partition("\n")[0] for fault in faults_of(project)]
    starts = [
        "Pulumi.mainpc.yaml:42: groups.6: lists vision-gpu twice",
        f"{place(project, 'pc2', '2 gigs')}: machine.memory_reserve: ",
        f"{place(project, 'vision_gpu', 'nobody')}: peers.0: unknown endpoint nobody",
        f"{place(project, 'vision_gpu', 'request: 5')}: containers.main.cpu.request: 5000m is above limit 4000m",
        f"{place(project, 'vision_gpu', 'typo')}: typo: unknown key",
    ]
    for start in starts:
        assert any(fault.startswith(start) for fault in found), (start, found)
    assert any("huggingface-cach" in fault for fault in found), found
    assert not any("runs on no machine" in fault or "is missing" in fault for fault in found), found


def test_a_lost_value_has_no_consequences(tmp_path: Path) -> None:
    """Each value is needed by other files; its fault is the only one."""
    changes: dict[str, Change] = {
        "mainpc": swap("lan_address: 192.168.1.10", "lan_address: 192.168.1.300"),
        "core_platform": swap("host_port: 9000", "host_port: ninety"),
        "local": swap('fleet:sandbox: "true"', "fleet:sandbox: yes"),
        "vision_gpu": swap("enforcement: mps", "enforcement: hope"),
        "model_manager_gpu": swap("huggingface-cache: {kind", "huggingface-cache: {sort"),
    }
    for name, change in changes.items():
        found = faults_of(write_project(tmp_path / name, **{name: change}))
        assert len(found) == 1, (name, found)


def test_what_is_in_a_mapping_to_drop_is_no_fault_of_its_own(tmp_path: Path) -> None:
    for key, value in (("cluster", "{}"), ("cloud", "{}"), ("cloud", "{regions: 1}"), ("cluster", "{pools: {}}")):
        message = f"machine.{key}: {key} not supported on a docker machine; drop machine.{key}"
        change = under("    cpus: 16", f"    {key}: {value}")
        assert_refused(tmp_path, "mainpc", f"{key}:", message, mainpc=change)


def test_faults_of_rules_stand_at_their_own_lines(tmp_path: Path) -> None:
    text = small_group(
        main="mounts:\n  one: {path: /data}\n  two: {path: /data}\n  three: {path: /run/secrets/x}\n"
        "secrets: [a-key, b-key,\n  a-key]\nhardening:\n  seccomp: unconfined\n  host_ipc: true",
        top="ports:\n  main: {port: 8000}\n  web: {port: 80, container: door}\nvolumes: {one: {}, two: {}, three: {}}",
    )
    project = write_project(tmp_path, small=text, stack_pi=small_stack("pi", "small"))
    rules = [fault for fault in faults_of(project) if "small.yaml" in fault]
    expected = {
        "two:": "containers.main.mounts.two.path: /data is already mounted by mounts.one; ",
        "three:": "containers.main.mounts.three.path: /run/secrets/x is reserved; ",
        "  a-key]": "containers.main.secrets.2: lists a-key twice; ",
        "seccomp:": "containers.main.hardening.seccomp: weaker than the default without a reason; ",
        "host_ipc:": "containers.main.hardening.host_ipc: weaker than the default without a reason; ",
    }
    for anchor, said in expected.items():
        assert any(f": {said}" in fault for fault in rules), (anchor, rules)
    lines = [int(fault.split(":")[1]) for fault in rules]
    assert len(set(lines)) == len(lines), rules


def test_a_file_whose_name_is_not_read_is_told_and_nothing_misses_it(tmp_path: Path) -> None:
    names = {
        "Pulumi.mainpc.yml": "Pulumi.mainpc.yaml",
        "pulumi.mainpc.yaml": "Pulumi.mainpc.yaml",
        "Pulumi.mainpc.YAML": "Pulumi.mainpc.yaml",
    }
    for name, right in names.items():
        project = write_project(tmp_path / name)
        (project / right).rename(project / name)
        assert faults_of(project) == [f"{name}: is not read; rename it to {right}"]
    project = write_project(tmp_path / "groups")
    group = project / "groups/assistant/vision-gpu.yaml"
    group.rename(group.with_suffix(".yml"))
    told = "is not read; rename it to groups/assistant/vision-gpu.yaml"
    assert faults_of(project) == [f"groups/assistant/vision-gpu.yml: {told}"]


def test_the_files_that_editors_and_systems_leave_are_not_read(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    folder = project / "groups/assistant"
    (folder / ".#vision-gpu.yaml").symlink_to("me@host.123:1")
    for name in (
        "._vision-gpu.yaml",
        ".vision-gpu.yml",
        "../.trash.yaml",
        "../.git/assistant/x.yaml",
        "../.git/x.yaml",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\0\5\x16\7Mac OS X")
    assert faults_of(project) == []


def test_a_fault_is_one_short_printable_line(tmp_path: Path) -> None:
    long = ("x" * 90_000, f'"{"y " * 40_000}"', "[" + "1, " * 20_000 + "1]")
    for value in ('"\\e[31m4GB\\e[0m\\nsecond"', '"\\u202e4GB"', *long):
        change = swap("memory: {request: 3GiB, limit: 4GiB}", f"memory: {{request: 3GiB, limit: {value}}}")
        (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
        assert fault.isprintable(), value[:20]
        assert len(fault) < 300, value[:20]
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=lambda text: f'{text}"\\e[2J{"k" * 5000}": 1\n'))
    assert fault.isprintable()
    assert len(fault) < 1500


def test_a_value_of_another_type_is_not_converted(tmp_path: Path) -> None:
    values = {
        "ports: {main: {port: true}}": "true is not a whole number; write a whole number from 1 to 65535",
        'ports: {main: {port: "80"}}': '"80" is not a whole number; remove the quotes',
        "ports: {main: {port: 22:22}}": '"22:22" is not a whole number; write a whole number from 1 to 65535',
        "ports: {main: {port: 017}}": '"017" is not a whole number; write a whole number from 1 to 65535',
        "ports: {main: {port: 80.0}}": "80.0 is not a whole number; write a whole number from 1 to 65535",
        "optional: yes": '"yes" is neither true nor false; write true or false',
        "optional: 1": "1 is neither true nor false; write true or false",
        'optional: "true"': '"true" is neither true nor false; remove the quotes',
        "description: 1.10": '1.10 is not text; write it in quotes: "1.10"',
        "waivers: {E06: {reason: some good reason, until: 1893456000}}": "1893456000 is not a date; ",
        "waivers: {E06: {reason: some good reason, until: 2027-02-30}}": '"2027-02-30" is not a date; ',
        "load: {hours_per_day: .inf}": '".inf" is not a number; write a number from 0 to 24',
    }
    for top, said in values.items():
        project = write_project(tmp_path, small=small_group(top=top), stack_pi=small_stack("pi", "small"))
        found = faults_of(project)
        assert len(found) == 1, (top, found)
        assert said in found[0], (top, found)


def test_a_rule_that_reads_its_models_fields_is_reported_as_any_other(tmp_path: Path) -> None:
    """Of cards that a cluster's pool cannot choose: single keys, and several."""
    for keys in ("desktop_reserve: 1GiB", "device: '1'", "device: nvidia.com/gpu=0, driver: cdi"):
        lines = (
            "config:",
            '  pulumi:disable-default-providers: ["*"]',
            "  fleet:machine:",
            "    {name: grid, title: Grid, class: container-service, target: kubernetes, connection: kubeconfig://grid,",
            "    cluster: {node_pools: {cards: {nodes: 1, cpus: 8, memory: 30GiB,",
            f"    gpu: {{model: L4, memory: 24GiB, {keys}}}}}}}}}}}",
            "  fleet:groups: []",
        )
        faults = faults_of(write_project(tmp_path, stack_grid="\n".join(lines)))
        assert len(faults) == keys.count(":"), (keys, faults)
        assert all("has no effect on a cluster" in fault for fault in faults), (keys, faults)
