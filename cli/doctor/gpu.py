"""Judges what a machine's cards need of it: container toolkit, driver, MPS. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Mends
from cli.doctor.facts import MPS_PROGRAM, DaemonFacts, HostFacts, MachineFacts
from fleet.model import Gpu
from fleet.plan.deployment import Deployment

_REMOTE = "does not show over the Docker API"
_CDI_PREFIX = "nvidia.com/gpu="
_UUID_PREFIX = "GPU-"


def gpu_checks(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    """Checks of every card that a container of the deployment holds; none where it uses no GPU."""
    shared = {c.gpu.card for group in deployment.sharing for c in group.containers if c.gpu}
    for card in deployment.cards:
        if card.shares:
            yield _toolkit(card.name, card.gpu, facts.daemon, mends)
            yield _driver(card.name, facts.host, mends)
            if card.gpu.device.startswith(_UUID_PREFIX):
                yield _identity(card.name, card.gpu.device, facts.host, mends)
            if card.name in shared:
                yield _mps(card.name, facts.host, mends)


def _toolkit(card: str, gpu: Gpu, daemon: DaemonFacts, mends: Mends) -> Check:
    if gpu.driver == "cdi":
        return _cdi(card, gpu, daemon, mends)
    listed = sorted(device for device in daemon.cdi_devices or () if device.startswith(_CDI_PREFIX))
    if "nvidia" in daemon.runtimes:
        return good(card, "container toolkit", "the daemon has the runtime nvidia")
    if listed:
        return good(card, "container toolkit", f"the daemon lists {', '.join(listed)}")
    # The toolkit's hook alone would do, but shows nowhere; registering the runtime does no harm then.
    figure = f"the daemon has no runtime nvidia ({', '.join(sorted(daemon.runtimes))}) and lists no CDI device"
    install = mends.on_machine("sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker")
    return wrong(card, "container toolkit", figure, f"install nvidia-container-toolkit, then {install}")


def _cdi(card: str, gpu: Gpu, daemon: DaemonFacts, mends: Mends) -> Check:
    make = mends.on_machine("sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml")
    if daemon.cdi_devices is None:
        figure = f"this release of the daemon does not list CDI devices, so whether {gpu.device} is one cannot be seen"
        return unknown(card, "container toolkit", figure, mends.on_machine("nvidia-ctk cdi list"))
    if gpu.device not in daemon.cdi_devices:
        has = ", ".join(sorted(daemon.cdi_devices)) or "none"
        return wrong(card, "container toolkit", f"{gpu.device} is no CDI device of the daemon; it lists {has}", make)
    return good(card, "container toolkit", f"the daemon lists {gpu.device}")


def _driver(card: str, host: HostFacts | None, mends: Mends) -> Check:
    if host is None:
        return unknown(card, "driver", _REMOTE, mends.on_machine("nvidia-smi"))
    if not host.nvidia_driver:
        install = mends.on_machine("sudo apt install nvidia-driver && sudo reboot")
        return wrong(card, "driver", "no NVIDIA driver is loaded", install)
    return good(card, "driver", f"NVIDIA {host.nvidia_driver}")


def _identity(card: str, uuid: str, host: HostFacts | None, mends: Mends) -> Check:
    """A card that its file names by UUID: an index is some card wherever there is one."""
    show = mends.on_machine("nvidia-smi -L")
    if host is None:
        return unknown(card, "UUID", _REMOTE, show)
    if not host.nvidia_cards:
        return unknown(card, "UUID", "the driver names no card before one is used", show)
    if uuid not in host.nvidia_cards:
        has = ", ".join(sorted(host.nvidia_cards))
        return wrong(card, "UUID", f"no card here is {uuid}; there are {has}", f"set machine.gpus.{card}.device to one")
    return good(card, "UUID", f"the driver knows {uuid}")


def _mps(card: str, host: HostFacts | None, mends: Mends) -> Check:
    """The stack brings the control daemon's container, but its program is the driver's."""
    show = mends.on_machine(f"which {MPS_PROGRAM}")
    if host is None:
        return unknown(card, "MPS", f"whether the driver brought {MPS_PROGRAM} {_REMOTE}", show)
    if not host.mps_program:
        # Debian has it in a package of its own, Ubuntu in nvidia-compute-utils.
        install = mends.on_machine("sudo apt install nvidia-cuda-mps")
        return wrong(card, "MPS", f"the driver came without {MPS_PROGRAM}", install)
    return good(card, "MPS", f"{MPS_PROGRAM} is there; the stack runs it")
