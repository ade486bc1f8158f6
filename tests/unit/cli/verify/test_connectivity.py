"""What a stack takes and reaches, and what lies around its containers."""

from __future__ import annotations

from cli.verify.facts import CardFacts, NetworkFacts, Reach, Use, VolumeFacts
from tests.unit.cli.trial_machine import DOCKER, MIB, UP, live, one, reported, verified


def used(memory: int | None, cpu: float | None = 10.0) -> dict[str, Use]:
    return {"hub": Use(memory, cpu)}


def reached(**answers: Reach) -> dict[str, dict[str, Reach]]:
    """Answers that `eyes` got; `hub` and `far` stand for their addresses."""
    places = {"hub": "hub:8000", "far": "beta-far:8200"}
    return {"eyes": {places[name]: reach for name, reach in answers.items()}}


def test_memory_within_the_request() -> None:
    check = one(verified(live(use=used(14 * MIB))), "hub", "memory")
    assert (check.status, check.figure) == ("good", "14 MiB used, 64 requested, limit 128")
    assert (check.brief, check.share) == ("14 of 128 MiB", 14 / 128)


def test_memory_over_the_request_is_reported_and_not_wrong() -> None:
    figure = "100 MiB used, 64 requested, limit 128; 36 MiB over its request"
    assert reported(verified(live(use=used(100 * MIB))), "hub", "memory") == ("good", figure, "")


def test_memory_near_its_limit_is_wrong() -> None:
    figure = "122 MiB used, 64 requested, limit 128: about to be killed"
    mend = f"raise memory.limit of hub; {DOCKER} stats --no-stream hub"
    assert reported(verified(live(use=used(122 * MIB))), "hub", "memory") == ("wrong", figure, mend)


def test_memory_that_is_not_counted_is_unknown() -> None:
    expected = ("unknown", "the daemon does not report it", "fleet doctor alpha")
    assert reported(verified(live(use=used(None))), "hub", "memory") == expected


def test_processor_use_is_reported_against_request_and_limit() -> None:
    figure = "0.25 CPUs used, 0.1 requested, limit 0.5"
    assert reported(verified(live(use=used(MIB, 250.0))), "hub", "cpu") == ("good", figure, "")


def test_processor_use_without_figures_is_unknown() -> None:
    expected = ("unknown", "the daemon does not report it", f"{DOCKER} stats --no-stream hub")
    assert reported(verified(live(use=used(MIB, None))), "hub", "cpu") == expected


def test_a_container_that_does_not_run_takes_nothing() -> None:
    names = [check.check for check in verified(live(use={})) if check.subject == "hub"]
    assert not {"memory", "cpu"} & set(names)


def test_a_peer_that_answers() -> None:
    checks = verified(live(reach=reached(hub=Reach(0.84), far=Reach(3.16))))
    assert reported(checks, "eyes", "peer hub") == ("good", "tcp://hub:8000 in 0.8 ms", "")
    assert reported(checks, "eyes", "peer far") == ("good", "tcp://beta-far:8200 in 3.2 ms", "")


def test_a_peer_on_the_same_machine_that_does_not_answer_points_at_its_logs() -> None:
    checks = verified(live(reach=reached(hub=Reach(error="Connection refused"), far=Reach())))
    expected = ("wrong", "tcp://hub:8000 not reached: connection refused", f"{DOCKER} logs --tail 20 hub")
    assert reported(checks, "eyes", "peer hub") == expected


def test_a_peer_on_another_machine_that_does_not_answer_points_at_that_stack() -> None:
    checks = verified(live(reach=reached(hub=Reach(), far=Reach(error="timed out"))))
    expected = ("wrong", "tcp://beta-far:8200 not reached: timed out", "fleet verify beta")
    assert reported(checks, "eyes", "peer far") == expected


def test_a_container_without_python_leaves_its_peers_unknown() -> None:
    checks = verified(live(reach={"eyes": "no python3 in its image"}))
    expected = ("unknown", "tcp://hub:8000 not checked: no python3 in its image", f"{DOCKER} logs --tail 20 hub")
    assert reported(checks, "eyes", "peer hub") == expected


def test_a_peer_that_was_not_asked_is_unknown() -> None:
    assert reported(verified(live(reach={})), "eyes", "peer far")[:2] == (
        "unknown",
        "tcp://beta-far:8200 not checked: no answer came back",
    )


def test_a_datagram_port_cannot_be_tested_by_a_connection() -> None:
    status, figure, _ = reported(verified(live()), "eyes", "peer hub/beacon")
    assert (status, figure) == ("unknown", "tcp://hub:8001 not checked: udp has no connection")


def test_the_network() -> None:
    assert reported(verified(live()), "alpha_internal", "network") == ("good", "bridge 10.210.91.0/24", "")
    assert reported(verified(live(networks={})), "alpha_internal", "network") == ("wrong", "does not exist", UP)
    show = f"{DOCKER} network inspect alpha_internal"
    other = {"alpha_internal": NetworkFacts("bridge", ("172.20.0.0/16",))}
    expected = ("wrong", "has 172.20.0.0/16, planned 10.210.91.0/24", show)
    assert reported(verified(live(networks=other)), "alpha_internal", "network") == expected
    overlay = {"alpha_internal": NetworkFacts("overlay", ("10.210.91.0/24",))}
    expected = ("wrong", "its driver is overlay, planned bridge", show)
    assert reported(verified(live(networks=overlay)), "alpha_internal", "network") == expected


def test_volumes() -> None:
    assert reported(verified(live()), "alpha-hub-data", "volume") == ("good", "in /srv/hub", "")
    memory = "in memory (size=8192m,mode=1777)"
    assert reported(verified(live()), "alpha-gpu-sharing-gpu0", "volume") == ("good", memory, "")
    assert reported(verified(live(volumes={})), "alpha-hub-data", "volume") == ("wrong", "does not exist", UP)
    named = {**live().volumes, "alpha-hub-data": VolumeFacts({}, {})}
    figure = "in Docker's own folder, planned /srv/hub"
    expected = ("wrong", figure, f"{DOCKER} volume inspect alpha-hub-data")
    assert reported(verified(live(volumes=named)), "alpha-hub-data", "volume") == expected


def test_the_memory_of_a_card() -> None:
    figure = "2 600 of 12 288 MiB used, 2 498 requested with contexts and desktop"
    assert reported(verified(live()), "gpu0", "GPU memory") == ("good", figure, "")
    full = live(cards={"gpu0": CardFacts(12200, 12288)})
    figure = "12 200 of 12 288 MiB used, 2 498 requested with contexts and desktop: nearly full"
    assert reported(verified(full), "gpu0", "GPU memory") == ("wrong", figure, "nvidia-smi")


def test_another_card_than_the_stack_says_is_wrong() -> None:
    other = live(cards={"gpu0": CardFacts(100, 24564)})
    figure = "the card has 24 564 MiB, configured 12 288"
    expected = ("wrong", figure, "correct machine.gpus.gpu0 in Pulumi.alpha.yaml")
    assert reported(verified(other), "gpu0", "GPU memory") == expected


def test_a_card_that_was_not_read_is_unknown() -> None:
    blind = live(cards={"gpu0": "no nvidia-smi in its image"})
    expected = ("unknown", "not read: no nvidia-smi in its image", "nvidia-smi")
    assert reported(verified(blind), "gpu0", "GPU memory") == expected
    figure = "not read: none of its containers runs"
    assert reported(verified(live(cards={})), "gpu0", "GPU memory")[1] == figure
