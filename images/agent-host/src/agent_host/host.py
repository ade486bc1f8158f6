"""Runs a container's host, from its settings to its exit code."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from agent_host.address_book import Address, read_address_book
from agent_host.agent_code import missing_code
from agent_host.answers import Answers
from agent_host.front_door import FrontDoor
from agent_host.http_routes import HttpRoutes
from agent_host.logs import LogLines
from agent_host.peers import Peers
from agent_host.processes import OrphanReaper
from agent_host.restarts import RestartPolicy
from agent_host.settings import MAIN_PORT, Settings
from agent_host.supervisor import Supervisor

_REAP_EVERY_S = 5.0


async def run_host(settings: Settings, logs: LogLines) -> int:
    """Runs a container's agents until SIGTERM (exit code 0), or until an essential one or the host itself fails (1)."""
    stop = _stop_signal()
    stand_ins = _stand_ins(settings)
    supervisor = Supervisor(settings.agents, stand_ins, RestartPolicy(settings.restarts_max), logs)
    answers = Answers(settings, supervisor, Peers(_book_reader(logs)))
    front_door = FrontDoor(HttpRoutes(settings, supervisor, answers), settings.backend_port)
    try:
        await _listen(front_door, settings, stand_ins)
        background = _background(settings, stand_ins, answers, supervisor)
    except OSError as error:
        logs.host("critical", f"cannot listen: {error}")
        return 1
    supervisor.start()
    _announce(settings, stand_ins, logs)
    lost = supervisor.essential_lost
    ends: list[asyncio.Future[Any]] = [stop, lost, *background]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    if lost.done():
        logs.host("critical", f"essential agent {lost.result()} is lost; exiting, so that the container is restarted")
    for task in background:
        if task.done():
            logs.host("critical", f"background task failed: {task.exception()!r}")
    await supervisor.stop(settings.stop_grace_s)
    front_door.close()
    logs.host("info", "stopped")
    return 0 if stop.done() else 1


def _stop_signal() -> asyncio.Future[str]:
    """Resolves to the name of the first termination signal."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[str] = loop.create_future()

    def received(number: signal.Signals) -> None:
        if not stop.done():
            stop.set_result(number.name)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, received, number)
    return stop


def _stand_ins(settings: Settings) -> dict[str, str]:
    """Agents without a process -> the code they lack; empty if every agent is a stand-in by configuration."""
    if settings.all_stand_in:
        return {agent.name: "" for agent in settings.agents}
    missing = {agent.name: missing_code(agent.command) for agent in settings.agents}
    return {name: what for name, what in missing.items() if what}


def _book_reader(logs: LogLines) -> Callable[[], Mapping[str, Address]]:
    """Rereads the address book, since a mounted file may change; keeps the last valid one."""
    last: Mapping[str, Address] = {}

    def read() -> Mapping[str, Address]:
        nonlocal last
        try:
            last = read_address_book(os.environ)
        except ValueError as error:
            logs.host("error", str(error))
        return last

    return read


async def _listen(front_door: FrontDoor, settings: Settings, stand_ins: Mapping[str, str]) -> None:
    await front_door.open(settings.bind_address, settings.port)
    if not stand_ins and not settings.all_stand_in:
        return
    taken = _ports_of_agents(settings, stand_ins)
    for name, port in (settings.other_ports or {}).items():
        if name not in taken:
            await front_door.open(settings.bind_address, port)


def _ports_of_agents(settings: Settings, stand_ins: Mapping[str, str]) -> set[str]:
    """Ports that agents with code listen on."""
    return {port for agent in settings.agents if agent.name not in stand_ins for port in agent.ports}


def _background(
    settings: Settings, stand_ins: Mapping[str, str], answers: Answers, supervisor: Supervisor
) -> list[asyncio.Task[None]]:
    tasks = []
    if (stand_ins or settings.all_stand_in) and MAIN_PORT not in _ports_of_agents(settings, stand_ins):
        # On use: the library costs 10 MiB and 0.1 s.
        from agent_host.zmq_pings import ZmqPings

        tasks.append(asyncio.create_task(ZmqPings(answers, settings.backend_port).serve()))
    if os.getpid() == 1:
        tasks.append(asyncio.create_task(_reap_orphans(supervisor)))
    return tasks


async def _reap_orphans(supervisor: Supervisor) -> None:
    reaper = OrphanReaper()
    while True:
        await asyncio.sleep(_REAP_EVERY_S)
        reaper.reap({status.pid for status in supervisor.statuses if status.pid is not None})


def _announce(settings: Settings, stand_ins: Mapping[str, str], logs: LogLines) -> None:
    for name, what in stand_ins.items():
        if what:
            logs.host("warning", f"{what} is not in this image: a stand-in answers for it", name)
    count = len(settings.agents)
    logs.host("info", f"{count} agents, {len(stand_ins)} of them stand-ins; listening on port {settings.port}")
