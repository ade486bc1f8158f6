"""Several cards of a Docker machine for one container, with a budget on each."""

from __future__ import annotations

from pathlib import Path

from components.docker.compose import compose_file
from components.docker.render import render_container
from fleet import labels
from fleet.plan.planner import plan_stack
from tests.unit.builders import Change, assert_accepted, faults_of, small_group, small_stack, write_project
from tests.unit.fleet.targets.docker.test_checks import gpu_group

UUIDS = ("GPU-11111111-aaaa", "GPU-22222222-aaaa", "GPU-33333333-aaaa")


def _machine(number: int, *groups: str, **more: str) -> str:
    cards = [
        f"gpu{index}: {{model: RTX 3090, memory: 24GiB, device: {UUIDS[index]}{more.get(f'gpu{index}', '')}}}"
        for index in range(number)
    ]
    return small_stack("box", *groups, gpus=f"{{{', '.join(cards)}}}")


def _wide(cards: str, budget: str = "request: 10GiB, limit: 13GiB, enforcement: framework") -> str:
    return gpu_group(f"{{cards: {cards}, {budget}}}")


def test_two_cards_by_number_by_name_or_all(tmp_path: Path) -> None:
    for index, (cards, number, expected) in enumerate(
        (
            ("2", 2, ["gpu0", "gpu1"]),
            ("all", 2, ["gpu0", "gpu1"]),
            ("all", 1, ["gpu0"]),
            ("[gpu2, gpu0]", 3, ["gpu0", "gpu2"]),
            ("[gpu1]", 2, ["gpu1"]),
        )
    ):
        changes: dict[str, Change] = {"wide": _wide(cards), "stack_box": _machine(number, "wide")}
        fleet = assert_accepted(tmp_path / str(index), **changes).fleet
        deployment = plan_stack(fleet, "box")
        (container,) = deployment.containers
        assert container.gpu
        assert list(container.gpu.cards) == expected, cards
        assert container.labels[labels.GPU_CARD] == ",".join(expected)
        assert container.env["CUDA_VISIBLE_DEVICES"] == ",".join(map(str, range(len(expected))))
        assert [use.name for use in deployment.cards if use.committed_mib == 10 * 1024 + 450] == expected


def test_a_number_that_is_not_the_machines_needs_names(tmp_path: Path) -> None:
    path = "containers.main.gpu"
    for index, (cards, number, message) in enumerate(
        (
            ("2", 3, f"{path}.cards: 2 cards of the 3 of box, without names; name them: cards: [gpu0, gpu1]"),
            ("3", 2, f"{path}.cards: 3 cards, but box has 2 (gpu0, gpu1); write 2 or all, or move the group to a "),
            ("1", 2, f"{path}: names no card, but box has several; set card to one of gpu0, gpu1"),
            ("[gpu0, gpu7]", 2, f"{path}.cards.1: gpu7 is not a card of box; use one of gpu0, gpu1"),
            ("2", 0, f"{path}: a GPU budget, but box has no GPU; move the group to"),
        )
    ):
        changes: dict[str, Change] = {"wide": _wide(cards), "stack_box": _machine(number, "wide")}
        (fault,) = faults_of(write_project(tmp_path / str(index), **changes))
        assert message in fault, cards


def test_a_budget_counts_on_each_card(tmp_path: Path) -> None:
    other = gpu_group("{card: gpu1, request: 14GiB, limit: 14GiB, enforcement: framework}")
    changes: dict[str, Change] = {"wide": _wide("2"), "other": other, "stack_box": _machine(2, "wide", "other")}
    (fault,) = faults_of(write_project(tmp_path, **changes))
    assert "14 336 MiB do not fit on gpu1 of box (RTX 3090) with the other containers" in fault
    assert "other 14 336 + wide 10 240 + contexts 2 x 450 = 900 + desktop 0 = 25 476 of 24 576 MiB" in fault


def test_a_limit_fits_the_smallest_of_its_cards(tmp_path: Path) -> None:
    machine = _machine(2, "wide").replace("24GiB, device: GPU-2", "12GiB, device: GPU-2")
    (fault,) = faults_of(write_project(tmp_path, wide=_wide("all"), stack_box=machine))
    assert "containers.main.gpu.limit: 13 312 MiB exceed gpu1 of box (12 288 MiB); lower it" in fault


