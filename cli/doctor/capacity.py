"""Checks whether a machine has the memory, CPUs, disk and images for a deployment. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, expect, good, obstacle, unknown, warning, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import cores, size
from cli.doctor.facts import DaemonFacts, DiskFacts, MachineFacts
from cli.doctor.host import REMOTE
from fleet.model.stack import LOCAL_REGISTRY
from fleet.plan.deployment import Deployment
from fleet.text import gibibytes, plural

_FIRMWARE_SHARE = 0.1
"""Share of the installed memory that kernel, firmware and an onboard graphics chip may reserve."""

_DISK_LOW_BYTES = 10 * 1024**3
"""Free space that data, logs and updates of images need besides the images."""

_DISK_FULL_BYTES = 1024**3
_COPIES_BUILT = 2
"""Copies of an image's packages once it is built: in its layer, and in the cache of the stage that installed them."""

_SUBJECT = "machine"


def capacity_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """Memory, CPUs, disk, then one check per image."""
    yield _memory(deployment, facts.daemon, fixes)
    yield _cpus(deployment, facts.daemon, fixes)
    yield _disk(_missing_bytes(deployment, facts), facts.disk, facts.daemon, fixes)
    for reference in sorted({container.image for container in deployment.containers}):
        yield _image(reference, deployment, facts, fixes)


def _memory(deployment: Deployment, daemon: DaemonFacts, fixes: Fixes) -> Check:
    machine, needed = deployment.machine, deployment.memory_request_mib + deployment.machine.memory_reserve_mib
    figure = f"{gibibytes(daemon.memory_mib)}, configured {gibibytes(machine.memory_mib)}"
    fix = f"set machine.memory in {fixes.stack_file} to {daemon.memory_mib}MiB"
    if daemon.memory_mib >= machine.memory_mib * (1 - _FIRMWARE_SHARE):
        return good(_SUBJECT, "memory", figure)
    if daemon.memory_mib < needed:
        return wrong(_SUBJECT, "memory", f"{figure}; its groups and reserve need {gibibytes(needed)}", fix)
    return warning(_SUBJECT, "memory", figure, fix)


def _cpus(deployment: Deployment, daemon: DaemonFacts, fixes: Fixes) -> Check:
    figure = f"{daemon.cpus}, configured {deployment.machine.cpus}"
    fix = f"set machine.cpus in {fixes.stack_file} to {daemon.cpus}"
    if daemon.cpus >= deployment.machine.cpus:
        return good(_SUBJECT, "CPUs", figure)
    largest = max(deployment.containers, key=lambda container: container.cpu_cap_millicores, default=None)
    if largest and largest.cpu_cap_millicores > daemon.cpus * 1000:
        figure += f"; Docker rejects {largest.name} with {cores(largest.cpu_cap_millicores)}"
        return obstacle(_SUBJECT, "CPUs", figure, fix)
    return warning(_SUBJECT, "CPUs", figure, fix)


def _missing_bytes(deployment: Deployment, facts: MachineFacts) -> int:
    """Disk that the packages of images not on the machine yet take."""
    layers = {reference: set(found) for reference, found in deployment.layers.items()}
    there = set().union(*(found for reference, found in layers.items() if reference in facts.images))
    missing = sum(layer.disk for layer in set().union(*layers.values()) - there)
    return missing * (_COPIES_BUILT if deployment.builds else 1)


def _disk(needed: int, disk: DiskFacts | None, daemon: DaemonFacts, fixes: Fixes) -> Check:
    show, prune = fixes.on_machine(f"df -h {daemon.root or '/var/lib/docker'}"), fixes.docker("system", "prune")
    need = f"; images not there yet need {size(needed)}" if needed else ""
    if disk is None:
        return unknown(_SUBJECT, "disk", f"the daemon does not report disk usage{need}", show)
    used = f"images use {size(disk.images_bytes)}, containers {size(disk.containers_bytes)}"
    used += f", volumes {size(disk.volumes_bytes)}{need}"
    if disk.free_bytes is None:
        return unknown(_SUBJECT, "disk", f"{used}; free space is {REMOTE}", show)
    figure = f"{size(disk.free_bytes)} free under {daemon.root}; {used}"
    left = disk.free_bytes - needed
    failed = wrong if left < _DISK_FULL_BYTES else warning
    return expect(_SUBJECT, "disk", left >= _DISK_LOW_BYTES, figure, figure, prune, failed)


def _image(reference: str, deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Check:
    users = [container.name for container in deployment.containers if container.image == reference]
    image, arch = facts.images.get(reference), str(deployment.machine.arch)
    if image is None:
        return _missing_image(reference, ", ".join(users), deployment, fixes)
    figure = f"{size(image.size_bytes)}, for {plural(len(users), 'container')}"
    problem, fix = f"is for {image.arch}, the machine is {arch}", fixes.docker("image", "rm", reference)
    return expect(reference, "image", image.arch in ("", arch), figure, problem, fix)


def _missing_image(reference: str, users: str, deployment: Deployment, fixes: Fixes) -> Check:
    figure = f"not on the machine yet, for {users}"
    if any(build.image == reference for build in deployment.builds):
        return good(reference, "image", f"{figure}; built during deployment")
    if reference.startswith(f"{LOCAL_REGISTRY}/"):
        build = fixes.docker("build", "-t", reference, ".")
        return obstacle(reference, "image", f"{figure}; nothing builds it, and no registry has it", build)
    return unknown(reference, "image", f"{figure}; pulled during deployment", fixes.docker("pull", reference))
