"""Gives a new volume to the user of the container that writes it.

Docker gives a new volume the owner of the folder that the image has at its path, and root's where the image has none: a
user above 10000 cannot write there. Once a container is created, this looks at its volumes over the daemon, changes the
owner of those that are empty, and restarts the container, which may have failed meanwhile. No process runs as root.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.model import RunAs
from fleet.plan.deployment import Deployment

_OWNER, _GROUP, _OTHERS = 0o700, 0o070, 0o007
_WRITE_AND_ENTER = 0o333
_FOLDER = "fleet-volume"


@dataclass(frozen=True, slots=True)
class OwnedMount:
    """A volume by its name on the machine, its path in a container, and the user who must be able to write there."""

    volume: str
    path: str
    user: RunAs


def owned_mounts(deployment: Deployment) -> Mapping[str, tuple[OwnedMount, ...]]:
    """Container name -> its named volumes that it is the first to write, in start order."""
    taken: set[str] = set()
    found: dict[str, tuple[OwnedMount, ...]] = {}
    for container in deployment.containers:
        user, own = container.hardening.user, []
        for mount in container.mounts:
            volume = deployment.volumes[mount.volume]
            named = not volume.bind and not volume.tmpfs_mib
            if user and user.uid and named and not mount.read_only and volume.key not in taken:
                taken.add(volume.key)
                own.append(OwnedMount(volume.name, mount.path, user))
        if own:
            found[container.name] = tuple(own)
    return found


def give_new_volumes(api: Any, container_id: str, mounts: Iterable[OwnedMount], grace_s: int) -> list[str]:
    """Changes the owner of volumes that are empty and not writable, then restarts the container; their paths.

    api: low-level client of the Docker SDK, whose errors it raises; grace_s: time to stop.
    """
    given = [mount.path for mount in mounts if _give(api, container_id, mount)]
    if given:
        api.restart(container_id, timeout=grace_s)
    return given


def _give(api: Any, container_id: str, mount: OwnedMount) -> bool:
    root, is_empty = _look(api, container_id, mount.path)
    if root is None or not is_empty or _may_write(root, mount.user):
        return False
    root.name, root.uid, root.gid = f"{_FOLDER}/", mount.user.uid, mount.user.gid
    root.uname = root.gname = ""
    root.mode |= _OWNER
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(root)
    # The daemon changes no folder that it unpacks into, and nothing outside volumes on a read-only root. So another
    # container has the volume in a folder; it is never started.
    image, host = api.inspect_container(container_id)["Image"], {"Binds": [f"{mount.volume}:/{_FOLDER}"]}
    helper = api.create_container(image, ["true"], host_config=host, network_disabled=True)["Id"]
    try:
        api.put_archive(helper, "/", packed.getvalue())
    finally:
        api.remove_container(helper)
    return True


def _look(api: Any, container_id: str, path: str) -> tuple[tarfile.TarInfo | None, bool]:
    """The folder itself, None if it is none, and whether nothing is in it. Reads no further than the first entry."""
    stream, _ = api.get_archive(container_id, path)
    try:
        with tarfile.open(fileobj=_Chunks(iter(stream)), mode="r|") as archive:
            root = archive.next()
            return (root if root and root.isdir() else None), archive.next() is None
    finally:
        stream.close()


def _may_write(root: tarfile.TarInfo, user: RunAs) -> bool:
    bits = _OWNER if root.uid == user.uid else _GROUP if root.gid == user.gid else _OTHERS
    needed = bits & _WRITE_AND_ENTER
    return root.mode & needed == needed


class _Chunks(io.RawIOBase):
    """A file of the chunks of an answer."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (chunk := next(self._chunks, None)) is not None:
            self._rest += chunk
        found, self._rest = self._rest[:size], self._rest[size:]
        return found
