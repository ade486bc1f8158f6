"""Judges a daemon and the kernel below it: version, limits that hold, hardening. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, warning, wrong
from cli.diagnostics.fix_commands import Mends
from cli.doctor.facts import DaemonFacts
from fleet.model import DeviceClass
from fleet.model.hardening import HIGH_ID
from fleet.plan.deployment import Deployment

API_MIN = (1, 41)
"""API of Docker 20.10, the oldest release the components are tested with."""

_PI_SETTINGS = "cgroup_memory=1 cgroup_enable=memory"
_PI_FILE = "/boot/firmware/cmdline.txt"
_GRUB_SETTINGS = "cgroup_enable=memory swapaccount=1"

_SUBJECT = "daemon"


def daemon_checks(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Iterator[Check]:
    """What the daemon and the kernel must give, then how they are hardened."""
    yield _version(daemon, mends)
    yield _stated_api(deployment, daemon, mends)
    yield _architecture(deployment, daemon, mends)
    yield _memory_limit(deployment, daemon, mends)
    if daemon.memory_limit:
        yield _swap_limit(deployment, daemon, mends)
    yield _cpu_limit(daemon, mends)
    yield _forwarding(daemon, mends)
    yield _cgroup(daemon, mends)
    yield _seccomp(daemon, mends)
    yield _user_namespaces(deployment, daemon, mends)
    yield _live_restore(daemon, mends)
    yield good(_SUBJECT, "log driver", f"{daemon.log_driver} by default; each container sets json-file with a bound")


def _version(daemon: DaemonFacts, mends: Mends) -> Check:
    figure = f"{daemon.engine} {daemon.version}, API {daemon.api_version}"
    if _parts(daemon.api_version) < API_MIN:
        needed = ".".join(map(str, API_MIN))
        upgrade = mends.on_machine("curl -fsSL https://get.docker.com | sudo sh")
        return wrong(_SUBJECT, "version", f"{figure}; {needed} (Docker 20.10) or later is needed", upgrade)
    return good(_SUBJECT, "version", figure)


def _stated_api(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    """What depends on the stated API is the interval at which a starting container is probed."""
    stated, there = deployment.machine.docker_api, daemon.api_version
    correct = f'set machine.docker_api in {mends.stack_file} to "{there}"'
    knows = deployment.machine.model_copy(update={"docker_api": there}).has_docker_25
    if deployment.machine.has_docker_25 and not knows:
        figure = f"{there}, the stack says {stated}: the daemon would refuse the interval of health checks at the start"
        return wrong(_SUBJECT, "API", figure, correct)
    if knows and not deployment.machine.has_docker_25:
        figure = f"{there}, the stack says {stated}: it could see sooner that a container is healthy"
        return warning(_SUBJECT, "API", figure, correct)
    return good(_SUBJECT, "API", f"{there}, the stack says {stated}")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _architecture(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    planned = str(deployment.machine.arch)
    if daemon.arch == planned:
        return good(_SUBJECT, "architecture", planned)
    figure = f"{daemon.arch}, the stack says {planned}: its images would not start"
    return wrong(_SUBJECT, "architecture", figure, f"set machine.arch in {mends.stack_file} to {daemon.arch}")


def _memory_limit(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    if daemon.memory_limit:
        return good(_SUBJECT, "memory limits", "the kernel keeps them")
    figure = "the kernel ignores them: its memory cgroup is off"
    return wrong(_SUBJECT, "memory limits", figure, _kernel_setting(deployment, mends))


def _swap_limit(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    if daemon.swap_limit:
        return good(_SUBJECT, "swap limits", "the kernel keeps them")
    figure = "the kernel ignores them: a container over its memory swaps before it is stopped"
    return warning(_SUBJECT, "swap limits", figure, _kernel_setting(deployment, mends))


def _kernel_setting(deployment: Deployment, mends: Mends) -> str:
    if deployment.machine.device_class is DeviceClass.SINGLE_BOARD_COMPUTER:
        # The file holds one line, and the kernel reads only that.
        edit = f'sudo sed -i "1 s/$/ {_PI_SETTINGS}/" {_PI_FILE} && sudo reboot'
        return mends.on_machine(edit)
    grub = f"put {_GRUB_SETTINGS} into GRUB_CMDLINE_LINUX of /etc/default/grub"
    return f"{grub}, then {mends.on_machine('sudo update-grub && sudo reboot')}"


def _cpu_limit(daemon: DaemonFacts, mends: Mends) -> Check:
    if daemon.cpu_limit:
        return good(_SUBJECT, "CPU limits", "the kernel keeps them")
    figure = "the kernel has no CFS bandwidth control, and Docker refuses containers with a CPU limit"
    return wrong(_SUBJECT, "CPU limits", figure, f"boot a kernel with CONFIG_CFS_BANDWIDTH; {mends.docker('info')}")


def _forwarding(daemon: DaemonFacts, mends: Mends) -> Check:
    if daemon.forwarding:
        return good(_SUBJECT, "IP forwarding", "on")
    mend = mends.on_machine("sudo sysctl -w net.ipv4.ip_forward=1")
    return wrong(_SUBJECT, "IP forwarding", "off: no published port is reached from outside", mend)


def _cgroup(daemon: DaemonFacts, mends: Mends) -> Check:
    version = daemon.cgroup_version
    if not version:
        return unknown(_SUBJECT, "cgroup", "the daemon does not say which version", mends.docker("info"))
    if version == "1":
        figure = "version 1: limits hold, but distributions and Docker are giving it up"
        grub = "put systemd.unified_cgroup_hierarchy=1 into GRUB_CMDLINE_LINUX of /etc/default/grub"
        return warning(
            _SUBJECT, "cgroup", figure, f"{grub}, then {mends.on_machine('sudo update-grub && sudo reboot')}"
        )
    return good(_SUBJECT, "cgroup", f"version {version}")


def _seccomp(daemon: DaemonFacts, mends: Mends) -> Check:
    if "seccomp" not in daemon.security:
        figure = "off: containers may use every system call"
        return warning(_SUBJECT, "seccomp", figure, f"boot a kernel with CONFIG_SECCOMP_FILTER; {mends.docker('info')}")
    profile = daemon.security["seccomp"]
    if profile == "unconfined":
        figure = "the daemon's own profile is unconfined: containers may use every system call"
        return warning(_SUBJECT, "seccomp", figure, mends.daemon_setting('"seccomp-profile": "builtin"'))
    return good(_SUBJECT, "seccomp", f"profile {profile or 'default'}")


def _user_namespaces(deployment: Deployment, daemon: DaemonFacts, mends: Mends) -> Check:
    if "rootless" in daemon.security:
        return good(_SUBJECT, "user namespaces", "the daemon is rootless")
    if "userns" in daemon.security:
        binds = sorted(volume.name for volume in deployment.volumes.values() if volume.bind)
        if binds:
            figure = f"on: owners of bind folders are shifted ({', '.join(binds)})"
            return warning(_SUBJECT, "user namespaces", figure, mends.on_machine("cat /etc/subuid /etc/subgid"))
        return good(_SUBJECT, "user namespaces", "on")
    low = sorted(c.name for c in deployment.containers if c.hardening.run_as.uid <= HIGH_ID)
    if low:
        figure = f"off, and {', '.join(low)} run under a user of the machine"
        return warning(_SUBJECT, "user namespaces", figure, mends.daemon_setting('"userns-remap": "default"'))
    return good(_SUBJECT, "user namespaces", f"off; every container's user is above {HIGH_ID}, nobody of the machine")


def _live_restore(daemon: DaemonFacts, mends: Mends) -> Check:
    if daemon.live_restore:
        return good(_SUBJECT, "live restore", "on: containers outlive a restart of the daemon")
    figure = "off: a restart of the daemon stops every container"
    return warning(_SUBJECT, "live restore", figure, mends.daemon_setting('"live-restore": true'))
