"""Compares one container with its plan: whether it exists, runs, is healthy, and is as planned. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from cli.diagnostics.check import Check, expect, good, unknown, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import duration
from cli.verify.facts import Binding, ContainerFacts, LiveFacts
from cli.verify.hardening import hardening_checks
from components.docker.render import joined, render_container
from fleet.model import Vendor
from fleet.plan.deployment import Deployment
from fleet.plan.planned_container import PlannedContainer
from fleet.text import plural

_ENDED = ("exited", "dead")
_LOOP_RESTARTS = 3
_LOOP_S = 600
"""This many restarts, the last one this recent, are a restart loop."""

_ID_LENGTH = 12
_PROGRAM_LENGTH_MAX = 120


def container_checks(
    container: PlannedContainer, deployment: Deployment, facts: LiveFacts, fixes: Fixes
) -> Iterator[Check]:
    """One check if it does not exist; if it does not run, it is still compared with its plan."""
    found = facts.containers.get(container.name)
    if found is None:
        yield wrong(container.name, "runs", "does not exist", fixes.deploy(), "missing")
        return
    yield _runs(container, found, fixes)
    yield _image(container, found, facts, fixes)
    if found.runs and not container.once:
        yield _health(container, found, fixes)
    yield from hardening_checks(container, found, deployment, fixes)
    yield from _program(container, found, fixes)
    yield _mounts(container, found, deployment, fixes)
    yield _network(container, found, deployment, fixes)
    yield _ports(container, found, fixes)
    if container.secret_env:
        yield _secrets(container, found, fixes)
    # Device files of other makers' cards are compared with the other devices.
    if container.gpu and container.gpu.gpu.vendor is Vendor.NVIDIA:
        yield _gpu(container, found, fixes)


def _runs(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check:
    state, name = found.state, container.name
    restarts = plural(state.restarts, "restart")
    if container.once and (check := _ended(container, found, fixes)):
        return check
    cause = "out of memory" if state.out_of_memory else state.error or f"exit code {state.exit_code}"
    if state.status in _ENDED:
        figure = f"stopped {duration(state.since_s)} ago: {cause}; {restarts}"
        return wrong(name, "runs", figure, f"{fixes.logs(name)}; {fixes.docker('start', name)}", "stopped")
    if state.status == "restarting":
        return wrong(name, "runs", f"keeps restarting: {cause}; {restarts}", fixes.logs(name), "restarting")
    if state.status == "paused":
        return wrong(name, "runs", "is paused", fixes.docker("unpause", name), "paused")
    if state.status != "running":
        figure = f"is {state.status}, never started" + (f": {state.error}" if state.error else "")
        return wrong(name, "runs", figure, fixes.docker("start", name), state.status)
    figure = f"up {duration(state.since_s)}, {restarts}"
    if state.restarts >= _LOOP_RESTARTS and state.since_s < _LOOP_S:
        return wrong(name, "runs", f"keeps restarting: {figure}", fixes.logs(name), duration(state.since_s))
    return good(name, "runs", figure, duration(state.since_s))


def _ended(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check | None:
    """Of a container that runs once; None if it never started."""
    state, name, ago = found.state, container.name, duration(found.state.since_s)
    if state.status in _ENDED:
        cause = "out of memory" if state.out_of_memory else state.error or f"exit code {state.exit_code}"
        if cause == "exit code 0":
            return good(name, "runs", f"ended {ago} ago: {cause}", "done")
        figure = f"failed {ago} ago: {cause}"
        return wrong(name, "runs", figure, f"{fixes.logs(name)}; {fixes.docker('start', name)}", "failed")
    if state.status == "running" and state.since_s <= container.health.deadline_s:
        return unknown(name, "runs", f"has run for {ago}", f"fleet verify {fixes.deployment.stack}, later", "running")
    if state.status == "running":
        figure = f"has run for {ago}, over its time limit of {duration(container.health.deadline_s)}"
        return wrong(name, "runs", figure, fixes.logs(name), "running")
    return None


def _image(container: PlannedContainer, found: ContainerFacts, facts: LiveFacts, fixes: Fixes) -> Check:
    short = found.image_id.removeprefix("sha256:")[:_ID_LENGTH]
    current = facts.image_ids.get(container.image)
    if found.image_id == current:
        return good(container.name, "image", f"{container.image} ({short})")
    recreate = fixes.recreate(container.name)
    if found.image != container.image:
        return wrong(container.name, "image", f"{found.image}, planned {container.image}", recreate)
    if current is None:
        # Untagged since; the running image is still the planned one.
        return good(container.name, "image", f"{container.image} ({short}, untagged since)")
    newer = current.removeprefix("sha256:")[:_ID_LENGTH]
    return wrong(container.name, "image", f"an older build of {container.image}: {short}, now {newer}", recreate)


def _health(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check:
    state, name, planned = found.state, container.name, container.health
    output = f"; last check: {state.last_check}" if state.last_check else ""
    if not state.health:
        figure = f"has no health check, planned {' '.join(planned.test)}"
        return wrong(name, "health", figure, fixes.recreate(name), "no check")
    if state.health == "unhealthy":
        return wrong(name, "health", f"unhealthy{output}", fixes.logs(name), "unhealthy")
    if state.health == "starting":
        figure = f"no check has passed for {duration(state.since_s)}{output}"
        if state.since_s > planned.deadline_s:
            return wrong(name, "health", figure, fixes.logs(name), "unhealthy")
        later = f"fleet verify {fixes.deployment.stack}, within {duration(planned.deadline_s - state.since_s)}"
        return unknown(name, "health", f"{figure}; it may still start", later, "starting")
    if found.health_test != ("CMD", *planned.test):
        figure = f"healthy, but by a health check that is not planned: {' '.join(found.health_test[1:])}"
        return wrong(name, "health", figure, fixes.recreate(name), "healthy")
    return good(name, "health", f"healthy{output}", "healthy")


def _program(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Iterator[Check]:
    """How its program starts, and its labels, where the group's file sets them; else they are the image's."""
    config = found.config
    pairs = {
        "entrypoint": (tuple(config.get("Entrypoint") or ()), container.entrypoint),
        "command": (tuple(config.get("Cmd") or ()), container.command),
        "working_dir": (config.get("WorkingDir") or "", container.working_dir),
        "tty": (bool(config.get("Tty")), container.tty),
        "labels": (_labels_among(config.get("Labels") or {}, container.own_labels), dict(container.own_labels)),
    }
    stated = {name: pair for name, pair in pairs.items() if pair[1]}
    if not stated:
        return
    differences = [
        f"{name} {_program_text(actual) or 'not set'}, planned {_program_text(planned)}"
        for name, (actual, planned) in stated.items()
        if actual != planned
    ]
    figure = "; ".join(f"{name} {_program_text(planned)}" for name, (_, planned) in stated.items())
    yield _compared(container, "program", figure, differences, fixes)


def _labels_among(labels: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    return {label: labels[label] for label in wanted if label in labels}


def _program_text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={text}" for name, text in sorted(value.items()))
    text = shlex.join(value) if isinstance(value, tuple) else "yes" if value is True else str(value or "")
    return text if len(text) <= _PROGRAM_LENGTH_MAX else f"{text[:_PROGRAM_LENGTH_MAX]}..."


def _mounts(container: PlannedContainer, found: ContainerFacts, deployment: Deployment, fixes: Fixes) -> Check:
    rendered = render_container(container, deployment)["mounts"]
    planned = {mount["target"]: (mount["source"], mount["read_only"]) for mount in rendered}
    differences = [
        f"{path} has {_mount(found.mounts.get(path))}, planned {_mount(mount)}"
        for path, mount in sorted(planned.items())
        if found.mounts.get(path) != mount
    ]
    differences += [
        f"{path} has {_mount(found.mounts[path])}, not planned" for path in sorted(found.mounts.keys() - planned)
    ]
    shown = ", ".join(f"{_mount(mount)} at {path}" for path, mount in sorted(planned.items())) or "none, as planned"
    return _compared(container, "mounts", shown, differences, fixes)


def _compared(container: PlannedContainer, check: str, figure: str, differences: list[str], fixes: Fixes) -> Check:
    fix = fixes.recreate(container.name)
    return expect(container.name, check, not differences, figure, "; ".join(differences), fix)


def _mount(mount: tuple[str, bool] | None) -> str:
    return f"{mount[0]}{' read-only' if mount[1] else ''}" if mount else "nothing"


def _network(container: PlannedContainer, found: ContainerFacts, deployment: Deployment, fixes: Fixes) -> Check:
    planned = joined(container, deployment)
    shown = ", ".join(f"{name} {found.networks.get(name, '')}".rstrip() for name in planned)
    problem = f"in {', '.join(sorted(found.networks)) or 'no network'}, planned only {', '.join(planned)}"
    differences = [problem] if set(found.networks) != set(planned) else []
    rendered = render_container(container, deployment)
    hosts = {f"{entry['host']}:{entry['ip']}" for entry in rendered["hosts"]}
    for what, actual, wanted in (
        ("hosts", set(found.host.get("ExtraHosts") or ()), hosts),
        ("DNS servers", set(found.host.get("Dns") or ()), set(rendered.get("dns", ()))),
    ):
        if actual != wanted:
            differences.append(f"{what} {_all(actual)}, planned {_all(wanted)}")
    return _compared(container, "network", shown, differences, fixes)


def _all(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _ports(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check:
    planned = {Binding(port.address, port.host_port, port.container_port, port.protocol) for port in container.ports}
    differences = [f"{port} is open and not planned" for port in sorted(found.ports - planned)]
    differences += [f"{port} is planned and not open" for port in sorted(planned - found.ports)]
    shown = ", ".join(map(str, sorted(planned))) or "none published, as planned"
    return _compared(container, "ports", shown, differences, fixes)


def _secrets(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check:
    """Only whether they have values: a value is neither read nor shown."""
    problems = [f"{name} has no value" for name in container.secret_env if name not in found.variables]
    shown = f"{', '.join(container.secret_env)} with a value each"
    return _compared(container, "secret variables", shown, problems, fixes)


def _gpu(container: PlannedContainer, found: ContainerFacts, fixes: Fixes) -> Check:
    planned = {gpu.device for gpu in container.gpu.cards.values()} if container.gpu else set()
    devices = ", ".join(sorted(found.gpu_devices)) or "none"
    noun = "devices" if len(planned) > 1 else "device"
    problems = [f"has {noun} {devices}, planned {', '.join(sorted(planned))}"] if found.gpu_devices != planned else []
    wanted = {"gpu", *(container.gpu.capabilities if container.gpu else ())}
    if found.gpu_devices and found.gpu_capabilities != wanted:
        has = ", ".join(sorted(found.gpu_capabilities)) or "none"
        problems.append(f"has capabilities {has}, planned {', '.join(sorted(wanted))}")
    return _compared(container, "GPU", f"{noun} {devices}", problems, fixes)
