"""How a stack is looked at: who is waited for, and what is run inside containers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from docker.errors import APIError, NotFound

from cli.verify import gather
from cli.verify.facts import CardFacts, ContainerFacts, Reach
from cli.verify.gather import may_become_healthy
from cli.verify.probes import card_memory, cards_by_key, reach
from tests.unit.cli.trial_machine import alpha, live, peers


def container(**state: Any) -> ContainerFacts:
    """Container `hub` in another state."""
    hub = live().containers["hub"]
    return replace(hub, state=replace(hub.state, **state))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, False),
        ({"health": "starting"}, True),
        ({"health": "unhealthy"}, True),
        ({"health": ""}, False),
        ({"status": "restarting", "health": ""}, True),
        ({"status": "created", "health": ""}, True),
        ({"status": "created", "health": "", "error": "no such device"}, False),
        ({"status": "exited", "health": "unhealthy"}, False),
        ({"status": "paused", "health": "unhealthy"}, False),
    ],
)
def test_who_may_become_healthy(state: dict[str, Any], expected: bool) -> None:
    assert may_become_healthy(container(**state)) is expected


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, ContainerFacts]]:
    """What each look at the daemon finds, in order; the last one for ever. Nothing but containers is there to read."""
    prepared: list[dict[str, ContainerFacts]] = []

    def read(_: object, names: Sequence[str]) -> dict[str, ContainerFacts]:
        found = prepared.pop(0) if len(prepared) > 1 else prepared[0]
        return {name: found[name] for name in names if name in found}

    monkeypatch.setattr(gather, "PAUSE_S", 0.001)
    monkeypatch.setattr(gather, "read_containers", read)
    for name in ("read_volumes", "read_networks"):
        monkeypatch.setattr(gather, name, lambda _: {})
    monkeypatch.setattr(gather, "read_images", lambda *_: {})
    monkeypatch.setattr(gather, "read_use", lambda _, container_id: container_id)
    monkeypatch.setattr(gather, "reach", lambda _, container_id, places: (container_id, tuple(places)))
    monkeypatch.setattr(gather, "card_memory", lambda _, container_id, devices: f"asked {container_id}")
    return prepared


def gathered(retries: int) -> tuple[Any, list[str]]:
    """Facts, and the lines printed meanwhile."""
    lines: list[str] = []
    facts: Any = gather.gather(None, alpha(), peers(), retries, lines.append)  # type: ignore[arg-type]
    return facts, lines


def test_a_healthy_stack_is_looked_at_once(looks: list[dict[str, ContainerFacts]]) -> None:
    looks.append(dict(live().containers))
    facts, lines = gathered(3)
    assert lines == []
    assert facts.containers == live().containers
    assert facts.use == {name: f"id-of-{name}" for name in ("gpu-sharing-gpu0", "hub", "eyes")}
    # The datagram port is not tried.
    assert facts.reach == {"eyes": ("id-of-eyes", ("beta-far:8200", "hub:8000"))}
    assert facts.cards == {"gpu0": "asked id-of-eyes"}


def test_a_container_that_starts_is_waited_for(looks: list[dict[str, ContainerFacts]]) -> None:
    starting = {**live().containers, "hub": container(health="starting")}
    looks += [starting, starting, dict(live().containers)]
    facts, lines = gathered(10)
    assert lines == ["waiting up to 0.01 s for hub to become healthy"]
    assert facts.containers["hub"].state.health == "healthy"


def test_waiting_ends_with_the_retries(looks: list[dict[str, ContainerFacts]]) -> None:
    looks.append({**live().containers, "hub": container(health="starting")})
    facts, lines = gathered(2)
    assert len(lines) == 1
    assert facts.containers["hub"].state.health == "starting"
    assert gathered(0)[1] == []


def test_nothing_is_run_in_a_container_that_does_not_run(looks: list[dict[str, ContainerFacts]]) -> None:
    stopped = {
        name: replace(facts, state=replace(facts.state, status="exited")) for name, facts in live().containers.items()
    }
    looks.append(stopped)
    facts, _ = gathered(2)
    assert (facts.use, facts.reach, facts.cards) == ({}, {}, {})


class _Api:
    """The part of a Docker client that runs a program in a container."""

    def __init__(self, start: Callable[[], tuple[bytes | None, bytes | None]], code: int) -> None:
        self._start = start
        self._code = code
        self.commands: list[Sequence[str]] = []
        self.api = self

    def exec_create(self, container_id: str, command: Sequence[str]) -> Mapping[str, str]:
        self.commands.append(command)
        return {"Id": container_id}

    def exec_start(self, handle: str, *, demux: bool) -> tuple[bytes | None, bytes | None]:
        assert demux
        return self._start()

    def exec_inspect(self, handle: str) -> Mapping[str, int]:
        return {"ExitCode": self._code}


def running(out: str, code: int = 0, complaint: str = "") -> Any:
    """A client in whose containers every program prints this."""
    return _Api(lambda: (out.encode() or None, complaint.encode() or None), code)


def refusing(error: APIError) -> Any:
    """A client whose daemon does not start the program."""

    def refuse() -> tuple[bytes | None, bytes | None]:
        raise error

    return _Api(refuse, 0)


def test_answers_of_peers() -> None:
    client = running(json.dumps({"hub:8000": [1.5, ""], "far:1": [0, "timed out"]}), complaint="a warning of python")
    assert reach(client, "x", ["hub:8000", "far:1"]) == {"hub:8000": Reach(1.5), "far:1": Reach(0, "timed out")}
    assert client.commands[0][:2] == ["python3", "-c"]
    assert client.commands[0][3:] == ["hub:8000", "far:1"]


NO_PYTHON = "no python3 in its image"


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (running("OCI runtime exec failed", 126), NO_PYTHON),
        (running("", 127), NO_PYTHON),
        (
            refusing(APIError("", explanation='exec: "python3": executable file not found in $PATH')),
            NO_PYTHON,
        ),
        (refusing(APIError("", explanation="container is paused")), "the daemon refused: container is paused"),
        (refusing(NotFound("", explanation="no such container")), "the daemon refused: no such container"),
        (running("", 1, "Killed\n"), "python3 failed with exit code 1 (Killed)"),
        (running("no JSON"), "its python3 gave no answer (no JSON)"),
        (running(""), "its python3 gave no answer (no output)"),
    ],
)
def test_a_container_in_which_nothing_can_be_run(client: Any, reason: str) -> None:
    assert reach(client, "x", ["hub:8000"]) == reason


def test_the_memory_of_a_card() -> None:
    client, one = running("GPU-a, 2600, 12288\n"), {"gpu0": "0"}
    assert card_memory(client, "x", one) == {"gpu0": CardFacts(2600, 12288)}
    query = "--query-gpu=uuid,memory.used,memory.total"
    assert client.commands == [["nvidia-smi", query, "--format=csv,noheader,nounits"]]
    assert card_memory(running("", 127), "x", one) == "no nvidia-smi in its image"
    nothing = running("GPU-a, [N/A], [N/A]\n")
    assert card_memory(nothing, "x", one) == "nvidia-smi gave no figures (GPU-a, [N/A], [N/A])"


def test_the_memory_of_several_cards_is_found_by_uuid_else_in_the_order_of_indices() -> None:
    output = "GPU-a, 1, 10\nGPU-b, 2, 20\n"
    first, second = CardFacts(1, 10), CardFacts(2, 20)
    for devices, expected in (
        ({"x": "GPU-b", "y": "GPU-a"}, {"x": second, "y": first}),
        ({"x": "nvidia.com/gpu=GPU-b", "y": "nvidia.com/gpu=0"}, {"x": second, "y": first}),
        ({"x": "10", "y": "2"}, {"x": second, "y": first}),
        ({"x": "0", "y": "1"}, {"x": first, "y": second}),
    ):
        assert cards_by_key(output, devices) == expected, devices
    assert card_memory(running(output), "x", {"x": "0"}) == "nvidia-smi gave no figures (GPU-a, 1, 10)"


def test_peers_of_every_container() -> None:
    assert {name: [peer.ref for peer in own] for name, own in peers().items()} == {
        "gpu-sharing-gpu0": [],
        "hub": [],
        "eyes": ["far", "hub", "hub/beacon"],
    }
    far, hub, _ = peers()["eyes"]
    assert (far.place, far.stack, far.container) == ("beta-far:8200", "beta", "far")
    assert (hub.place, hub.stack, hub.container) == ("hub:8000", "alpha", "hub")
