"""Text of `fleet export compose`: the file with a header that says what the machine needs, and how to start it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import yaml

from cli.view.export_text import comment
from components.docker.compose import compose_file, secret_variable
from components.docker.compose_images import build_steps, stands_in
from components.docker.host_paths import bind_folders, devices, secret_files
from components.docker.volume_owners import owned_mounts
from fleet.checks.storage import WRITABLE_FOLDERS
from fleet.plan.deployment import Deployment
from fleet.text import gibibytes, plural

# libyaml's is five times as fast; some builds of PyYAML lack it.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def compose_text(deployment: Deployment, made_by: str) -> str:
    """compose.yaml of a Docker machine, with its header."""
    lines = [
        made_by,
        "Edit those files and export again. `pulumi up` deploys the same containers under the same names: use either.",
        *_requirements(deployment),
        *_differences(deployment),
        "Start, in this file's folder:",
        *_indented(start_commands(deployment)),
    ]
    return f"{comment(lines)}\n{yaml.dump(compose_file(deployment), Dumper=_DUMPER, sort_keys=False, width=120)}"


def start_commands(deployment: Deployment, file: Path | None = None) -> list[str]:
    """The commands that build and start a deployment. file: None in the folder of the file."""
    option = f" -f {shlex.quote(str(file))}" if file else ""
    compose = f"docker --host {deployment.machine.connection} compose{option}"
    builds = [f"{compose} build {' '.join(services)}" for services in build_steps(deployment)]
    ends = _last_jobs(deployment)
    names = [container.name for container in deployment.containers]
    waited = " ".join(name for name in names if name not in ends)
    # `--wait` waits for the exit of a job that another service depends on, and takes any other exit for a failure.
    if not ends:
        return [*builds, f"{compose} up --wait"]
    starts = [f"{compose} up --wait {waited}"] if waited else []
    # Without --no-deps, Compose would run the other jobs again.
    return [*builds, *starts, f"{compose} up --detach --no-deps {' '.join(name for name in names if name in ends)}"]


def _last_jobs(deployment: Deployment) -> frozenset[str]:
    """Containers that run to their end, and that no other waits for."""
    awaited = {name for group in deployment.groups for name in group.start_after}
    last = [group for group in deployment.groups if group.name not in awaited]
    first = {one.name for group in last for container in group.containers for one in group.before(container)}
    return frozenset(c.name for group in last for c in group.containers if c.once and c.name not in first)


def stand_in_notes(deployment: Deployment) -> list[str]:
    """Images that the agent host replaces, and why."""
    return [
        f"stand-ins run in place of {image} until the machine has your image of that name ({reason})"
        for image, reason in stands_in(deployment).items()
    ]


def _differences(deployment: Deployment) -> Iterator[str]:
    if deployment.gpus_dropped:
        yield f"Without GPU: {', '.join(deployment.gpus_dropped)} request one and run without."
    if replaced := stand_in_notes(deployment):
        yield "Not as planned:"
        yield from _indented(replaced)


def _requirements(deployment: Deployment) -> Iterator[str]:
    yield f"The machine needs (see Pulumi.{deployment.stack}.yaml):"
    yield from _indented(list(_needs(deployment)))
    if folders := [folder.make for _, folder in bind_folders(deployment)]:
        yield "Create its folders first:"
        yield from _indented(folders)
    if owners := list(_owners(deployment)):
        yield "New volumes may belong to root. If a container cannot write to one, run its command and start again:"
        yield from _indented(owners)
    if secrets := [secret.make for secret in secret_files(deployment)]:
        yield "Create its secrets first; each command reads the value from the terminal, and Ctrl-D ends it:"
        yield from _indented(secrets)

    if variables := sorted({s for c in deployment.containers for s in c.secret_env.values()}):
        yield "Put a line NAME=value for each of these secrets into the file .env, readable by you alone (chmod 600):"
        yield from _indented([secret_variable(name) for name in variables])


def _owners(deployment: Deployment) -> Iterator[str]:
    """Commands for volumes that no image of ours has prepared, in containers that already exist."""
    docker = f"docker --host {deployment.machine.connection}"
    for container in deployment.containers:
        for mount in owned_mounts(deployment).get(container.name, ()):
            if not container.agents and mount.path not in WRITABLE_FOLDERS:
                root = f"--user 0:0 --entrypoint chown {container.image} {mount.user} {shlex.quote(mount.path)}"
                yield f"{docker} run --rm --volumes-from {container.name} {root}"


def _needs(deployment: Deployment) -> Iterator[str]:
    machine = deployment.machine
    yield f"Docker API {machine.docker_api} or later (machine.docker_api; see `docker version`)"
    yield f"{plural(machine.cpus, 'CPU')} and {gibibytes(machine.memory_mib)} of memory (machine.cpus, machine.memory)"
    for host, login in sorted(machine.registries.items()):
        yield f"a login of {host}, where Compose runs: docker login {host} -u {shlex.quote(login.username)}"
    if deployment.opens_lan and machine.lan_address:
        yield f"the address {machine.lan_address}, on which ports are opened (machine.lan_address)"
    for device in devices(deployment):
        yield f"the device {device}"
    if any(container.gpu for container in deployment.containers):
        yield "the NVIDIA driver and container toolkit"
    yield "Docker Compose where you start it (tested with 2.40)"
    if deployment.builds:
        yield "its buildx plugin 0.17 or later, or none; with an older one, as in Debian 13, set DOCKER_BUILDKIT=0"
        yield "access to the base images (fleet:images) and to the package indexes"
        folders = sorted({f"{build.context.partition('/')[0]}/" for build in deployment.builds})
        what = f"the {'folder' if len(folders) == 1 else 'folders'} {' and '.join(folders)}"
        yield f"{what} next to this file, which `-o FOLDER` writes too: the images are built from it"


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
