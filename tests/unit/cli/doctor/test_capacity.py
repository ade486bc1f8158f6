"""Memory, processors, disk and images that a deployment takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cli.doctor.facts import DiskFacts, ImageFacts
from fleet.plan.deployment import Deployment, PackageLayer, PlannedBuild
from tests.unit.cli.trial_machine import (
    DOCKER,
    MIB,
    SSH,
    alpha,
    daemon,
    examined,
    machine,
    on,
    reported,
    with_container,
)

GIB = 1024 * MIB
HUB = "registry.example/hub:1.0"


def found(check: str, deployment: Deployment | None = None, **changes: Any) -> tuple[str, str, str]:
    """What is reported about the machine itself."""
    return reported(examined(machine(**changes), deployment), "machine", check)


def image(deployment: Deployment, reference: str, there: ImageFacts | None = None) -> tuple[str, str, str]:
    """What is reported about an image, on the machine or not."""
    images = {reference: there} if there else {}
    return reported(examined(machine(images=images), deployment), reference, "image")


def test_memory_that_firmware_keeps_is_no_fault() -> None:
    assert found("memory", daemon=daemon(memory_mib=7400)) == ("good", "7.2 GiB, configured 8 GiB", "")


def test_less_memory_than_the_stack_says_is_a_warning_while_its_groups_fit() -> None:
    correct = "set machine.memory in Pulumi.alpha.yaml to 4000MiB"
    expected = ("warning", "3.9 GiB, configured 8 GiB", correct)
    assert found("memory", daemon=daemon(memory_mib=4000)) == expected


def test_less_memory_than_the_groups_ask_for_is_wrong() -> None:
    figure = "2 GiB, configured 8 GiB; its groups and reserve need 2.4 GiB"
    expected = ("wrong", figure, "set machine.memory in Pulumi.alpha.yaml to 2048MiB")
    assert found("memory", daemon=daemon(memory_mib=2048)) == expected


def test_fewer_processors_than_the_stack_says() -> None:
    correct = "set machine.cpus in Pulumi.alpha.yaml to 2"
    assert found("CPUs", daemon=daemon(cpus=2)) == ("warning", "2, configured 4", correct)
    greedy = with_container("hub", cpu_cap_millicores=2500)
    figure = "2, configured 4; Docker rejects hub with 2.5"
    assert found("CPUs", greedy, daemon=daemon(cpus=2)) == ("wrong", figure, correct)


def test_disk() -> None:
    taken = "images use 3 GiB, containers 100 MiB, volumes 0 MiB"
    assert found("disk") == ("good", f"50 GiB free under /var/lib/docker; {taken}", "")
    prune = f"{DOCKER} system prune"
    low = DiskFacts(3 * GIB, 100 * MIB, 0, 6 * GIB)
    assert found("disk", disk=low) == ("warning", f"6 GiB free under /var/lib/docker; {taken}", prune)
    full = replace(low, free_bytes=500 * MIB)
    assert found("disk", disk=full) == ("wrong", f"500 MiB free under /var/lib/docker; {taken}", prune)


def test_disk_for_images_that_are_not_there_yet() -> None:
    torch, own, eyes = PackageLayer("torch", 1, 20 * GIB), PackageLayer("hub", 1, 4 * GIB), "registry.example/eyes:1.0"
    plan = replace(alpha(), layers={HUB: (torch, own), eyes: (torch,)})
    taken = "50 GiB free under /var/lib/docker; images use 3 GiB, containers 100 MiB, volumes 0 MiB"
    prune = f"{DOCKER} system prune"
    present = ImageFacts("amd64", 220 * MIB)
    build = PlannedBuild("hub", HUB, "images/agent", "cpu", {}, "linux/amd64", None)
    for there, builds, need, level in (
        ((), (), "24 GiB", "good"),
        ((eyes,), (), "4 GiB", "good"),
        ((), (build,), "48 GiB", "warning"),
        ((eyes,), (build,), "8 GiB", "good"),
    ):
        images = dict.fromkeys(there, present)
        expected = (level, f"{taken}; images not there yet need {need}", "" if level == "good" else prune)
        assert found("disk", replace(plan, builds=builds), images=images) == expected, (there, builds)
    both = dict.fromkeys((HUB, eyes), present)
    assert found("disk", plan, images=both) == ("good", taken, "")
    low = DiskFacts(3 * GIB, 100 * MIB, 0, 24 * GIB)
    assert found("disk", plan, disk=low, images={})[0] == "wrong"


def test_the_free_disk_of_a_remote_machine_is_unknown() -> None:
    far = DiskFacts(3 * GIB, 100 * MIB, 0, None)
    figure = "images use 3 GiB, containers 100 MiB, volumes 0 MiB; free space is not visible over the Docker API"
    show = "ssh -t owner@192.168.9.10 'df -h /var/lib/docker'"
    assert found("disk", on({"connection": SSH}), disk=far) == ("unknown", figure, show)


def test_a_daemon_that_does_not_count_leaves_the_disk_unknown() -> None:
    expected = ("unknown", "the daemon does not report disk usage", "df -h /var/lib/docker")
    assert found("disk", disk=None) == expected


def test_an_image_that_is_there() -> None:
    assert image(alpha(), HUB, ImageFacts("amd64", 220 * MIB)) == ("good", "220 MiB, for 1 container", "")


def test_an_image_of_another_architecture_is_wrong() -> None:
    expected = ("wrong", "is for arm64, the machine is amd64", f"{DOCKER} image rm {HUB}")
    assert image(alpha(), HUB, ImageFacts("arm64", 220 * MIB)) == expected


def test_an_image_of_a_registry_is_pulled() -> None:
    figure = "not on the machine yet, for hub; pulled during deployment"
    assert image(alpha(), HUB) == ("unknown", figure, f"{DOCKER} pull {HUB}")


def test_an_image_that_the_stack_builds() -> None:
    build = PlannedBuild("hub", HUB, "images/agent", "cpu", {}, "linux/amd64", None)
    figure = "not on the machine yet, for hub; built during deployment"
    assert image(replace(alpha(), builds=(build,)), HUB) == ("good", figure, "")


def test_an_image_that_comes_from_nowhere_is_wrong() -> None:
    reference = "fleet.local/hub:0.1.0"
    figure = "not on the machine yet, for hub; nothing builds it, and no registry has it"
    mend = f"{DOCKER} build -t {reference} ."
    assert image(with_container("hub", image=reference), reference) == ("wrong", figure, mend)
