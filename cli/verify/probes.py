"""Probes that run a short program inside a container; they change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from docker import DockerClient
from docker.errors import APIError

from cli.verify.facts import CardFacts, Reach

_CONNECT = """
import json, socket, sys, threading, time
found = {}
def connect(place):
    host, _, port = place.rpartition(":")
    begun = time.monotonic()
    try:
        socket.create_connection((host, int(port)), 3).close()
        found[place] = [(time.monotonic() - begun) * 1000, ""]
    except OSError as error:
        found[place] = [0, error.strerror or str(error)]
threads = [threading.Thread(target=connect, args=[place]) for place in sys.argv[1:]]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(found))
"""

Result = TypeVar("Result")

_CARDS = ("nvidia-smi", "--query-gpu=uuid,memory.used,memory.total", "--format=csv,noheader,nounits")


def reach(client: DockerClient, container_id: str, places: Sequence[str]) -> Mapping[str, Reach] | str:
    """Connects to all `host:port` at once from inside a container; the reason if it cannot, such as no Python."""
    command = ["python3", "-c", _CONNECT, *places]
    return _probe(client, container_id, command, _reached, "its python3 gave no answer")


def _reached(output: str) -> Mapping[str, Reach]:
    return {place: Reach(*answer) for place, answer in json.loads(output).items()}


def card_memory(client: DockerClient, container_id: str, devices: Mapping[str, str]) -> Mapping[str, CardFacts] | str:
    """Memory of the cards that a container uses; the reason if it cannot be read. devices: card -> its device."""
    return _probe(client, container_id, _CARDS, partial(cards_by_key, devices=devices), "nvidia-smi gave no figures")


def cards_by_key(output: str, devices: Mapping[str, str]) -> Mapping[str, CardFacts]:
    """Card -> memory: by UUID, else in the order of their indices, as nvidia-smi lists them."""
    lines = [line.split(",") for line in output.strip().splitlines()]
    found = {uuid.strip(): CardFacts(int(used), int(total)) for uuid, used, total in lines}
    if len(found) != len(devices):
        msg = f"{len(found)} cards"
        raise ValueError(msg)
    ids = {card: device.rpartition("=")[2] for card, device in devices.items()}
    left = iter(sorted((card for card, each in ids.items() if each not in found), key=lambda card: _index(ids[card])))
    by_uuid = {uuid: card for card, uuid in ids.items()}
    return {by_uuid[uuid] if uuid in by_uuid else next(left): facts for uuid, facts in found.items()}


def _index(device: str) -> tuple[int, str]:
    return (int(device), "") if device.isdecimal() else (0, device)


def _probe(
    client: DockerClient, container_id: str, command: Sequence[str], parse: Callable[[str], Result], problem: str
) -> Result | str:
    """Output of a command, parsed; the reason if it cannot run, fails, or prints something else."""
    missing = f"no {command[0]} in its image"
    try:
        handle = client.api.exec_create(container_id, list(command))["Id"]
        streams = client.api.exec_start(handle, demux=True)
        code = client.api.exec_inspect(handle)["ExitCode"]
    except APIError as error:
        # Newer daemons refuse to start a missing program; older ones report exit code 126 or 127.
        return missing if "executable file not found" in str(error) else f"the daemon refused: {error.explanation}"
    output, complaint = ((stream or b"").decode(errors="replace") for stream in streams)
    if code in (126, 127):
        return missing
    if code != 0:
        return f"{command[0]} failed with exit code {code} ({_first_line(complaint or output)})"
    try:
        return parse(output)
    except ValueError:
        return f"{problem} ({_first_line(output)})"


def _first_line(output: str) -> str:
    return next(iter(output.strip().splitlines()), "no output")[:120]