def test_exclusive_cards_are_alone_on_each(tmp_path: Path) -> None:
    wide = _wide("2", "request: 1GiB, limit: 2GiB, enforcement: exclusive")
    other = gpu_group("{card: gpu1, request: 1GiB, limit: 2GiB, enforcement: framework}")
    (fault,) = faults_of(write_project(tmp_path, wide=wide, other=other, stack_box=_machine(2, "wide", "other")))
    assert "exclusive, but 1 other container may use gpu1 of box at the same time" in fault


def test_the_cards_of_a_container_agree(tmp_path: Path) -> None:
    for index, (second, message) in enumerate(
        (
            (", allocator: 'max_split_size_mb:128'", "settings of allocator (gpu0 none, gpu1 max_split_size_mb:128)"),
            (", mps: {}", "MPS serves gpu1 of box, and a container connects to one MPS daemon only; use one card, or"),
        )
    ):
        changes: dict[str, Change] = {"wide": _wide("2"), "stack_box": _machine(2, "wide", gpu1=second)}
        (fault,) = faults_of(write_project(tmp_path / str(index), **changes))
        assert "containers.main.gpu.cards: " in fault
        assert message in fault
    mixed = _machine(2, "wide").replace(f"device: {UUIDS[1]}", "driver: cdi, device: 'nvidia.com/gpu=1'")
    (fault,) = faults_of(write_project(tmp_path / "mixed", wide=_wide("2"), stack_box=mixed))
    assert "different settings of driver (gpu0 nvidia, gpu1 cdi); set the same in machine.gpus of box" in fault


def test_mps_enforces_nothing_on_several_cards(tmp_path: Path) -> None:
    wide = _wide("2", "request: 1GiB, limit: 2GiB, enforcement: mps")
    (fault,) = faults_of(write_project(tmp_path, wide=wide, stack_box=_machine(2, "wide")))
    assert "gpu.enforcement: mps, but a container connects to one MPS daemon, which serves one card" in fault


BOARD = {"class": "single-board-computer", "arch": "arm64", "memory_enforced": "true"}


def _board(*groups: str, gpu: str = "", **machine: str) -> str:
    card = f"{{gpu0: {{model: Orin Nano, memory: 7620MiB, unified: true{gpu}}}}}"
    return small_stack("jetson", *groups, gpus=card, **{**BOARD, **machine})


def test_a_unified_card_is_part_of_main_memory_once(tmp_path: Path) -> None:
    """64 MiB of main memory, a request, a context of 450 MiB and a reserve of 2 048 of 8 192 MiB."""

    def changes(mib: int, more: str = "") -> dict[str, Change]:
        group = gpu_group(f"{{request: {mib}MiB, limit: 7620MiB, enforcement: advisory}}")
        group = group.replace("registry.example/model:1'", "registry.example/model:1', platforms: [arm64]")
        return {"vlm": group, "stack_jetson": _board("vlm", gpu=more)}

    most = 8192 - 2048 - 64 - 450
    fleet = assert_accepted(tmp_path / "fits", **changes(most)).fleet
    deployment = plan_stack(fleet, "jetson")
    assert (deployment.memory_request_mib, deployment.unified_mib) == (8192 - 2048, most + 450)
    (fault,) = faults_of(write_project(tmp_path / "full", **changes(most + 1)))
    assert "machine.memory: 8 192 MiB are too little for the requests of 1 group" in fault
    assert "gpu0 (unified) 6 081 + vlm 64 + reserve 2 048 = 8 193 of 8 192 MiB" in fault
    (fault,) = faults_of(write_project(tmp_path / "desktop", **changes(most, ", desktop_reserve: 1MiB")))
    assert "= 8 193 of 8 192 MiB" in fault


def test_a_card_that_shares_memory_has_no_more_than_the_machine(tmp_path: Path) -> None:
    (fault,) = faults_of(write_project(tmp_path, stack_jetson=_board(memory="7000MiB")))
    assert "machine.gpus.gpu0.memory: 7620 MiB exceed the machine's 7000 MiB, which the card shares; lower it" in fault


def test_a_unified_card_without_containers_takes_nothing(tmp_path: Path) -> None:
    fleet = assert_accepted(tmp_path, stack_jetson=_board(gpu=", desktop_reserve: 7000MiB")).fleet
    assert plan_stack(fleet, "jetson").unified_mib == 0


def _other(card: str, budget: str = "request: 8GiB, limit: 20GiB, enforcement: advisory") -> dict[str, Change]:
    stack = small_stack("box", "rocm", gpus=f"{{gpu0: {{model: X, memory: 24560MiB, {card}}}}}")
    return {"rocm": gpu_group(f"{{{budget}}}"), "stack_box": stack}


