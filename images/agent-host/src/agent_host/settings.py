"""Settings of this container, from the environment. All faults are found at once."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_host.address_book import read_address_book

DEFAULT_PORT = 8000
MAIN_PORT = "main"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  (inside the container's own network namespace)

_TRUE = {"true", "1", "yes"}
_FALSE = {"", "false", "0", "no"}


class SettingsError(ValueError):
    """The environment is invalid. Each of `faults` reads `VARIABLE: what is wrong (value); what to do`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """An agent as declared. `ports` names the ports it listens on, which no stand-in may take."""

    name: str
    command: tuple[str, ...]
    essential: bool = True
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """A container's settings. Agents in start order, durations in seconds."""

    group: str
    container: str
    machine: str
    agents: tuple[AgentSpec, ...]
    port: int = DEFAULT_PORT
    """The front door: ZMQ, and HTTP for health, metrics and pings."""
    backend_port: int = DEFAULT_PORT + 1
    """Loopback port that receives the front door's ZMQ traffic."""
    other_ports: Mapping[str, int] | None = None
    """Other declared ports of this container, by name."""
    bind_address: str = ANY_ADDRESS
    all_stand_in: bool = False
    stop_grace_s: int = 30
    restarts_max: int = 5


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings of this container. Raises SettingsError with every fault of the environment."""
    reader = _Reader(environ)
    port = reader.number("FLEET_PORT", DEFAULT_PORT, 1, 65534)
    ports = reader.ports()
    settings = Settings(
        group=reader.required("FLEET_GROUP"),
        container=environ.get("FLEET_CONTAINER") or "main",
        machine=reader.required("MACHINE_TYPE"),
        agents=reader.agents(),
        port=port,
        backend_port=reader.number("FLEET_LOOPBACK_PORT", port + 1, 1, 65535),
        other_ports={name: number for name, number in ports.items() if number != port},
        bind_address=environ.get("BIND_ADDRESS") or ANY_ADDRESS,
        all_stand_in=reader.flag("FLEET_STAND_IN"),
        stop_grace_s=reader.number("FLEET_STOP_GRACE_S", 30, 1, 86400),
        restarts_max=reader.number("FLEET_RESTARTS_MAX", 5, 0, 1000),
    )
    reader.check(settings, ports)
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


class _Reader:
    """Reads variables and collects their faults."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def required(self, name: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            self.faults.append(f"{name}: is not set; the fleet's plan sets it for every container with agents")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self._environ.get(name) or str(default)
        value = int(text) if text.isdecimal() else math.inf
        if not low <= value <= high:
            self.faults.append(f"{name}: is not a number from {low} to {high} ({text}); give one")
            return default
        return int(value)

    def flag(self, name: str) -> bool:
        text = self._environ.get(name, "").lower()
        if text not in _TRUE | _FALSE:
            self.faults.append(f"{name}: is neither true nor false ({text}); give one of them")
        return text in _TRUE

    def ports(self) -> dict[str, int]:
        value = self._json_object("FLEET_PORTS", "{}", '{"<name>":<port>}')
        wrong = {name: port for name, port in value.items() if not _is_port(port)}
        self.faults += [f"FLEET_PORTS: {name}: is not a port ({port}); give 1 to 65535" for name, port in wrong.items()]
        return {name: port for name, port in value.items() if name not in wrong}

    def agents(self) -> tuple[AgentSpec, ...]:
        if not self.required("FLEET_AGENTS"):
            return ()
        value = self._json_object("FLEET_AGENTS", "{}", '{"<Agent>":{"command":["python3","-m","<module>"]}}')
        return tuple(spec for name, entry in value.items() if (spec := self._agent(name, entry)))

    def check(self, settings: Settings, ports: Mapping[str, int]) -> None:
        """Faults that involve several variables."""
        for name, port in ports.items():
            if port == settings.backend_port:
                which = "FLEET_PORT + 1, or FLEET_LOOPBACK_PORT"
                self.faults.append(f"FLEET_PORTS: {name}: {port} is the loopback port of ZMQ ({which}); choose another")
        for agent in settings.agents:
            for name in agent.ports:
                if name != MAIN_PORT and name not in ports:
                    known = ", ".join(sorted({MAIN_PORT, *ports}))
                    self.faults.append(f"FLEET_AGENTS: {agent.name}.ports: no such port ({name}); use {known}")
        try:
            read_address_book(self._environ)
        except ValueError as error:
            self.faults.append(str(error))

    def _agent(self, name: str, entry: object) -> AgentSpec | None:
        entry = entry if isinstance(entry, dict) else {}
        command, essential, ports = entry.get("command"), entry.get("essential", True), entry.get("ports", [])
        wrong = []
        if not command or not _is_texts(command):
            wrong.append("command: is not a list of words; give the program and its arguments")
        if not isinstance(essential, bool):
            wrong.append(f"essential: is neither true nor false ({essential}); give one of them")
        if not _is_texts(ports):
            wrong.append("ports: is not a list of port names; give those the agent listens on")
        if wrong:
            self.faults.extend(f"FLEET_AGENTS: {name}.{fault}" for fault in wrong)
            return None
        return AgentSpec(name, tuple(command or ()), bool(essential), tuple(ports))

    def _json_object(self, name: str, default: str, example: str) -> dict[str, Any]:
        try:
            value = json.loads(self._environ.get(name) or default)
        except ValueError as error:
            self.faults.append(f"{name}: is not JSON ({error}); give {example}")
            return {}
        if not isinstance(value, dict):
            self.faults.append(f"{name}: is not a JSON object; give {example}")
            return {}
        return value


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)
