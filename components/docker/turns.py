"""Stops the containers of groups that a switch of modes removes, before those of the new mode are created.

The engine deletes what is no longer registered last. Until then the containers of both modes would run, and they may
share a card, a port or a name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pulumi

from components.docker.watch import explained
from components.ending import Ending
from fleet import labels

if TYPE_CHECKING:
    import docker
    from docker.models.containers import Container

_GRACE_S = 10
"""Docker's default."""


class NotStoppedError(Exception):
    """A container of another mode still runs."""


class Turns:
    """The containers of other modes on one daemon.

    off: name -> groups of each container that the mode does not run; planned: names of those it runs.
    """

    def __init__(
        self,
        client: Callable[[], docker.DockerClient],
        off: Mapping[str, Collection[str]],
        planned: Collection[str],
        ending: Ending,
    ) -> None:
        self._client, self._off, self._planned, self._ending = client, off, frozenset(planned), ending
        # Of its own: the event loop's executor is full of registrations, which wait for the hooks. One thread, so that
        # the others wait for the first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")
        self._stopped = False

    def hook(self, name: str) -> pulumi.ResourceHook:
        """A hook for `before_create` of containers; the first call stops the others, and the rest wait for it."""

        async def make_way(_: pulumi.ResourceHookArgs) -> None:
            with self._ending.running_hook():
                await asyncio.get_running_loop().run_in_executor(self._thread, self.stop)

        return pulumi.ResourceHook(f"{name}-turns", make_way)

    def stop(self) -> None:
        """Stops them, and renames those with the name of a planned one; the engine deletes them by id.

        Raises NotStoppedError.
        """
        from docker.errors import DockerException  # heavy, and needed in an update only
        from requests.exceptions import RequestException

        if self._stopped:
            return
        try:
            for container in self._client().containers.list(all=True, filters={"label": labels.GROUP}):
                if container.labels[labels.GROUP] in self._off.get(str(container.name), ()):
                    self._stop(container)
        except (DockerException, RequestException) as error:
            msg = f"the containers of other modes cannot be stopped ({explained(error)})"
            raise NotStoppedError(msg) from None
        self._stopped = True

    def _stop(self, container: Container) -> None:
        container.stop(timeout=container.attrs["Config"].get("StopTimeout") or _GRACE_S)
        if container.name in self._planned:
            container.rename(f"{container.name}-{container.short_id}")
