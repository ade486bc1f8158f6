"""Whether every container of a stack is healthy: waits for a created one, and looks at all in each update."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pulumi

from components.docker.volume_owners import OwnedMount, give_new_volumes
from components.docker.watch import UnhealthyContainerError, Watch, explained
from components.ending import Ending

if TYPE_CHECKING:
    import docker

_CALLS = 4
"""Calls to the daemon at once. Over ssh each is a session on one connection, and sshd allows ten."""

_CLOSE_S = 1

_STOP_S = 5
"""Time to stop for a container that is restarted because it could not write to a new volume."""


class Health:
    """The health of one daemon's containers, over one client.

    deadlines_s: container name -> seconds until it has failed; once: names of those that run to their end; owned:
    container name -> volumes that it is given.
    """

    def __init__(
        self,
        connection: str,
        deadlines_s: Mapping[str, int],
        ending: Ending,
        once: frozenset[str] = frozenset(),
        owned: Mapping[str, Sequence[OwnedMount]] | None = None,
    ) -> None:
        self._once = once
        self._connection, self._deadlines_s, self._ending = connection, deadlines_s, ending
        self._owned = owned or {}
        self._calls = threading.BoundedSemaphore(_CALLS)
        self._opening = threading.Lock()
        self._opened = ExitStack()
        self._daemon: docker.DockerClient | None = None
        self._proven: set[str] = set()
        # Of its own: the event loop's executor is full of registrations, which wait for the hooks.
        self._threads = ThreadPoolExecutor(1 + len(deadlines_s), thread_name_prefix="health")
        ending.at_exit(self.close)

    def connect(self) -> None:
        """Connects ahead of need, in a thread: importing the SDK and greeting over ssh take longer than a look."""
        self._threads.submit(self.client)

    def hook(self, name: str) -> pulumi.ResourceHook:
        """A hook for `after_create` of containers, which waits until the container is healthy."""

        async def wait_for_health(args: pulumi.ResourceHookArgs) -> None:
            container = str((args.new_inputs or {}).get("name", args.name))
            with self._ending.running_hook():
                loop = asyncio.get_running_loop()
                try:
                    await loop.run_in_executor(self._threads, self.wait_until_healthy, container, args.id)
                except UnhealthyContainerError as error:
                    # The engine shows an error's first line at once, the others only at the end of the update.
                    # Ephemeral, so that it does not repeat them then.
                    for line in str(error).splitlines():
                        pulumi.log.info(line, ephemeral=True)
                    raise

        return pulumi.ResourceHook(f"{name}-healthy", wait_for_health)

    def wait_until_healthy(self, name: str, container_id: str) -> None:
        """Returns once a created container is healthy.

        Raises UnhealthyContainerError once it ends or restarts, at its deadline, and if no daemon answers.
        """
        self._give_new_volumes(name, container_id)
        self._watch(name, container_id, restarts=0)
        self._proven.add(container_id)

    def _give_new_volumes(self, name: str, container_id: str) -> None:
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        if name not in self._owned:
            return
        client = self.client()
        try:
            with self._calls:
                give_new_volumes(client.api, container_id, self._owned[name], _STOP_S)
        except (DockerException, RequestException) as error:
            msg = f"container {name}: its new volumes cannot be given to its user ({explained(error)})"
            raise UnhealthyContainerError(msg) from None

    async def problems(self, ids: Mapping[str, str]) -> list[str]:
        """What is wrong with the containers of a stack, changed or not, after waiting for those that are starting.

        ids: container name -> id.
        """
        loop = asyncio.get_running_loop()
        try:
            healthy = await loop.run_in_executor(self._threads, self._healthy)
        except UnhealthyContainerError as error:
            return [str(error)]
        watches = (
            loop.run_in_executor(self._threads, self._problem, name, container_id)
            for name, container_id in ids.items()
            if container_id not in healthy
        )
        return [problem for problem in await asyncio.gather(*watches) if problem]

    def close(self) -> None:
        """Closes the connection to the daemon, unless one is being opened, which an exit does not wait for."""
        if self._opening.acquire(timeout=_CLOSE_S):
            try:
                self._daemon = None
                self._opened.close()
            finally:
                self._opening.release()

    def _healthy(self) -> set[str]:
        """Ids of all containers that the daemon calls healthy, in one call."""
        from docker.errors import DockerException
        from requests.exceptions import RequestException

        client = self.client()
        try:
            listed = client.api.containers(filters={"status": ["running"], "health": ["healthy"]})
        except (DockerException, RequestException) as error:
            raise self._no_answer(error) from None
        return {container["Id"] for container in listed}

    def _problem(self, name: str, container_id: str) -> str | None:
        try:
            if container_id in self._proven:
                self._watch(name, container_id, restarts=0, proven=True)
            else:
                self._watch(name, container_id, restarts=None)
        except UnhealthyContainerError as error:
            return str(error)
        return None

    def _watch(self, name: str, container_id: str, *, restarts: int | None, proven: bool = False) -> None:
        Watch(
            self.client(),
            container_id,
            name,
            self._deadlines_s[name],
            restarts=restarts,
            once=name in self._once,
            proven=proven,
            calls=self._calls,
            interrupted=lambda: self._ending.interrupted,
        ).until_healthy()

    def client(self) -> docker.DockerClient:
        """The daemon's client, connected at the first call. Raises UnhealthyContainerError if no daemon answers."""
        from docker.errors import DockerException  # heavy, and needed in an update only

        from components.docker.daemon import daemon_client

        with self._opening:
            if self._daemon is None:
                try:
                    self._daemon = self._opened.enter_context(daemon_client(self._connection))
                except DockerException as error:
                    raise self._no_answer(error) from None
            return self._daemon

    def _no_answer(self, error: Exception) -> UnhealthyContainerError:
        at = f"no Docker daemon answers at {self._connection}"
        return UnhealthyContainerError(f"the containers cannot be checked: {at} ({explained(error)})")