def test_a_card_of_another_maker_is_device_files_and_groups(tmp_path: Path) -> None:
    for index, (card, devices, groups) in enumerate(
        (
            ("vendor: amd, group_ids: [44, 109]", ("/dev/kfd", "/dev/dri/renderD128"), (44, 109)),
            ("vendor: amd, device: '1', group_ids: [109]", ("/dev/kfd", "/dev/dri/renderD129"), (109,)),
            ("vendor: intel, device: /dev/dri/renderD130, group_ids: []", ("/dev/dri/renderD130",), ()),
        )
    ):
        deployment = plan_stack(assert_accepted(tmp_path / str(index), **_other(card)).fleet, "box")
        (container,) = deployment.containers
        assert (container.devices, container.device_groups) == (devices, groups)
        assert labels.DEVICES not in container.labels
        assert [name for name in container.env if name.startswith(("CUDA", "NVIDIA"))] == []
        assert container.env["GPU_MEMORY_LIMIT"] == "20480MiB"
        rendered = render_container(container, deployment)
        assert "device_requests" not in rendered
        assert [device["host_path"] for device in rendered["devices"]] == list(devices)
        assert rendered["group_adds"] == [str(group) for group in groups]
        (service,) = compose_file(deployment)["services"].values()
        assert service["devices"] == [f"{path}:{path}:rwm" for path in devices]
        (use,) = deployment.cards
        assert use.committed_mib == 8192 + 450


def test_two_cards_of_another_maker_share_one_compute_file(tmp_path: Path) -> None:
    second = "gpu1: {model: X, memory: 24GiB, device: '1', vendor: amd, group_ids: [109]"
    budget = "cards: 2, request: 8GiB, limit: 20GiB, enforcement: framework"
    changes = _other(f"vendor: amd, group_ids: [44]}}, {second}", budget)
    (container,) = plan_stack(assert_accepted(tmp_path, **changes).fleet, "box").containers
    assert container.devices == ("/dev/kfd", "/dev/dri/renderD128", "/dev/dri/renderD129")
    assert container.device_groups == (44, 109)


def test_what_a_card_of_another_maker_cannot_do(tmp_path: Path) -> None:
    amd = "vendor: amd, group_ids: [44]"
    mixed = f"{amd}}}, gpu1: {{model: Y, memory: 24560MiB, device: '1'"
    cuda = _other(amd)
    built = small_group(
        image="build: {variant: cuda}",
        main="agents: {A: {}}\ngpu: {request: 8GiB, limit: 20GiB, enforcement: advisory}",
    )
    with_cuda = str(cuda["rocm"]).replace("model:1'", "model:1', cuda: '12.4'")
    two = "cards: 2, request: 1GiB, limit: 2GiB, enforcement: framework"
    missing = "machine.gpus.gpu0: group_ids missing, so agents may not use the card; add what `stat -c %g "
    cases: tuple[tuple[dict[str, Change], str], ...] = (
        (_other("vendor: amd"), f"{missing}/dev/kfd /dev/dri/renderD128` prints"),
        (_other("vendor: intel"), f"{missing}/dev/dri/renderD128` prints"),
        (_other(amd, "request: 1GiB, limit: 2GiB, enforcement: mps"), "mps, but gpu0 of box has no MPS"),
        (_other(mixed, two), "different settings of vendor (gpu0 amd, gpu1 nvidia)"),
        (
            {**cuda, "rocm": built},
            "containers.main.build.variant: cuda, but gpu0 of box is of amd; use a ready image for amd, or a card of",
        ),
        ({**cuda, "rocm": with_cuda}, "containers.main.image.cuda: 12.4, but gpu0 of box is of amd"),
    )
    for index, (changes, message) in enumerate(cases):
        (fault,) = faults_of(write_project(tmp_path / str(index), **changes))
        assert message in fault


def test_a_render_node_is_a_card_and_no_plain_device(tmp_path: Path) -> None:
    for index, path in enumerate(("/dev/dri/renderD128", "/dev/kfd", "/dev/nvidia0", "/dev/dri")):
        stack = small_stack("box", devices=f"{{{path}: {{group_id: 44}}}}")
        (fault,) = faults_of(write_project(tmp_path / str(index), stack_box=stack))
        assert f"machine.devices.{path}: {path} is the device file of a card, whose memory needs a budget; add" in fault
    assert_accepted(tmp_path / "coral", stack_box=small_stack("box", devices="{/dev/apex_0: {group_id: 1001}}"))
