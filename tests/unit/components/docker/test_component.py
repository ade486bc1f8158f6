"""Components of a Docker machine, registered against the real mock monitor of the SDK."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cli.preview.input_types import refusals
from components.docker.render import render_container
from policy.readers.stack import stack_view
from tests.unit.builders import STACKS, assert_accepted, container, planned, small_group, small_stack, swap, under
from tests.unit.components.registering import Registered, Seen, register, registered

MACHINE = "urn:pulumi:mainpc::fleet::fleet:docker:DockerMachine"
CUSTOM = {"docker:index/container:Container", "docker:index/network:Network", "docker:index/volume:Volume"}


def containers_of(found: Registered, stack: str, group: str) -> set[str]:
    """URNs of a group's containers."""
    parent = found.by_name[f"{stack}-{group}"].urn
    return {seen.urn for seen in found.of("Container") if seen.parent == parent}


def test_a_stack_registers_its_machine_network_volumes_groups_and_containers() -> None:
    assert Counter(seen.type for seen in registered("mainpc").all) == {
        "fleet:docker:DockerMachine": 1,
        "pulumi:providers:docker": 1,
        "fleet:docker:AgentImages": 1,
        "docker:index/image:Image": 1,
        "fleet:docker:FleetNetwork": 1,
        "docker:index/network:Network": 1,
        "fleet:docker:DataVolume": 7,
        "docker:index/volume:Volume": 7,
        "fleet:docker:GpuSharing": 1,
        "fleet:docker:ContainerGroup": 8,
        "docker:index/container:Container": 11,
    }


@pytest.mark.parametrize("stack", STACKS)
def test_an_engine_would_take_all_of_it(stack: str) -> None:
    assert refusals(list(registered(stack).plain.values())) == []


def test_everything_hangs_below_the_machine_by_the_types_of_its_parents() -> None:
    found = registered("mainpc")
    assert found.by_name["mainpc"].urn == f"{MACHINE}::mainpc"
    assert found.by_name["mainpc-daemon"].urn == f"{MACHINE}$pulumi:providers:docker::mainpc-daemon"
    assert found.by_name["mainpc-network-bridge"].urn == (
        f"{MACHINE}$fleet:docker:FleetNetwork$docker:index/network:Network::mainpc-network-bridge"
    )
    assert found.by_name["mainpc-volume-memory-data-volume"].urn == (
        f"{MACHINE}$fleet:docker:DataVolume$docker:index/volume:Volume::mainpc-volume-memory-data-volume"
    )
    assert found.by_name["mainpc-utility-gpu-helpers"].urn == (
        f"{MACHINE}$fleet:docker:ContainerGroup$docker:index/container:Container::mainpc-utility-gpu-helpers"
    )


@pytest.mark.parametrize("stack", STACKS)
def test_only_the_machine_has_no_parent_and_each_name_is_given_once(stack: str) -> None:
    found = registered(stack)
    assert [seen.name for seen in found.all if seen.parent not in found.by_urn] == [stack]
    assert len(found.by_name) == len(found.by_urn) == len(found.all)


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_names_the_machines_own_provider(stack: str) -> None:
    """Without one, a default provider would take whatever DOCKER_HOST points at."""
    found = registered(stack)
    daemon = found.by_name[f"{stack}-daemon"].urn
    custom = [seen for seen in found.all if seen.type in CUSTOM]
    assert len(custom) > 3
    assert {seen.request.provider.rpartition("::")[0] for seen in custom} == {daemon}


def test_every_image_is_built_by_the_machines_own_daemon_and_pushed_nowhere() -> None:
    found = registered("mainpc")
    daemon = found.by_name["mainpc-daemon"].urn
    images = found.of("Image")
    assert images
    for seen in images:
        inputs = found.plain[seen.name].inputs
        assert seen.request.provider.rpartition("::")[0] == daemon
        assert (inputs["skipPush"], inputs["buildOnPreview"]) == (True, False)
        assert inputs["build"]["builderVersion"] == "BuilderBuildKit"
        assert protection(seen) == (False, True)


def test_a_sandbox_builds_the_agent_host_before_its_containers() -> None:
    found = registered("local")
    (image,) = found.of("Image")
    assert image.name == "local-images-agent-host"
    assert all(image.urn in container.dependencies for container in found.of("Container"))


