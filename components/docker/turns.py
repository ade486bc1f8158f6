"""Stops containers that must not run with those that the engine creates.

In a switch of modes, the engine deletes what is no longer registered last. Until then the containers of both modes
would run, and they may share a card, a port or a name. In a group with containers that run first, these may write what
the others have open.
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
    """The containers on one daemon that take turns.

    off: name -> groups of each container that the mode does not run; planned: name of each container that it runs ->
    names of those that wait for its end in the same group.
    """

    def __init__(
        self,
        client: Callable[[], docker.DockerClient],
        off: Mapping[str, Collection[str]],
        planned: Mapping[str, Collection[str]],
        ending: Ending,
    ) -> None:
        self._client, self._off, self._planned, self._ending = client, off, planned, ending
        # Of its own: the event loop's executor is full of registrations, which wait for the hooks. One thread, so that
        # the others wait for the first.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")
        self._stopped = False

    def hook(self, name: str) -> pulumi.ResourceHook:
        """A hook for `before_create` of containers; the first call stops other modes, and the rest wait for it."""

        async def make_way(args: pulumi.ResourceHookArgs) -> None:
            container = str((args.new_inputs or {}).get("name", args.name))
            with self._ending.running_hook():
                await asyncio.get_running_loop().run_in_executor(self._thread, self.stop, container)

        return pulumi.ResourceHook(f"{name}-turns", make_way)

    def stop(self, created: str) -> None:
        """Stops what must not run with a container that is created.

        One of another mode with the name of a planned one is renamed; the engine deletes it by id. Raises
        NotStoppedError.
        """
        from docker.errors import DockerException  # heavy, and needed in an update only
        from requests.exceptions import RequestException

        later = self._planned.get(created, ())
        if not later and (self._stopped or not self._off):
            return
        try:
            for container in self._client().containers.list(all=True, filters={"label": labels.GROUP}):
                name, group = str(container.name), container.labels[labels.GROUP]
                if group in self._off.get(name, ()):
                    self._stop(container)
                    if name in self._planned:
                        container.rename(f"{name}-{container.short_id}")
                elif name in later:
                    self._stop(container)
        except (DockerException, RequestException) as error:
            msg = f"the containers that must not run with {created} cannot be stopped ({explained(error)})"
            raise NotStoppedError(msg) from None
        self._stopped = True

    def _stop(self, container: Container) -> None:
        container.stop(timeout=container.attrs["Config"].get("StopTimeout") or _GRACE_S)
