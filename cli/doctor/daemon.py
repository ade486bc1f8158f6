"""Checks a daemon and its kernel: version, enforced limits, hardening. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, expect, good, obstacle, unknown, warning
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import DaemonFacts, MachineFacts
from fleet.model import DeviceClass, RunAs
from fleet.model.hardening import HIGH_ID
from fleet.plan.deployment import Deployment

API_MIN = (1, 41)
"""API of Docker 20.10, the oldest release the components are tested with."""

_SUBJECT = "daemon"
_ROOT = RunAs(uid=0, gid=0)
"""What an image may run as that decides itself."""
_ENFORCED = "enforced by the kernel"


def daemon_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """Version and architecture, limits, then hardening."""
    daemon, arch = facts.daemon, str(deployment.machine.arch)
    kernel = _memory_cgroup(deployment, fixes)
    info = fixes.docker("info")
    yield _version(daemon, fixes)
    yield _configured_api(deployment, daemon, fixes)
    problem = f"{daemon.arch}, configured {arch}: its images would not start"
    fix = f"set machine.arch in {fixes.stack_file} to {daemon.arch}"
    yield expect(_SUBJECT, "architecture", daemon.arch == arch, arch, problem, fix)
    problem = "the kernel ignores them: its memory cgroup is off"
    yield expect(_SUBJECT, "memory limits", daemon.memory_limit, _ENFORCED, problem, kernel)
    if daemon.memory_limit:
        problem = "the kernel ignores them: a container over its memory swaps before it is killed"
        yield expect(_SUBJECT, "swap limits", daemon.swap_limit, _ENFORCED, problem, kernel, warning)
    problem = "the kernel has no CFS bandwidth control, and Docker rejects containers with a CPU limit"
    fix = f"boot a kernel with CONFIG_CFS_BANDWIDTH; {info}"
    yield expect(_SUBJECT, "CPU limits", daemon.cpu_limit, _ENFORCED, problem, fix, obstacle)
    problem, fix = "off: published ports are unreachable from outside", "sudo sysctl -w net.ipv4.ip_forward=1"
    yield expect(_SUBJECT, "IP forwarding", daemon.forwarding, "on", problem, fixes.on_machine(fix))
    yield _cgroup(daemon, fixes)
    yield _seccomp(daemon, fixes)
    yield _user_namespaces(deployment, daemon, fixes)
    problem, fix = "off: a restart of the daemon stops every container", fixes.daemon_setting('"live-restore": true')
    survives = "on: containers survive a restart of the daemon"
    yield expect(_SUBJECT, "live restore", daemon.live_restore, survives, problem, fix, warning)
    yield good(_SUBJECT, "log driver", f"{daemon.log_driver} by default; each container sets a bounded json-file")


def _version(daemon: DaemonFacts, fixes: Fixes) -> Check:
    figure = f"{daemon.engine} {daemon.version}, API {daemon.api_version}"
    problem = f"{figure}; {'.'.join(map(str, API_MIN))} (Docker 20.10) or later is required"
    recent = tuple(map(int, daemon.api_version.split("."))) >= API_MIN
    return expect(
        _SUBJECT, "version", recent, figure, problem, fixes.on_machine("curl -fsSL https://get.docker.com | sudo sh")
    )


def _configured_api(deployment: Deployment, daemon: DaemonFacts, fixes: Fixes) -> Check:
    """Only the probe interval of starting containers depends on the configured API."""
    machine, actual = deployment.machine, daemon.api_version
    figure = f"{actual}, configured {machine.docker_api}"
    fix = f'set machine.docker_api in {fixes.stack_file} to "{actual}"'
    supported = machine.model_copy(update={"docker_api": actual}).has_docker_25
    if machine.has_docker_25 and not supported:
        return obstacle(_SUBJECT, "API", f"{figure}: the daemon would reject the start interval of health checks", fix)
    if supported and not machine.has_docker_25:
        return warning(_SUBJECT, "API", f"{figure}: it could detect healthy containers sooner", fix)
    return good(_SUBJECT, "API", figure)


def _memory_cgroup(deployment: Deployment, fixes: Fixes) -> str:
    if deployment.machine.device_class is DeviceClass.SINGLE_BOARD_COMPUTER:
        # The kernel reads only the first line.
        settings, file = "cgroup_memory=1 cgroup_enable=memory", "/boot/firmware/cmdline.txt"
        return fixes.on_machine(f'sudo sed -i "1 s/$/ {settings}/" {file} && sudo reboot')
    return fixes.kernel_setting("cgroup_enable=memory swapaccount=1")


def _cgroup(daemon: DaemonFacts, fixes: Fixes) -> Check:
    version = daemon.cgroup_version
    if not version:
        return unknown(_SUBJECT, "cgroup", "the daemon does not report its version", fixes.docker("info"))
    problem = "version 1: limits are enforced, but distributions and Docker are dropping it"
    fix = fixes.kernel_setting("systemd.unified_cgroup_hierarchy=1")
    return expect(_SUBJECT, "cgroup", version != "1", f"version {version}", problem, fix, warning)


def _seccomp(daemon: DaemonFacts, fixes: Fixes) -> Check:
    if "seccomp" not in daemon.security:
        fix = f"boot a kernel with CONFIG_SECCOMP_FILTER; {fixes.docker('info')}"
        return warning(_SUBJECT, "seccomp", "off: containers may use every system call", fix)
    profile = daemon.security["seccomp"]
    problem = "the daemon's own profile is unconfined: containers may use every system call"
    fix = fixes.daemon_setting('"seccomp-profile": "builtin"')
    return expect(
        _SUBJECT, "seccomp", profile != "unconfined", f"profile {profile or 'default'}", problem, fix, warning
    )


def _user_namespaces(deployment: Deployment, daemon: DaemonFacts, fixes: Fixes) -> Check:
    check = "user namespaces"
    if "rootless" in daemon.security:
        return good(_SUBJECT, check, "the daemon is rootless")
    if "userns" in daemon.security:
        binds = sorted(volume.name for volume in deployment.volumes.values() if volume.bind)
        problem = f"on: owners of bind folders are shifted ({', '.join(binds)})"
        return expect(
            _SUBJECT, check, not binds, "on", problem, fixes.on_machine("cat /etc/subuid /etc/subgid"), warning
        )
    low = sorted(c.name for c in deployment.containers if (c.hardening.user or _ROOT).uid <= HIGH_ID)
    problem = f"off, and these run as users of the machine: {', '.join(low)}"
    figure = f"off; every container's user is above {HIGH_ID}, so not a user of the machine"
    return expect(_SUBJECT, check, not low, figure, problem, fixes.daemon_setting('"userns-remap": "default"'), warning)
