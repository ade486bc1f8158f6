"""Caches of compilers and models in containers with a card."""

from __future__ import annotations

from typing import Any

from fleet.model import ContainerGroup
from fleet.plan.caches import FOLDER, Caches
from tests.unit.builders import container, planned
from tests.unit.fleet.models import make_group

_LATER = {"reason": "the image starts as root", "until": "2027-01-31"}


def group(volumes: dict[str, Any] | None = None, **main: Any) -> ContainerGroup:
    base = {"image": {"reference": "docker.io/library/box:1"}, "memory": {"request": "4GiB"}, "cpu": {"limit": 1}}
    return make_group(volumes=volumes or {}, containers={"main": {**base, **main}})


def test_without_a_volume_they_are_in_memory_and_may_be_executed() -> None:
    found = Caches.of(group(), "main", ())
    assert found.variables()["TRITON_CACHE_DIR"] == f"{FOLDER}/triton"
    assert found.variables()["HF_HOME"] == f"{FOLDER}/huggingface"
    for cap, size in {128: 32, 1024: 256, 64 + 4096: 512, 65536: 1024, 64: 1}.items():
        hardening = found.hardening(group().containers["main"].hardening, cap)
        assert dict(hardening.tmpfs) == {FOLDER: size, "/tmp": 64}
        assert hardening.executable == (FOLDER,)


def test_a_cache_volume_of_its_own_keeps_them() -> None:
    volumes = {"box-models": {"kind": "cache"}, "box-data": {"kind": "data", "backup": {"none": "a trial keeps none"}}}
    mounts = {"box-data": {"path": "/data"}, "box-models": {"path": "/srv/models"}}
    owner = group(volumes, mounts=mounts)
    found = Caches.of(owner, "main", ())
    assert found.variables()["HF_HOME"] == "/srv/models"
    assert found.variables()["VLLM_CACHE_ROOT"] == "/srv/models/.kernels/vllm"
    assert found.hardening(owner.containers["main"].hardening, 4096).executable == ()


def test_models_of_another_group_are_read_and_kernels_are_in_memory() -> None:
    other = make_group(name="models", volumes={"all-models": {"kind": "cache"}})
    for read_only in (True, False):
        reader = group(mounts={"all-models": {"path": "/models", "read_only": read_only}})
        found = Caches.of(reader, "main", (other, reader))
        assert found.variables()["HF_HOME"] == "/models"
        assert found.in_memory


def test_a_writable_root_of_a_ready_image_has_its_own() -> None:
    for hardening in ({"as_image": _LATER}, {"read_only_root": False, "exceptions": {"read_only_root": _LATER}}):
        found = Caches.of(group(hardening=hardening), "main", ())
        assert found.variables() == {}
        assert not found.in_memory


def test_the_shipped_groups_read_their_models_from_the_mounted_cache() -> None:
    seen = 0
    for stack in ("mainpc", "pc2"):
        for found in planned(stack).containers:
            mounted = {mount.volume: mount.path for mount in found.mounts}
            if found.gpu and "huggingface-cache" in mounted:
                seen += 1
                assert found.env["HF_HOME"] == mounted["huggingface-cache"], found.name
    assert seen == 7


def test_a_container_without_a_card_has_none() -> None:
    assert "TRITON_CACHE_DIR" in container(planned("mainpc"), "vision-gpu").env
    assert "TRITON_CACHE_DIR" not in container(planned("mainpc"), "core-platform").env
