"""Probes that run a short program inside a container; they change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
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

_CARD = ("nvidia-smi", "--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits")


def reach(client: DockerClient, container_id: str, places: Sequence[str]) -> Mapping[str, Reach] | str:
    """Connects to all `host:port` at once from inside a container; the reason if it cannot, such as no Python."""
    command = ["python3", "-c", _CONNECT, *places]
    return _probe(client, container_id, command, _reached, "its python3 gave no answer")


def _reached(output: str) -> Mapping[str, Reach]:
    return {place: Reach(*answer) for place, answer in json.loads(output).items()}


def card_memory(client: DockerClient, container_id: str) -> CardFacts | str:
    """Memory of the card that a container uses; the reason if it cannot be read."""
    return _probe(client, container_id, _CARD, _card, "nvidia-smi gave no figures")


def _card(output: str) -> CardFacts:
    used, total = _first_line(output).split(",")
    return CardFacts(int(used), int(total))


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
