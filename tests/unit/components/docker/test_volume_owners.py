"""A new volume is given to the user of the first container that writes it, and only a new one."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import Any

from components.docker.volume_owners import OwnedMount, give_new_volumes, owned_mounts
from fleet.model import RunAs
from tests.unit.builders import LATER, assert_accepted, planned, small_group, with_pi

USER = RunAs(uid=10001, gid=10001)
STORE = OwnedMount("box-store", "/store", USER)


class Api:
    """A container with one folder, as the daemon packs it."""

    def __init__(self, *, uid: int = 0, gid: int = 0, mode: int = 0o755, files: int = 0, kind: bytes = tarfile.DIRTYPE):
        self.root = tarfile.TarInfo("store")
        self.root.uid, self.root.gid, self.root.mode, self.root.type = uid, gid, mode, kind
        self.files = files
        self.put: list[tarfile.TarInfo] = []
        self.restarted: list[int] = []
        self.removed: list[str] = []
        self.closed = 0
        self.chunks_read = 0

    def get_archive(self, container: str, path: str) -> tuple[Any, dict[str, Any]]:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.addfile(self.root)
            for number in range(self.files):
                info = tarfile.TarInfo(f"store/{number}")
                info.size = 100_000
                archive.addfile(info, io.BytesIO(bytes(info.size)))
        return self._chunks(packed.getvalue()), {}

    def _chunks(self, data: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(data), 1000):
                self.chunks_read += 1
                yield data[start : start + 1000]
        finally:
            self.closed += 1

    def put_archive(self, container: str, path: str, data: bytes) -> bool:
        assert (container, path) == ("helper", "/")
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            self.put += archive.getmembers()
        return True

    def inspect_container(self, container: str) -> dict[str, Any]:
        return {"Image": "sha256:box"}

    def create_container(
        self, image: str, command: list[str], *, host_config: dict[str, Any], network_disabled: bool
    ) -> dict[str, Any]:
        assert (image, host_config, network_disabled) == ("sha256:box", {"Binds": ["box-store:/fleet-volume"]}, True)
        return {"Id": "helper"}

    def remove_container(self, container: str) -> None:
        self.removed.append(container)

    def restart(self, container: str, timeout: int) -> None:
        self.restarted.append(timeout)


def test_an_empty_volume_of_root_is_given_and_the_container_starts_again() -> None:
    for user in ({}, {"uid": 472, "gid": 0}, {"gid": 10001}):
        api = Api(**user)
        assert give_new_volumes(api, "id", [STORE], 5) == ["/store"]
        (root,) = api.put
        assert (root.name, root.uid, root.gid, root.mode, root.isdir()) == ("fleet-volume", 10001, 10001, 0o755, True)
        assert (api.restarted, api.removed) == ([5], ["helper"])
        assert api.closed == 1


def test_what_can_be_written_or_holds_data_is_left_alone() -> None:
    for what, api in {
        "its own": Api(uid=10001),
        "its group's": Api(gid=10001, mode=0o775),
        "anybody's": Api(mode=0o1777),
        "with data": Api(files=1),
        "a file": Api(kind=tarfile.REGTYPE),
    }.items():
        assert give_new_volumes(api, "id", [STORE], 5) == [], what
        assert (api.put, api.restarted, api.closed) == ([], [], 1), what


def test_a_large_volume_is_not_read() -> None:
    api = Api(files=50)
    give_new_volumes(api, "id", [STORE], 5)
    assert api.chunks_read < 50


def test_the_first_writer_of_a_named_volume_is_its_owner(tmp_path: Any) -> None:
    main = (
        "health: {command: [/bin/ready]}\n"
        "mounts: {small-a: {path: /a}, small-b: {path: /b, read_only: true}, small-c: {path: /c}}"
    )
    volumes = "volumes: {small-a: {kind: scratch}, small-b: {kind: scratch}, small-c: {kind: scratch}}"
    text = small_group(image="image: {reference: 'registry.example/box:1'}", main=main, top=volumes)
    sidecar = (
        "  helper:\n"
        "    image: {reference: 'registry.example/box:1'}\n"
        "    health: {command: [/bin/ready]}\n"
        "    memory: {request: 64MiB}\n"
        "    cpu: {request: 100m, limit: 100m}\n"
        "    mounts: {small-a: {path: /x}, small-b: {path: /y}}\n"
        "    hardening: {run_as: '10002:10002'}\n"
    )
    fleet = assert_accepted(tmp_path, **with_pi(text + sidecar, binds="{small-c: /srv/c}")).fleet
    helper = RunAs(uid=10002, gid=10002)
    assert owned_mounts(planned("pi", fleet)) == {
        "small": (OwnedMount("pi-small-a", "/a", USER),),
        "small-helper": (OwnedMount("pi-small-b", "/y", helper),),
    }


def test_an_image_that_decides_on_its_user_prepares_its_volumes(tmp_path: Any) -> None:
    excuse = f"{{reason: the image starts as root, until: {LATER}}}"
    main = f"health: {{command: [/bin/ready]}}\nmounts: {{small-a: {{path: /a}}}}\nhardening: {{as_image: {excuse}}}"
    volumes = "volumes: {small-a: {kind: scratch}}"
    text = small_group(image="image: {reference: 'registry.example/box:1'}", main=main, top=volumes)
    assert owned_mounts(planned("pi", assert_accepted(tmp_path, **with_pi(text)).fleet)) == {}
