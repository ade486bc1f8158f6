"""What an owner states of backups, the LAN and CUDA: refused where it says nothing, and carried to policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from fleet import labels
from fleet.labels import BACKUPS
from fleet.model import Gpu, Volume
from fleet.plan.labelling import container_labels
from fleet.source.image_locks import lock_base
from tests.unit.builders import ROOT, planned, shipped
from tests.unit.fleet.models import make_group, make_machine, problem

NIGHTLY = {"schedule": "30 3 * * *", "by": "restic"}
HALF = "set schedule and by, or none with the reason for no backup"


@pytest.mark.parametrize(
    ("backup", "text"),
    [
        (NIGHTLY, "30 3 * * * by restic"),
        ({"none": "it is measured again"}, "none, it is measured again"),
    ],
)
def test_a_backup_reads_as_its_label(backup: Mapping[str, str], text: str) -> None:
    assert str(Volume.model_validate({"backup": backup}).backup) == text


@pytest.mark.parametrize(
    ("backup", "says"),
    [
        ({}, f"nothing set; {HALF}"),
        ({"by": "restic"}, f"by set; {HALF}"),
        ({"schedule": "@daily"}, f"schedule set; {HALF}"),
        ({**NIGHTLY, "none": "it is measured again"}, f"by, none, schedule set; {HALF}"),
        ({**NIGHTLY, "schedule": "nightly"}, '"nightly" is not a schedule: it has 1 field, not 5; write it like'),
        ({**NIGHTLY, "by": "restic; borg"}, "String should match pattern"),
        ({"none": "no time"}, "String should have at least 10 characters"),
    ],
)
def test_a_backup_that_says_nothing_is_refused(backup: Mapping[str, str], says: str) -> None:
    assert says in problem(Volume.model_validate, obj={"backup": backup})


@pytest.mark.parametrize("kind", ["cache", "scratch"])
def test_only_data_is_backed_up(kind: str) -> None:
    says = problem(Volume.model_validate, obj={"kind": kind, "backup": NIGHTLY})
    assert says.endswith(f"backup is for data, but kind is {kind}; drop backup, or set kind to data")


def _labels(**volumes: Any) -> Mapping[str, Mapping[str, str]]:
    """Container -> its labels, in a group whose sidecar mounts `files`."""
    main = {"build": {}, "memory": {"request": "1GiB"}, "cpu": {"limit": 1}}
    side = {**main, "mounts": {"files": {"path": "/data"}, "foreign": {"path": "/other"}}}
    group = make_group(containers={"main": main, "side": side}, volumes=volumes)
    return {key: container_labels(group, key, shipped().stacks["mainpc"], None) for key in group.containers}


def test_a_backup_is_carried_by_what_mounts_the_volume() -> None:
    found = _labels(
        files={"backup": NIGHTLY}, more={"backup": {"none": "it is measured again"}}, cache={"kind": "cache"}
    )
    assert found["side"][BACKUPS] == "mainpc-files: 30 3 * * * by restic"
    assert found["main"][BACKUPS] == "mainpc-cache: none, it can be had again; mainpc-more: none, it is measured again"


def test_nothing_is_carried_of_scratch_or_of_a_neighbours_volume() -> None:
    found = _labels(files={"kind": "scratch"})
    assert BACKUPS not in {**found["main"], **found["side"]}


def test_no_volume_carries_a_backup() -> None:
    """A volume whose label changes is replaced, and its data lost."""
    from components.docker.render import render_volume

    for volume in planned("mainpc").volumes.values():
        assert {item["label"] for item in render_volume(volume)["labels"]} == {labels.GROUP, labels.VOLUME_WRITERS}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({}, "neither by nor none is set"),
        ({"by": "tls", "none": "one switch in one room"}, "by and none are both set"),
        ({"by": "hope"}, "Input should be"),
    ],
)
def test_what_encrypts_a_lan_is_said_one_way(said: Mapping[str, str], says: str) -> None:
    assert says in problem(make_machine, lan_traffic=said)


def test_a_version_of_cuda_is_text() -> None:
    with pytest.raises(ValidationError, match=r"which turns 12\.10 into 12\.1; quote it"):
        Gpu.model_validate({"model": "RTX 4090", "memory": "24GiB", "cuda": 12.10})


def test_the_cuda_of_a_shipped_group_is_that_of_its_lock() -> None:
    stated = {
        name: container.build.cuda
        for name, group in shipped().groups.items()
        for container in group.containers.values()
        if container.build and container.build.variant == "cuda" and container.build.requirements
    }
    assert len(stated) > 6
    for name, cuda in stated.items():
        lock = ROOT / f"images/agent/locks/{name}.txt"
        assert (cuda is None) == (not lock.is_file())
        if cuda:
            text = lock.read_text()
            text += lock.with_stem(lock_base(text) or name).read_text()
            locked = [line for line in text.splitlines() if line.startswith("nvidia-cuda-runtime")]
            newest = max(tuple(int(part) for part in line.split("==")[1].split()[0].split(".")[:2]) for line in locked)
            assert cuda == ".".join(map(str, newest))
