"""Checks what the cards of a deployment need: container toolkit, driver, MPS. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, expect, good, unknown, warning, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import MPS_PROGRAM, DaemonFacts, HostFacts, MachineFacts
from cli.doctor.host import REMOTE
from fleet.model import Gpu, Vendor
from fleet.plan.deployment import Deployment
from fleet.targets.gpu_use import CardUse
from fleet.targets.registry import profile

_TOOLKIT = "container toolkit"
_OTHERS_USE = 0o6


def gpu_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """Checks of every card that a container uses."""
    shared = {card for group in deployment.sharing for c in group.containers if c.gpu for card in c.gpu.cards}
    for card in deployment.cards:
        if card.shares and card.gpu.vendor is not Vendor.NVIDIA:
            yield from _device_files(card, deployment, facts.host, fixes)
        elif card.shares:
            toolkit = _cdi if card.gpu.driver == "cdi" else _runtime
            yield toolkit(card.name, card.gpu, facts.daemon, fixes)
            if card.gpu.driver == "nvidia":
                yield _reload(card.name, facts.daemon, fixes)
            yield _driver(card.name, facts.host, fixes)
            # An index always names some card; only a UUID may name none.
            if card.gpu.device.startswith("GPU-"):
                yield _uuid(card.name, card.gpu.device, facts.host, fixes)
            if card.name in shared:
                yield _mps(card.name, facts.host, fixes)


def _device_files(card: CardUse, deployment: Deployment, host: HostFacts | None, fixes: Fixes) -> Iterator[Check]:
    """What the kernel driver of another maker's card makes: files, for users in their groups."""
    for path in profile(deployment.machine.target).device_files(card.gpu):
        show = fixes.on_machine(f"ls -ln {path}")
        if host is None or path not in host.paths:
            yield unknown(card.name, path, REMOTE if host is None else "its folder is closed to you", show)
            continue
        found = host.paths[path]
        if found is None:
            driver = "amdgpu" if card.gpu.vendor is Vendor.AMD else "i915 or xe"
            fix = f"load the kernel driver {driver}, or correct machine.gpus.{card.name} in {fixes.stack_file}"
            yield wrong(card.name, path, "does not exist: Docker rejects containers that request it", fix)
            continue
        owner = f"group {found.gid}, mode {found.mode:o}"
        may = found.mode & _OTHERS_USE == _OTHERS_USE or found.gid in (card.gpu.group_ids or ())
        fix = f"add {found.gid} to machine.gpus.{card.name}.group_ids in {fixes.stack_file}"
        yield expect(card.name, path, may, owner, f"agents may not use it ({owner})", fix)


def _runtime(card: str, _gpu: Gpu, daemon: DaemonFacts, fixes: Fixes) -> Check:
    listed = sorted(device for device in daemon.cdi_devices or () if device.startswith("nvidia.com/gpu="))
    if "nvidia" in daemon.runtimes:
        return good(card, _TOOLKIT, "the daemon has the runtime nvidia")
    if listed:
        return good(card, _TOOLKIT, f"the daemon lists {', '.join(listed)}")
    # The toolkit's hook alone would do, but no API shows it; registering the runtime does no harm then.
    figure = f"the daemon has no runtime nvidia ({', '.join(sorted(daemon.runtimes))}) and lists no CDI device"
    install = fixes.on_machine("sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker")
    return wrong(card, _TOOLKIT, figure, f"install nvidia-container-toolkit, then {install}")


def _cdi(card: str, gpu: Gpu, daemon: DaemonFacts, fixes: Fixes) -> Check:
    if daemon.cdi_devices is None:
        figure = f"this daemon version does not list CDI devices, so {gpu.device} cannot be checked"
        return unknown(card, _TOOLKIT, figure, fixes.on_machine("nvidia-ctk cdi list"))
    figure = f"the daemon lists {gpu.device}"
    problem = f"the daemon has no CDI device {gpu.device} ({', '.join(sorted(daemon.cdi_devices)) or 'none'})"
    fix = fixes.on_machine("sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml")
    return expect(card, _TOOLKIT, gpu.device in daemon.cdi_devices, figure, problem, fix)


def _reload(card: str, daemon: DaemonFacts, fixes: Fixes) -> Check:
    """The toolkit's hook adds the card behind systemd's back, which takes it away when it next sets its own rules."""
    subject = "daemon reload"
    if not daemon.cgroup_driver:
        return unknown(card, subject, "the daemon does not report its cgroup driver", fixes.docker("info"))
    problem = (
        "the cgroup driver is systemd: `systemctl daemon-reload`, which updates run, takes the card from running "
        "containers, and their health checks stay green"
    )
    setting = fixes.daemon_setting('"exec-opts": ["native.cgroupdriver=cgroupfs"]')
    fix = f"set driver: cdi and device: nvidia.com/gpu=<name> under machine.gpus.{card}, or {setting}"
    figure = f"the cgroup driver {daemon.cgroup_driver} keeps the card"
    return expect(card, subject, daemon.cgroup_driver != "systemd", figure, problem, fix, warning)


def _driver(card: str, host: HostFacts | None, fixes: Fixes) -> Check:
    if host is None:
        return unknown(card, "driver", REMOTE, fixes.on_machine("nvidia-smi"))
    figure, install = f"NVIDIA {host.nvidia_driver}", fixes.on_machine("sudo apt install nvidia-driver && sudo reboot")
    return expect(card, "driver", host.nvidia_driver, figure, "no NVIDIA driver is loaded", install)


def _uuid(card: str, uuid: str, host: HostFacts | None, fixes: Fixes) -> Check:
    if host is None or not host.nvidia_cards:
        figure = "the driver lists no card before one is used" if host else REMOTE
        return unknown(card, "UUID", figure, fixes.on_machine("nvidia-smi -L"))
    problem = f"no card has UUID {uuid} ({', '.join(sorted(host.nvidia_cards))})"
    fix = f"set machine.gpus.{card}.device to one"
    return expect(card, "UUID", uuid in host.nvidia_cards, f"the driver lists {uuid}", problem, fix)


def _mps(card: str, host: HostFacts | None, fixes: Fixes) -> Check:
    """The stack runs the control daemon in a container, but the driver provides its program."""
    if host is None:
        figure = f"whether the driver includes {MPS_PROGRAM} is {REMOTE}"
        return unknown(card, "MPS", figure, fixes.on_machine(f"which {MPS_PROGRAM}"))
    # A package of its own on Debian; part of nvidia-compute-utils on Ubuntu.
    install = fixes.on_machine("sudo apt install nvidia-cuda-mps")
    figure, problem = f"{MPS_PROGRAM} is installed; the stack runs it", f"the driver lacks {MPS_PROGRAM}"
    return expect(card, "MPS", host.mps_program, figure, problem, install)
