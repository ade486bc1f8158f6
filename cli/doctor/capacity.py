"""Judges whether a machine has the memory, the processors, the disk and the images a deployment takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, warning, wrong
from cli.diagnostics.fix_commands import Mends
from cli.diagnostics.text import cores, size
from cli.doctor.facts import DaemonFacts, DiskFacts, MachineFacts
from fleet.model.stack import LOCAL_REGISTRY
from fleet.plan.deployment import Deployment
from fleet.text import gibibytes, plural

_FIRMWARE_SHARE = 0.1
"""What kernel, firmware and an onboard graphics chip may keep of the memory that is built in."""

_DISK_LOW_BYTES = 10 * 1024**3
"""One image with CUDA and PyTorch takes about as much while it is unpacked."""

_DISK_FULL_BYTES = 1024**3

_SUBJECT = "machine"


def room_checks(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    """Memory, CPUs, disk, then one check an image."""
    yield _memory(deployment, facts.daemon, mends)
    yield _cpus(deployment, facts.daemon, mends)
    yield _disk(facts.disk, facts.daemon, mends)
    for reference in sorted({container.image for container in deployment.containers}):
        yield _image(reference, deployment, facts, mends)


def _memory(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    machine, needed = deployment.machine, deployment.memory_request_mib + deployment.machine.memory_reserve_mib
    figure = f"{gibibytes(daemon.memory_mib)}, the stack says {gibibytes(machine.memory_mib)}"
    correct = f"set machine.memory in {mends.stack_file} to {daemon.memory_mib}MiB"
    if daemon.memory_mib >= machine.memory_mib * (1 - _FIRMWARE_SHARE):
        return good(_SUBJECT, "memory", figure)
    if daemon.memory_mib < needed:
        return wrong(_SUBJECT, "memory", f"{figure}; its groups and reserve need {gibibytes(needed)}", correct)
    return warning(_SUBJECT, "memory", figure, correct)


def _cpus(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    figure = f"{daemon.cpus}, the stack says {deployment.machine.cpus}"
    if daemon.cpus >= deployment.machine.cpus:
        return good(_SUBJECT, "CPUs", figure)
    correct = f"set machine.cpus in {mends.stack_file} to {daemon.cpus}"
    above = [c for c in deployment.containers if c.cpu_cap_millicores > daemon.cpus * 1000]
    if above:
        most = max(above, key=lambda container: container.cpu_cap_millicores)
        figure += f"; Docker refuses {most.name} with {cores(most.cpu_cap_millicores)}"
        return wrong(_SUBJECT, "CPUs", figure, correct)
    return warning(_SUBJECT, "CPUs", figure, correct)


def _disk(disk: DiskFacts | None, daemon: DaemonFacts, mends: Mends) -> Check:
    show = mends.on_machine(f"df -h {daemon.root or '/var/lib/docker'}")
    if disk is None:
        return unknown(_SUBJECT, "disk", "the daemon does not count what it holds", show)
    taken = f"images take {size(disk.images_bytes)}, containers {size(disk.containers_bytes)}"
    taken += f", volumes {size(disk.volumes_bytes)}"
    if disk.free_bytes is None:
        return unknown(_SUBJECT, "disk", f"{taken}; what is free does not show over the Docker API", show)
    figure = f"{size(disk.free_bytes)} free under {daemon.root}; {taken}"
    prune = mends.docker("system", "prune")
    if disk.free_bytes < _DISK_FULL_BYTES:
        return wrong(_SUBJECT, "disk", figure, prune)
    if disk.free_bytes < _DISK_LOW_BYTES:
        return warning(_SUBJECT, "disk", figure, prune)
    return good(_SUBJECT, "disk", figure)


def _image(reference: str, deployment: Deployment, facts: MachineFacts, mends: Mends) -> Check:
    users = [container.name for container in deployment.containers if container.image == reference]
    found, arch = facts.images.get(reference), str(deployment.machine.arch)
    if found is None:
        return _missing_image(reference, users, deployment, mends)
    if found.arch and found.arch != arch:
        figure = f"is for {found.arch}, the machine is {arch}"
        return wrong(reference, "image", figure, mends.docker("image", "rm", reference))
    return good(reference, "image", f"{size(found.size_bytes)}, for {plural(len(users), 'container')}")


def _missing_image(reference: str, users: list[str], deployment: Deployment, mends: Mends) -> Check:
    wanted = f"not on the machine yet, for {', '.join(users)}"
    if deployment.stand_ins or any(build.image == reference for build in deployment.builds):
        # The deployment itself makes it first.
        return good(reference, "image", f"{wanted}; built at the deployment")
    if reference.startswith(f"{LOCAL_REGISTRY}/"):
        figure = f"{wanted}; nothing builds it, and it can be pulled from nowhere"
        return wrong(
            reference, "image", figure, f"{mends.docker('build', '-t', reference, '.')} beside a Dockerfile of yours"
        )
    return unknown(reference, "image", f"{wanted}; pulled at the deployment", mends.docker("pull", reference))
