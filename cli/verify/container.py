"""Judges one container: that it is there, runs, is healthy, and is what was planned. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Mends
from cli.diagnostics.text import duration
from cli.verify.facts import Binding, ContainerFacts, LiveFacts
from cli.verify.hardening import lock_checks
from components.docker.render import networks_of, render_container
from fleet.plan.deployment import Deployment, PlannedContainer
from fleet.text import plural

_ENDED = ("exited", "dead")
_LOOP_RESTARTS = 3
_LOOP_S = 600
"""So many restarts, the last one so recent, are taken for a loop."""

_ID_LENGTH = 12


def container_checks(
    container: PlannedContainer, deployment: Deployment, facts: LiveFacts, mends: Mends
) -> Iterator[Check]:
    """A container that is not there has one check; one that does not run is still compared with its plan."""
    found = facts.containers.get(container.name)
    if found is None:
        yield wrong(container.name, "runs", "does not exist", mends.deploy(), "missing")
        return
    yield _runs(container, found, mends)
    yield _image(container, found, facts, mends)
    if found.runs:
        yield _health(container, found, mends)
    yield from lock_checks(container, found, deployment, mends)
    yield _mounts(container, found, deployment, mends)
    yield _network(container, found, deployment, mends)
    yield _ports(container, found, mends)
    if container.gpu:
        yield _gpu(container, found, mends)


def _runs(container: PlannedContainer, found: ContainerFacts, mends: Mends) -> Check:
    state, name = found.state, container.name
    restarts = plural(state.restarts, "restart")
    if state.status in _ENDED:
        figure = f"stopped {duration(state.since_s)} ago: {_cause(found)}; {restarts}"
        return wrong(name, "runs", figure, f"{mends.logs(name)}; {mends.docker('start', name)}", "stopped")
    if state.status == "restarting":
        return wrong(name, "runs", f"keeps restarting: {_cause(found)}; {restarts}", mends.logs(name), "restarting")
    if state.status == "paused":
        return wrong(name, "runs", "is paused", mends.docker("unpause", name), "paused")
    if state.status != "running":
        figure = f"is {state.status}, and never started" + (f": {state.error}" if state.error else "")
        return wrong(name, "runs", figure, mends.docker("start", name), state.status)
    figure = f"up {duration(state.since_s)}, {restarts}"
    if state.restarts >= _LOOP_RESTARTS and state.since_s < _LOOP_S:
        return wrong(name, "runs", f"keeps restarting: {figure}", mends.logs(name), duration(state.since_s))
    return good(name, "runs", figure, duration(state.since_s))


def _cause(found: ContainerFacts) -> str:
    if found.state.out_of_memory:
        return "out of memory"
    return found.state.error or f"exit code {found.state.exit_code}"


def _image(container: PlannedContainer, found: ContainerFacts, facts: LiveFacts, mends: Mends) -> Check:
    short = found.image_id.removeprefix("sha256:")[:_ID_LENGTH]
    current = facts.image_ids.get(container.image)
    if found.image_id == current:
        return good(container.name, "image", f"{container.image} ({short})")
    recreate = mends.recreate(container.name)
    if found.image != container.image:
        return wrong(container.name, "image", f"{found.image}, planned {container.image}", recreate)
    if current is None:
        # Its name was taken off it; what runs is still what was planned.
        return good(container.name, "image", f"{container.image} ({short}, which has lost its name)")
    newer = current.removeprefix("sha256:")[:_ID_LENGTH]
    return wrong(container.name, "image", f"an older build of {container.image}: {short}, now {newer}", recreate)


def _health(container: PlannedContainer, found: ContainerFacts, mends: Mends) -> Check:
    state, name, planned = found.state, container.name, container.health
    said = f"; its check says: {state.last_check}" if state.last_check else ""
    if not state.health:
        figure = f"has no health check, planned {' '.join(planned.test)}"
        return wrong(name, "health", figure, mends.recreate(name), "no check")
    if state.health == "unhealthy":
        return wrong(name, "health", f"unhealthy{said}", mends.logs(name), "unhealthy")
    if state.health == "starting":
        figure = f"no check has passed for {duration(state.since_s)}{said}"
        if state.since_s > planned.deadline_s:
            return wrong(name, "health", figure, mends.logs(name), "unhealthy")
        later = f"fleet verify {mends.stack}, in {duration(planned.deadline_s - state.since_s)} at the latest"
        return unknown(name, "health", f"{figure}; it may still start", later, "starting")
    if found.health_test != ("CMD", *planned.test):
        figure = f"healthy, but by another check than planned: {' '.join(found.health_test[1:])}"
        return wrong(name, "health", figure, mends.recreate(name), "healthy")
    return good(name, "health", f"healthy{said}", "healthy")


def _mounts(container: PlannedContainer, found: ContainerFacts, deployment: Deployment, mends: Mends) -> Check:
    rendered = render_container(container, deployment)["mounts"]
    planned = {mount["target"]: (mount["source"], mount["read_only"]) for mount in rendered}
    faults = [
        f"{path} has {_mount(found.mounts.get(path))}, planned {_mount(mount)}"
        for path, mount in sorted(planned.items())
        if found.mounts.get(path) != mount
    ]
    extra = sorted(set(found.mounts) - set(planned))
    faults += [f"{path} has {_mount(found.mounts[path])}, not planned" for path in extra]
    if faults:
        return wrong(container.name, "mounts", "; ".join(faults), mends.recreate(container.name))
    shown = ", ".join(f"{_mount(mount)} at {path}" for path, mount in sorted(planned.items()))
    return good(container.name, "mounts", shown or "none, as planned")


def _mount(mount: tuple[str, bool] | None) -> str:
    if mount is None:
        return "nothing"
    return f"{mount[0]}{' read-only' if mount[1] else ''}"


def _network(container: PlannedContainer, found: ContainerFacts, deployment: Deployment, mends: Mends) -> Check:
    planned = networks_of(deployment.group_of(container), deployment.machine)
    if set(found.networks) == set(planned):
        return good(container.name, "network", ", ".join(f"{name} {found.networks[name]}".rstrip() for name in planned))
    figure = f"in {', '.join(sorted(found.networks)) or 'no network'}, planned {', '.join(planned)} alone"
    return wrong(container.name, "network", figure, mends.recreate(container.name))


def _ports(container: PlannedContainer, found: ContainerFacts, mends: Mends) -> Check:
    planned = {Binding(port.address, port.host_port, port.container_port, port.protocol) for port in container.ports}
    faults = [f"{port} is open and not planned" for port in sorted(found.ports - planned)]
    faults += [f"{port} is planned and not open" for port in sorted(planned - found.ports)]
    if faults:
        return wrong(container.name, "ports", "; ".join(faults), mends.recreate(container.name))
    return good(container.name, "ports", ", ".join(map(str, sorted(planned))) or "none published, as planned")


def _gpu(container: PlannedContainer, found: ContainerFacts, mends: Mends) -> Check:
    if container.gpu is None or found.gpu_devices == {container.gpu.gpu.device}:
        return good(container.name, "GPU", f"device {', '.join(sorted(found.gpu_devices))}")
    figure = f"has device {', '.join(sorted(found.gpu_devices)) or 'none'}, planned {container.gpu.gpu.device}"
    return wrong(container.name, "GPU", figure, mends.recreate(container.name))