@pytest.mark.parametrize("stack", STACKS)
def test_every_component_publishes_its_outputs(stack: str) -> None:
    """Without register_outputs its hooks never run, and a policy sees nothing of it."""
    found = registered(stack)
    components = [seen for seen in found.all if seen.type.startswith("fleet:")]
    assert components
    for seen in components:
        assert seen.urn in found.published
        assert found.plain[seen.name].outputs


@pytest.mark.parametrize("stack", STACKS)
def test_a_group_depends_on_every_container_of_the_groups_it_starts_after(stack: str) -> None:
    found = registered(stack)
    for group in planned(stack).groups:
        earlier = {urn for name in (*group.shares, *group.start_after) for urn in containers_of(found, stack, name)}
        assert earlier == {
            urn
            for urn in found.by_name[f"{stack}-{group.name}"].dependencies
            if urn in found.by_urn and found.by_urn[urn].type.endswith(":Container")
        }
        assert bool(earlier) == (group.wave > 1 or bool(group.shares))


def test_a_group_waits_for_the_sidecars_of_what_it_starts_after_too(tmp_path: Path) -> None:
    change = swap("start_after: [language-stack-gpu]", "start_after: [utility-gpu]")
    found = register(planned("mainpc", assert_accepted(tmp_path, audio_emotion=change).fleet))
    names = {
        found.by_urn[urn].name for urn in found.by_name["mainpc-audio-emotion"].dependencies if urn in found.by_urn
    }
    assert {"mainpc-utility-gpu-main", "mainpc-utility-gpu-helpers"} <= names


def test_what_starts_after_a_container_that_failed_is_never_registered() -> None:
    found = register(planned("mainpc"), failing={"mainpc-model-manager-gpu-main"})
    started = {seen.name for seen in found.of("Container")}
    assert started == {"mainpc-gpu-sharing-gpu0-main", "mainpc-core-platform-main", "mainpc-memory-stack-main"}


def test_no_client_of_a_card_is_registered_before_the_daemon_that_shares_it_is_healthy() -> None:
    found = register(planned("mainpc"), failing={"mainpc-gpu-sharing-gpu0-main"})
    started = {seen.name for seen in found.of("Container")}
    assert started <= {"mainpc-core-platform-main", "mainpc-memory-stack-main"}


def test_a_container_depends_on_its_volumes_and_its_network() -> None:
    found = registered("mainpc")
    names = {found.by_urn[urn].name for urn in found.by_name["mainpc-utility-gpu-main"].dependencies}
    assert names == {
        "mainpc-network-bridge",
        "mainpc-volume-gpu-sharing-gpu0-volume",
        "mainpc-volume-huggingface-cache-volume",
        "mainpc-volume-tuning-data-volume",
    }


@pytest.mark.parametrize("stack", STACKS)
def test_what_the_provider_says_it_updates_and_does_not_replaces_the_container(stack: str) -> None:
    """tmpfs, init and the health check are reported as updated and never applied; a name is free only once deleted."""
    for seen in registered(stack).of("Container"):
        assert {"tmpfs", "init", "healthcheck"} <= set(seen.request.replaceOnChanges)
        assert seen.request.deleteBeforeReplace
        assert not seen.request.ignoreChanges


def protection(seen: Seen) -> tuple[bool, bool]:
    return bool(seen.request.protect), bool(seen.request.retainOnDelete)


def test_volumes_are_protected_and_kept_but_for_scratch() -> None:
    found = {seen.name: protection(seen) for seen in registered("mainpc").of("Volume")}
    for scratch in ("audio-scratch", "gpu-sharing-gpu0"):
        assert found.pop(f"mainpc-volume-{scratch}-volume") == (False, False)
    assert len(found) == 5
    assert set(found.values()) == {(True, True)}


def test_containers_and_networks_are_not_protected() -> None:
    found = registered("mainpc")
    for seen in [*found.of("Container"), *found.of("Network")]:
        assert protection(seen) == (False, False)


def test_a_network_is_taken_down_before_it_is_made_anew() -> None:
    (network,) = registered("mainpc").of("Network")
    assert network.request.deleteBeforeReplace


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_registered_is_what_was_rendered(stack: str) -> None:
    plan = planned(stack)
    for found in plan.containers:
        inputs = registered(stack).plain[f"{stack}-{found.group}-{found.key}"].inputs
        rendered = render_container(found, plan)
        assert inputs["name"] == rendered["name"]
        assert inputs["envs"] == rendered["envs"]
        assert inputs["memorySwap"] == rendered["memory_swap"]
        assert inputs["readOnly"] is True
        assert inputs["logOpts"] == rendered["log_opts"]
        assert inputs["healthcheck"]["startPeriod"] == rendered["healthcheck"]["start_period"]
        assert inputs.keys() == {camel(key) for key in rendered}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def test_all_values_are_known_at_preview_but_the_networks_name_alone_may_not_be() -> None:
    found = registered("mainpc")
    for resource in found.plain.values():
        assert "UNKNOWN" not in repr(
            {key: value for key, value in resource.inputs.items() if key != "networksAdvanced"}
        )
        assert "[secret]" not in repr(resource.inputs)


