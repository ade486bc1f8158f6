"""Sharing a card: one MPS daemon a card, hardened like any container, and what its clients need to reach it."""

from __future__ import annotations

from pathlib import Path

from fleet import labels
from fleet.model import VolumeKind
from fleet.plan.planner import plan_stack
from tests.unit.builders import agent_containers, assert_accepted, container, planned, shipped, swap, under

DAEMON = "gpu-sharing-gpu0"


def test_only_a_card_with_mps_has_a_daemon() -> None:
    assert [group.name for group in planned("mainpc").sharing] == [DAEMON]
    assert planned("pc2").sharing == planned("local").sharing == ()


def test_a_card_nobody_is_given_has_no_daemon() -> None:
    plan = plan_stack(shipped(), "mainpc", without_gpu=True)
    assert plan.sharing == ()
    assert DAEMON not in plan.volumes


def test_every_client_waits_for_its_daemon_and_no_other_group_does() -> None:
    waiting = {group.name: group.shares for group in planned("mainpc").groups if group.shares}
    assert waiting == dict.fromkeys(
        ("model-manager-gpu", "language-stack-gpu", "reasoning-gpu", "vision-gpu", "utility-gpu", "audio-emotion"),
        (DAEMON,),
    )


def test_daemon_and_clients_meet_in_one_folder_under_one_user() -> None:
    daemon = container(planned("mainpc"), DAEMON)
    clients = [found for found in agent_containers("mainpc") if found.gpu]
    assert len(clients) == 6
    for found in (daemon, *clients):
        assert [mount.volume for mount in found.mounts if mount.path == "/dev/shm"] == [DAEMON]
        assert found.env["CUDA_MPS_PIPE_DIRECTORY"] == "/dev/shm/mps"
        assert str(found.hardening.run_as) == "10001:10001"


def test_a_sidecar_without_a_gpu_does_not_meet_the_daemon() -> None:
    helpers = container(planned("mainpc"), "utility-gpu-helpers")
    assert all(mount.path != "/dev/shm" for mount in helpers.mounts)
    assert "CUDA_MPS_PIPE_DIRECTORY" not in helpers.env


def test_the_folder_lives_in_memory_and_goes_with_the_stack(tmp_path: Path) -> None:
    volume = planned("mainpc").volumes[DAEMON]
    assert (volume.kind, volume.tmpfs_mib, volume.bind) == (VolumeKind.SCRATCH, 8192, None)
    change = swap("mps: {", "mps: {shared_memory: 2GiB, ")
    fleet = assert_accepted(tmp_path, mainpc=change).fleet
    assert planned("mainpc", fleet).volumes[DAEMON].tmpfs_mib == 2048


def test_a_daemon_is_hardened_and_bounded_like_any_container() -> None:
    daemon = container(planned("mainpc"), DAEMON)
    assert daemon.hardening.weakened == frozenset()
    assert daemon.memory_cap_mib == 256
    assert daemon.health.test[0] == "test"
    assert daemon.ports == ()
    assert (daemon.labels[labels.GPU_ROLE], daemon.labels[labels.GPU_CARD]) == ("mps-daemon", "gpu0")


def test_a_daemon_takes_no_gpu_memory_of_its_own() -> None:
    assert all(share.group != DAEMON for share in planned("mainpc").cards[0].shares)
    assert labels.GPU_REQUEST_MIB not in container(planned("mainpc"), DAEMON).labels


def test_a_daemon_runs_as_the_user_its_card_serves(tmp_path: Path) -> None:
    user = under("shared_memory:", '    hardening: {run_as: "12000:12000"}')
    names = ("model_manager_gpu", "language_stack_gpu", "reasoning_gpu", "vision_gpu", "utility_gpu", "audio_emotion")
    fleet = assert_accepted(tmp_path, mainpc=swap("mps: {", "mps: {uid: 12000, "), **dict.fromkeys(names, user)).fleet
    assert str(container(planned("mainpc", fleet), DAEMON).hardening.run_as) == "12000:12000"


def test_a_group_that_comes_or_goes_changes_neither_the_daemon_nor_its_folder(tmp_path: Path) -> None:
    fleet = assert_accepted(tmp_path, reasoning_gpu=None, mainpc=swap("    - reasoning-gpu\n", "")).fleet
    assert planned("mainpc", fleet).sharing == planned("mainpc").sharing
    assert planned("mainpc", fleet).volumes[DAEMON] == planned("mainpc").volumes[DAEMON]
