"""G08 mps-clients."""

from __future__ import annotations

from fleet.labels import GPU_CARD, GPU_ENFORCEMENT, GPU_PROCESSES
from policy.engine.catalogue import rule
from tests.policy.builders import card, gpu_container, judged, machine

G08 = rule("G08")


def test_it_holds_with_exactly_as_many_processes_as_clients() -> None:
    clients = gpu_container("a", {GPU_PROCESSES: "40"}), gpu_container("b", {GPU_PROCESSES: "8"})
    assert judged(G08, machine(), *clients) == {}


def test_it_fails_with_one_process_more_and_shows_who_has_how_many() -> None:
    clients = gpu_container("a", {GPU_PROCESSES: "40"}), gpu_container("b", {GPU_PROCESSES: "9"})
    found = judged(G08, machine(), *clients)
    assert list(found) == ["mainpc"]
    assert "MPS on gpu0 of mainpc (RTX 4090) accepts 48 clients, but there are 49" in found["mainpc"]
    assert "vision-gpu 40 + vision-gpu 9" in found["mainpc"]
    assert "lower containers.<name>.gpu.processes" in found["mainpc"]


def test_the_number_of_clients_is_the_machine_s() -> None:
    newer = machine(gpus={"gpu0": card(mpsClientsMax=60)})
    assert judged(G08, newer, gpu_container("a", {GPU_PROCESSES: "60"})) == {}


def test_a_card_without_a_daemon_enforces_nothing() -> None:
    found = judged(G08, machine(gpus={"gpu0": card(mps=False)}), gpu_container("a"))
    assert list(found) == ["a"]
    assert "enforcement is mps, but gpu0 of mainpc (RTX 4090) has no MPS daemon" in found["a"]
    assert "set machine.gpus.gpu0.mps, or containers.main.gpu.enforcement to framework" in found["a"]


def test_a_card_without_a_daemon_takes_any_number_otherwise_enforced() -> None:
    many = gpu_container("a", {GPU_PROCESSES: "100", GPU_ENFORCEMENT: "framework"})
    assert judged(G08, machine(gpus={"gpu0": card(mps=False)}), many) == {}


def test_a_client_of_one_daemon_has_one_card() -> None:
    both = gpu_container("a", {GPU_CARD: "gpu0,gpu1", GPU_ENFORCEMENT: "framework"})
    found = judged(G08, machine(gpus={"gpu0": card(), "gpu1": card(mps=False)}), both)
    assert list(found) == ["a"]
    assert "label fleet.gpu.card names gpu0, gpu1, but a client of MPS on gpu0 of mainpc" in found["a"]
    assert judged(G08, machine(gpus={"gpu0": card(mps=False), "gpu1": card(mps=False)}), both) == {}
