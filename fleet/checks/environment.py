"""Environment variables of a group's own do not replace those that the plan sets and relies on."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.model.allocator import VARIABLES, allocator_problem
from fleet.model.base import ARGUMENT_BYTES_MAX
from fleet.source.faults import Fault
from fleet.source.locations import Sources

_PREFIXES = {
    "FLEET_": "the agent host is configured by it",
    "CUDA_MPS_": "MPS enforces GPU memory limits by it",
}
_NAMES = {
    "CUDA_VISIBLE_DEVICES": "the device request selects the card",
    "NVIDIA_VISIBLE_DEVICES": "the device request selects the card",
    "GPU_MEMORY_LIMIT": "it is the limit in gpu",
}


def ensure_planned_variables_are_kept(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A variable that the plan sets for the agent host, the GPU or a secret is not set by the group."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            files = {f"{secret.replace('-', '_').upper()}_FILE" for secret in container.secrets}
            for variable, value in container.env.items():
                path = ("containers", key, "env", variable)
                if why := "it is the file of a secret" if variable in files else _why(variable):
                    yield sources.group_fault(name, path, f"is set by the plan: {why}", "remove it")
                elif len(f"{variable}={value}".encode(errors="surrogatepass")) > ARGUMENT_BYTES_MAX:
                    problem = f"has more than {ARGUMENT_BYTES_MAX} bytes with its name, the most that Linux passes on"
                    yield sources.group_fault(name, path, problem, "put the value into a file")


def ensure_pytorch_can_read_its_settings(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Settings of PyTorch's allocator are valid, since it stops at its first use of a card otherwise."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            for variable in VARIABLES:
                # Empty is unset.
                if found := allocator_problem(container.env.get(variable) or "backend:native"):
                    yield sources.group_fault(name, ("containers", key, "env", variable), *found)


def _why(variable: str) -> str | None:
    found = next((why for prefix, why in _PREFIXES.items() if variable.startswith(prefix)), None)
    return found or _NAMES.get(variable)
