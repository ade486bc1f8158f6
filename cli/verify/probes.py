"""Probes that run a short program inside a container; they change nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

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

_CARD = ("nvidia-smi", "--query-gpu=memory.used,memory.total", "--format=csv,noheader,nounits")


class ProbeError(Exception):
    """A program could not run in a container; the text gives the reason."""


def reach(client: DockerClient, container_id: str, places: Sequence[str]) -> Mapping[str, Reach] | str:
    """Connects to all `host:port` at once from inside a container; the reason if it cannot, such as no Python."""
    try:
        output = _run(client, container_id, ["python3", "-c", _CONNECT, *places])
        answers = json.loads(output)
        return {place: Reach(milliseconds, error) for place, (milliseconds, error) in answers.items()}
    except ProbeError as error:
        return str(error)
    except ValueError:
        return f"its python3 gave no answer ({_first_line(output)})"


def card_memory(client: DockerClient, container_id: str) -> CardFacts | str:
    """Memory of the card that a container uses; the reason if it cannot be read."""
    try:
        output = _run(client, container_id, _CARD)
        used, total = (int(part) for part in _first_line(output).split(","))
    except ProbeError as error:
        return str(error)
    except ValueError:
        return f"nvidia-smi gave no figures ({_first_line(output)})"
    return CardFacts(used, total)


def _run(client: DockerClient, container_id: str, command: Sequence[str]) -> str:
    """Output of a command; raises ProbeError if it cannot run or fails."""
    program = command[0]
    missing = ProbeError(f"no {program} in its image")
    try:
        handle = client.api.exec_create(container_id, list(command))["Id"]
        output, complaint = client.api.exec_start(handle, demux=True)
        code = client.api.exec_inspect(handle)["ExitCode"]
    except APIError as error:
        # Newer daemons refuse to start a missing program; older ones report exit code 126 or 127.
        if "executable file not found" in str(error):
            raise missing from error
        msg = f"the daemon refused: {error.explanation}"
        raise ProbeError(msg) from error
    if code in (126, 127):
        raise missing
    if code != 0:
        msg = f"{program} failed with exit code {code} ({_first_line(_text(complaint) or _text(output))})"
        raise ProbeError(msg)
    return _text(output)


def _text(output: bytes | None) -> str:
    return (output or b"").decode(errors="replace")


def _first_line(output: str) -> str:
    return next(iter(output.strip().splitlines()), "no output")[:120]
