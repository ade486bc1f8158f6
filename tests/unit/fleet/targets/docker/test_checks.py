"""Judgement of budgets: main memory, processors and GPU memory, each on both sides of its boundary."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import (
    Change,
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    place,
    small_group,
    small_stack,
    swap,
    under,
    with_pi,
    write_project,
)

# What MainPC reserves: 42.5 GiB for its groups, 256 MiB for the daemon that shares its card, 4 GiB for the system.
MAINPC_MEMORY_MIB = 47872
# Three stand-ins of 256 MiB, and 2 GiB for the system.
LOCAL_MEMORY_MIB = 2816
# 20 480 requested, six contexts of 450 and 1 024 for the desktop.
MAINPC_GPU_MIB = 24204
FREE_MIB = 24564 - MAINPC_GPU_MIB


def gpu_group(budget: str) -> str:
    """A ready image with a GPU budget, for a card of any machine."""
    image = "image: {reference: 'registry.example/model:1'}"
    return small_group(image=image, main=f"health: {{command: [/bin/ready]}}\ngpu: {budget}")


def test_memory_requests_up_to_the_machine_are_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, mainpc=swap("memory: 64GiB", f"memory: {MAINPC_MEMORY_MIB}MiB"))


def test_memory_requests_above_the_machine_are_refused_with_each_share(tmp_path: Path) -> None:
    change = swap("memory: 64GiB", f"memory: {MAINPC_MEMORY_MIB - 1}MiB")
    message = (
        "machine.memory: 47 871 MiB are too little for the requests of 8 groups\n"
        "    language-stack-gpu 8 192 + model-manager-gpu 8 192 + utility-gpu 7 680 + audio-emotion 5 120 + "
        "reasoning-gpu 5 120 + memory-stack 4 096 + vision-gpu 3 072 + core-platform 2 048 + gpu-sharing 256 + "
        "reserve 4 096 = 47 872 of 47 871 MiB\n"
        "    lower a request, or move a group"
    )
    assert_refused(tmp_path, "mainpc", "memory: 47871MiB", message, mainpc=change)


def test_what_is_left_to_the_system_counts(tmp_path: Path) -> None:
    machine = chain(swap("memory: 64GiB", f"memory: {MAINPC_MEMORY_MIB}MiB"), swap("reserve: 4GiB", "reserve: 4097MiB"))
    (fault,) = faults_of(write_project(tmp_path, mainpc=machine))
    assert "+ reserve 4 097 = 47 873 of 47 872 MiB" in fault


def test_a_sandbox_reserves_little_for_each_container(tmp_path: Path) -> None:
    assert_accepted(tmp_path, local=swap("memory: 4GiB", f"memory: {LOCAL_MEMORY_MIB}MiB"))
    (fault,) = faults_of(write_project(tmp_path, local=swap("memory: 4GiB", f"memory: {LOCAL_MEMORY_MIB - 1}MiB")))
    assert "core-platform 256 + memory-stack 256 + tutor-suite-cpu 256 + reserve 2 048 = 2 816 of 2 815 MiB" in fault


def test_processor_requests_up_to_the_machine_are_accepted(tmp_path: Path) -> None:
    assert_accepted(
        tmp_path, mainpc=swap("cpus: 16", "cpus: 12"), reasoning_gpu=swap("{request: 1, l", "{request: 1500m, l")
    )


def test_processor_requests_above_the_machine_are_refused(tmp_path: Path) -> None:
    message = "machine.cpus: 12 CPUs are too few for requests of 12.001; lower a cpu.request, or move a group"
    changes: dict[str, Change] = {
        "mainpc": swap("cpus: 16", "cpus: 12"),
        "reasoning_gpu": swap("{request: 1, l", "{request: 1501m, l"),
    }
    assert_refused(tmp_path, "mainpc", "cpus:", message, **changes)


def test_gpu_memory_equal_to_the_card_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, mainpc=swap("memory: 24564MiB", f"memory: {MAINPC_GPU_MIB}MiB"))


def test_gpu_memory_one_mib_over_the_card_is_refused_with_the_whole_sum(tmp_path: Path) -> None:
    message = (
        "containers.main.gpu.request: 6 656 MiB do not fit on gpu0 of mainpc (RTX 4090) with the other containers\n"
        "    language-stack-gpu 6 656 + model-manager-gpu 4 096 + utility-gpu 3 584 + reasoning-gpu 3 072 + "
        "audio-emotion 1 536 + vision-gpu 1 536 + contexts 6 x 450 = 2 700 + desktop 1 024 = 24 204 of 24 203 MiB\n"
        "    lower requests by 1 MiB in total, move a group to a machine with room, "
        "or put groups into different modes"
    )
    change = swap("memory: 24564MiB", f"memory: {MAINPC_GPU_MIB - 1}MiB")
    assert_refused(tmp_path, "language_stack_gpu", "gpu: {", message, mainpc=change)


def test_a_request_may_take_all_that_is_free_and_not_a_mib_more(tmp_path: Path) -> None:
    request = "gpu: {request: 1536MiB"
    assert_accepted(tmp_path, vision_gpu=swap(request, f"gpu: {{request: {1536 + FREE_MIB}MiB"))
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=swap(request, f"gpu: {{request: {1537 + FREE_MIB}MiB")))
    assert "lower requests by 1 MiB in total" in fault


def test_each_process_costs_a_context(tmp_path: Path) -> None:
    def changes(request: int) -> dict[str, Change]:
        # A second process of vision costs 450 MiB, 90 more than are free.
        return {"vision_gpu": swap("gpu: {request: 1536MiB", f"gpu: {{processes: 2, request: {request}MiB")}

    assert_accepted(tmp_path, **changes(1446))
    (fault,) = faults_of(write_project(tmp_path, **changes(1447)))
    assert "contexts 7 x 450 = 3 150" in fault


def test_the_context_of_a_card_can_be_stated(tmp_path: Path) -> None:
    card = "model: RTX 4090"
    assert_accepted(tmp_path, mainpc=under(card, "        context: 510MiB"))
    (fault,) = faults_of(write_project(tmp_path, mainpc=under(card, "        context: 511MiB")))
    assert "contexts 6 x 511 = 3 066" in fault


def test_the_desktops_reserve_counts(tmp_path: Path) -> None:
    assert_accepted(tmp_path, mainpc=swap("desktop_reserve: 1GiB", f"desktop_reserve: {1024 + FREE_MIB}MiB"))
    change = swap("desktop_reserve: 1GiB", f"desktop_reserve: {1025 + FREE_MIB}MiB")
    (fault,) = faults_of(write_project(tmp_path, mainpc=change))
    assert "desktop 1 385 = 24 565 of 24 564 MiB" in fault


SOURCE_LIMITS = {
    "model_manager_gpu": ("request: 4096MiB", "request: 8GiB"),
    "language_stack_gpu": ("request: 6656MiB", "request: 20GiB"),
    "reasoning_gpu": ("request: 3072MiB", "request: 10GiB"),
    "vision_gpu": ("request: 1536MiB", "request: 6GiB"),
    "utility_gpu": ("request: 3584MiB", "request: 14GiB"),
    "audio_emotion": ("request: 1536MiB", "request: 4GiB"),
}


def test_the_source_figures_taken_as_requests_are_refused_with_each_groups_share(tmp_path: Path) -> None:
    """The announced limits add up to 62 GiB on a card of 24: they cannot all be held at once."""
    changes: dict[str, Change] = {name: swap(*change) for name, change in SOURCE_LIMITS.items()}
    message = (
        "containers.main.gpu.request: 20 480 MiB do not fit on gpu0 of mainpc (RTX 4090) with the other containers\n"
        "    language-stack-gpu 20 480 + utility-gpu 14 336 + reasoning-gpu 10 240 + model-manager-gpu 8 192 + "
        "vision-gpu 6 144 + audio-emotion 4 096 + contexts 6 x 450 = 2 700 + desktop 1 024 = 67 212 of 24 564 MiB\n"
        "    lower requests by 42 648 MiB in total, move a group to a machine with room, "
        "or put groups into different modes"
    )
    assert sum((20480, 14336, 10240, 8192, 6144, 4096)) == 62 * 1024
    assert_refused(tmp_path, "language_stack_gpu", "gpu: {", message, **changes)


def test_without_room_anywhere_the_way_out_names_none(tmp_path: Path) -> None:
    changes: dict[str, Change] = {
        "mainpc": swap("memory: 24564MiB", "memory: 20480MiB"),
        "pc2": swap("memory: 12288MiB", "memory: 10628MiB"),
    }
    (fault,) = faults_of(write_project(tmp_path, **changes))
    assert fault.endswith("3 724 MiB in total, move a group to a machine with room, or put groups into different modes")


def test_a_limit_up_to_the_card_is_accepted_and_not_a_mib_more(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=swap("limit: 6GiB", "limit: 24564MiB"))
    message = (
        "containers.main.gpu.limit: 24 565 MiB exceed gpu0 of mainpc (24 564 MiB); lower it to the memory of the card"
    )
    assert_refused(tmp_path, "vision_gpu", "gpu: {", message, vision_gpu=swap("limit: 6GiB", "limit: 24565MiB"))


def test_a_gpu_container_without_a_budget_is_refused(tmp_path: Path) -> None:
    problem = "cuda, but gpu is missing; add gpu with request, limit and enforcement"
    change = swap("    gpu: {request: 1536MiB, limit: 6GiB, enforcement: mps}\n", "")
    assert_refused(tmp_path, "vision_gpu", "variant:", f"containers.main.build.variant: {problem}", vision_gpu=change)


def test_a_budget_in_a_cpu_container_is_refused(tmp_path: Path) -> None:
    message = "containers.main.gpu: is set, but build.variant is cpu; set build.variant to cuda, or drop gpu"
    change = swap("variant: cuda", "variant: cpu")
    assert_refused(tmp_path, "vision_gpu", "gpu: {", message, vision_gpu=change)


def test_a_budget_on_a_machine_without_a_gpu_is_refused(tmp_path: Path) -> None:
    budget = "{request: 1GiB, limit: 1GiB, enforcement: framework}"
    message = (
        "containers.main.gpu: a GPU budget, but pi has no GPU; "
        "move the group to a machine with a GPU (mainpc, pc2), or drop gpu"
    )
    changes: dict[str, Change] = {"small": gpu_group(budget), "stack_pi": small_stack("pi", "small")}
    assert_refused(tmp_path, "small", "gpu:", message, **changes)


TWO_CARDS = "{gpu0: {model: A, memory: 8GiB}, gpu1: {device: '1', model: B, memory: 8GiB}}"


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("", "containers.main.gpu: names no card, but pi has several; set card to one of gpu0, gpu1"),
        ("card: gpu2, ", "containers.main.gpu.card: gpu2 is not a card of pi; use one of gpu0, gpu1"),
    ],
)
def test_on_a_machine_with_several_cards_a_budget_names_one_it_has(tmp_path: Path, card: str, message: str) -> None:
    def changes(card: str) -> dict[str, Change]:
        group = gpu_group(f"{{{card}request: 1GiB, limit: 1GiB, enforcement: framework}}")
        return {"small": group, "stack_pi": small_stack("pi", "small", gpus=TWO_CARDS)}

    assert_refused(tmp_path, "small", "gpu:", message, **changes(card))
    assert_accepted(tmp_path, **changes("card: gpu1, "))


def test_each_card_of_a_machine_is_summed_by_itself(tmp_path: Path) -> None:
    def changes(second: str) -> dict[str, Change]:
        stack = small_stack("pi", "left", "right", gpus=TWO_CARDS)
        left = gpu_group("{card: gpu0, request: 7742MiB, limit: 8GiB, enforcement: framework}")
        right = gpu_group(f"{{card: {second}, request: 7742MiB, limit: 8GiB, enforcement: framework}}")
        return {"left": left, "right": right, "stack_pi": stack}

    assert_accepted(tmp_path, **changes("gpu1"))
    (fault,) = faults_of(write_project(tmp_path, **changes("gpu0")))
    assert "left 7 742 + right 7 742 + contexts 2 x 450 = 900 + desktop 0 = 16 384 of 8 192 MiB" in fault


def test_the_sandbox_takes_no_gpu_memory(tmp_path: Path) -> None:
    change = chain(swap("memory: 4GiB", "memory: 8GiB"), under("- memory-stack", "    - vision-dream-gpu"))
    assert_accepted(tmp_path, local=change)


def test_enforcement_by_mps_needs_a_card_that_mps_serves(tmp_path: Path) -> None:
    message = (
        "containers.main.gpu.enforcement: mps, but gpu0 of pc2 has no MPS; "
        "set machine.gpus.gpu0.mps, or enforcement: framework"
    )
    change = swap("enforcement: framework", "enforcement: mps")
    assert_refused(tmp_path, "vision_dream_gpu", "gpu: {", message, vision_dream_gpu=change)
    assert_accepted(
        tmp_path, vision_dream_gpu=change, memory_reasoning_gpu=change, pc2=under("model: RTX", "        mps: {}")
    )


def test_all_containers_on_a_card_with_mps_share_its_user(tmp_path: Path) -> None:
    message = "containers.main.hardening.run_as: 10002, but MPS on gpu0 serves only 10001; set run_as to 10001:10001"
    change = under("shared_memory:", '    hardening: {run_as: "10002:10001"}')
    assert_refused(tmp_path, "vision_gpu", "run_as:", message, vision_gpu=change)


def test_another_user_that_all_share_is_accepted(tmp_path: Path) -> None:
    gpu_groups = (
        "model_manager_gpu",
        "language_stack_gpu",
        "reasoning_gpu",
        "vision_gpu",
        "utility_gpu",
        "audio_emotion",
    )
    user = under("shared_memory:", '    hardening: {run_as: "10002:10002"}')
    changes: dict[str, Change] = dict.fromkeys(gpu_groups, user)
    assert_accepted(tmp_path, mainpc=swap("mps: {", "mps: {uid: 10002, "), **changes)


def test_an_exclusive_container_has_its_card_alone(tmp_path: Path) -> None:
    exclusive = swap("6GiB, enforcement: mps", "6GiB, enforcement: exclusive")
    message = (
        "containers.main.gpu.enforcement: exclusive, but 5 other containers may use gpu0 of mainpc at the same time; "
        "use mps or framework, or give it another card or mode"
    )
    assert_refused(tmp_path, "vision_gpu", "enforcement: exclusive", message, vision_gpu=exclusive)
    alone = gpu_group("{request: 1GiB, limit: 2GiB, enforcement: exclusive}")
    card = "{gpu0: {model: RTX 3060, memory: 12GiB}}"
    assert_accepted(tmp_path / "alone", small=alone, stack_pi=small_stack("pi", "small", gpus=card))


def test_exclusive_containers_may_take_turns(tmp_path: Path) -> None:
    budget = "{request: 1GiB, limit: 2GiB, enforcement: exclusive}"
    stack = small_stack("pi", "small", "other", gpus="{gpu0: {model: RTX 3060, memory: 12GiB}}")
    turns = f"{stack}  fleet:modes: {{one: [small], two: [other]}}\n  fleet:mode: one\n"
    groups = {"small": gpu_group(budget), "other": gpu_group(budget)}
    assert_accepted(tmp_path, **groups, stack_pi=turns)
    faults = faults_of(write_project(tmp_path / "together", **groups, stack_pi=stack))
    assert [fault.count("exclusive, but 1 other container may use gpu0 of pi") for fault in faults] == [1, 1]


def test_hami_is_for_clusters(tmp_path: Path) -> None:
    change = swap("6GiB, enforcement: mps", "6GiB, enforcement: hami-core")
    message = (
        'containers.main.gpu.enforcement: "hami-core" limits pods of a cluster only; use mps, framework or advisory'
    )
    assert_refused(tmp_path, "vision_gpu", "hami-core", message, vision_gpu=change)


def test_a_limit_is_divided_among_processes_in_whole_mib(tmp_path: Path) -> None:
    change = swap(
        "{request: 1536MiB, limit: 6GiB, enforcement: mps}",
        "{request: 1MiB, limit: 1MiB, processes: 2, enforcement: mps}",
    )
    faults = faults_of(write_project(tmp_path, vision_gpu=change))
    assert any("gpu.limit: 1 MiB cannot be divided among 2 processes; raise it" in fault for fault in faults)


def test_a_device_goes_with_its_driver(tmp_path: Path) -> None:
    for keys in ("device: nvidia.com/gpu=0", "driver: cdi", "driver: cdi, device: '0'"):
        card = f"{{gpu0: {{model: RTX 3060, memory: 12GiB, {keys}}}}}"
        (fault,) = faults_of(
            write_project(tmp_path, small=small_group(), stack_pi=small_stack("pi", "small", gpus=card))
        )
        assert "nvidia.com/gpu=<name> and cdi go together" in fault
    card = "{gpu0: {model: RTX 3060, memory: 12GiB, driver: cdi, device: nvidia.com/gpu=0}}"
    assert_accepted(tmp_path, small=small_group(), stack_pi=small_stack("pi", "small", gpus=card))


def test_a_subnet_has_an_address_for_every_container(tmp_path: Path) -> None:
    """Eleven containers and the daemon of a card on MainPC, without the addresses of network, gateway and broadcast."""
    small = {f"g{number}": small_group() for number in range(6)}
    tenants = {"shared": small_group(), "red": small_group(top="tenant: red\npeers: [shared]")}
    wide = "{subnet: 10.210.78.0/24}"
    wrong = []
    for index, (changes, problem) in enumerate(
        (
            (
                {"mainpc": swap("10.210.1.0/24", "10.210.1.0/29")},
                "machine.network.subnet: 10.210.1.0/29 has 5 addresses for containers, and 11 join it; "
                "use a /28 or larger",
            ),
            ({"mainpc": swap("10.210.1.0/24", "10.210.1.0/28")}, None),
            ({**small, "stack_pi": _tight(*small)}, "10.210.77.0/29 has 5 addresses for containers, and 6 join it"),
            ({**dict(list(small.items())[:5]), "stack_pi": _tight(*list(small)[:5])}, None),
            ({**tenants, "stack_pi": _tight(*tenants, tenants=f"{{red: {wide}}}")}, None),
            (
                {
                    **tenants,
                    "red": small_group(top="tenant: red\npeers: [shared]") + "".join(map(_side, range(4))),
                    "stack_pi": _tight(*tenants, tenants="{red: {subnet: 10.210.78.0/29}}"),
                },
                "machine.tenants.red.subnet: 10.210.78.0/29 has 5 addresses for containers, and 6 join it",
            ),
        )
    ):
        faults = faults_of(write_project(tmp_path / str(index), **changes))
        if [problem in fault for fault in faults] != ([True] if problem else []):
            wrong.append((problem, faults))
    assert wrong == []


def _tight(*groups: str, **machine: str) -> str:
    return small_stack("pi", *groups, network="{name: pi_internal, subnet: 10.210.77.0/29}", **machine)


def _side(number: int) -> str:
    own = "build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}"
    return f"  side{number}:\n    {own}\n    cpu: {{request: 10m, limit: 1}}\n"


def test_a_container_has_no_more_shared_memory_than_mps_shares(tmp_path: Path) -> None:
    message = (
        "containers.main.shared_memory: 1 024 MiB exceed what MPS on gpu0 of mainpc shares; "
        "lower it to 512MiB, or raise machine.gpus.gpu0.mps.shared_memory"
    )
    change = swap("active_thread_percentage: 70", "shared_memory: 512MiB")
    faults = faults_of(write_project(tmp_path, mainpc=change))
    assert f"{place(tmp_path, 'vision_gpu', 'shared_memory')}: {message}" in faults
    assert all("exceed what MPS on gpu0" in fault for fault in faults)
    assert_accepted(tmp_path, mainpc=swap("active_thread_percentage: 70", "shared_memory: 2GiB"))


def test_a_page_on_the_lan_needs_a_lan_address(tmp_path: Path) -> None:
    problem = "lan, but pi has no address on the LAN"
    message = f"ports.main.publish: {problem}; set machine.lan_address of that stack, or publish: localhost"
    page = small_group(top="ports: {main: {publish: lan}}")
    for address in ("", "127.0.0.1"):
        assert_refused(tmp_path, "small", "ports:", message, **with_pi(page, lan_address=address))
    assert_accepted(tmp_path, **with_pi(page, lan_address="192.168.1.30"))
    for at in ("localhost", "100.64.0.7"):
        assert_accepted(tmp_path, **with_pi(small_group(top=f"ports: {{main: {{publish: {at}}}}}"), lan_address=""))


def test_an_empty_argument_is_refused(tmp_path: Path) -> None:
    for command, refused in (("[redis-server, --save, '']", True), ("[redis-server, --save, ' ']", False)):
        folder = tmp_path / str(refused)
        folder.mkdir()
        image = "image: {reference: 'registry.example/cache:1'}"
        main = f"command: {command}\nhealth: {{command: [/bin/ready]}}"
        write_project(folder, small=small_group(image=image, main=main), stack_pi=small_stack("pi", "small"))
        found = [fault for fault in faults_of(folder) if "containers.main.command.2: is empty" in fault]
        assert len(found) == refused, faults_of(folder)