def test_a_container_ends_before_its_successor_starts() -> None:
    containers = stack_view(list(registered("mainpc").plain.values())).containers
    assert containers
    assert all(found.ends_first for found in containers)
    assert all(registered("mainpc").plain[found.subject].deletes_first for found in containers)


def test_a_machine_publishes_what_policies_judge_by() -> None:
    outputs = registered("mainpc").plain["mainpc"].outputs
    assert outputs["machine"] == "mainpc"
    assert (outputs["memoryMib"], outputs["memoryReserveMib"]) == (65536, 4096)
    assert outputs["lanAddress"] == "192.168.1.10"
    assert (outputs["deviceClass"], outputs["arch"]) == ("gaming-pc", "amd64")
    assert outputs["agents"]["reasoning-gpu"] == 3
    assert outputs["gpus"] == {
        "gpu0": {
            "model": "RTX 4090",
            "device": "0",
            "cuda": "",
            "unified": False,
            "capacityMib": 24564,
            "desktopReserveMib": 1024,
            "contextMib": 450,
            "mps": True,
            "mpsUid": 10001,
            "mpsClientsMax": 48,
            "vendor": "nvidia",
        }
    }
    assert outputs["subnets"].items() >= {"mainpc_internal": "10.210.1.0/24", "pc2_internal": "10.210.2.0/24"}.items()
    assert outputs["startAfter"]["tutor-suite-cpu"] == ["vision-dream-gpu"]


def test_a_command_that_a_group_no_longer_has_replaces_its_container(tmp_path: Path) -> None:
    """The provider leaves it as it is, and every preview is empty."""

    def trigger(name: str, main: str) -> dict[str, object]:
        (tmp_path / name).mkdir()
        newcomer = small_group(image="image: {reference: 'fleet.local/newcomer:1'}", main=main)
        pc2 = under("- infra-core-cpu", "    - newcomer")
        fleet = assert_accepted(tmp_path / name, newcomer=newcomer, pc2=pc2).fleet
        return register(planned("pc2", fleet)).triggers["pc2-newcomer-main"]

    health = "health: {command: [ok]}"
    with_command, without = trigger("with", f"command: [serve]\n{health}"), trigger("without", health)
    assert with_command == {**without, "command": ["serve"]}
    assert without["securityOpts"] == ["no-new-privileges:true"]


def test_a_preview_watches_no_container() -> None:
    for seen in registered("mainpc").of("Container"):
        assert list(seen.request.hooks.after_create) == []


@pytest.mark.parametrize("stack", STACKS)
def test_an_update_ends_with_a_look_at_its_health_and_a_preview_does_not(stack: str) -> None:
    assert len(registered(stack, preview=False).entrypoints) == 1
    assert registered(stack).entrypoints == []


def test_an_update_watches_every_container_it_creates() -> None:
    for seen in registered("local", preview=False).of("Container"):
        assert list(seen.request.hooks.after_create) == ["local-healthy"]


def test_a_machine_without_groups_has_a_network_and_nothing_else(tmp_path: Path) -> None:
    text = small_stack("bare")
    found = register(planned("bare", assert_accepted(tmp_path, stack_bare=text).fleet))
    assert [seen.name for seen in found.all if seen.type in CUSTOM] == ["bare-network-bridge"]


def test_adding_a_group_registers_its_own_resources_and_changes_no_other(tmp_path: Path) -> None:
    ready = small_group(image="image: {reference: 'fleet.local/newcomer:1'}", main="health: {command: [ok]}")
    fleet = assert_accepted(tmp_path, newcomer=ready, pc2=under("- infra-core-cpu", "    - newcomer")).fleet
    before, after = registered("pc2").plain, register(planned("pc2", fleet)).plain
    assert after.keys() - before.keys() == {"pc2-newcomer", "pc2-newcomer-main"}
    assert {name: after[name].inputs for name in before} == {name: before[name].inputs for name in before}
    assert container(planned("pc2", fleet), "newcomer").labels["fleet.group"] == "newcomer"
