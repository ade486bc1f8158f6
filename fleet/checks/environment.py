"""Environment variables of a group's own do not replace those that the plan sets and relies on."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.model.allocator import VARIABLES, allocator_problem
from fleet.model.base import ARGUMENT_BYTES_MAX
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown

_PREFIXES = {
    "FLEET_": "the agent host is configured by it",
    "CUDA_MPS_": "MPS enforces GPU memory limits by it",
    "CROSS_MACHINE_": "the address book has the endpoints of other machines",
}
_NAMES = {
    "CUDA_VISIBLE_DEVICES": "the device request selects the card",
    "NVIDIA_VISIBLE_DEVICES": "the device request selects the card",
    "HIP_VISIBLE_DEVICES": "the device files of the container are those of its cards",
    "ROCR_VISIBLE_DEVICES": "the device files of the container are those of its cards",
    "GPU_MEMORY_LIMIT": "it is the limit in gpu",
}
_OF_AGENTS = {
    "BIND_ADDRESS": "agents listen on every address of their container, so that others reach them",
    "CONTAINER_ROLE": "it is the name of the group",
    "MACHINE_TYPE": "it is the name of the machine",
    "PORT_OFFSET": "a group has its own network, in which no port is moved",
}
"""Conventions of the agents. The program of a ready image may have other uses for these names."""

_OF_CARDS = {"NVIDIA_DRIVER_CAPABILITIES": "it is capabilities in gpu"}
_PYTHON = {
    "PYTHONHOME": "the agent host's Python finds its library itself",
    "PYTHONSAFEPATH": "Python searches the agents' code in the working directory",
}
_PROGRAMS = "/opt/venv/bin"
"""Folder of Python in the agent host's image."""

DEFAULTS = frozenset(
    {
        *("HOME", "LOGNAME", "PYTORCH_CUDA_ALLOC_CONF", "SERVICE_DISCOVERY_MODE", "TZ", "USER"),
        *("FLASHINFER_WORKSPACE_BASE", "HF_HOME", "NUMBA_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"),
        "VLLM_CACHE_ROOT",
    }
)
"""Variables of the plan that a group may set otherwise."""


def ensure_planned_variables_are_kept(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A variable that the plan sets for agents, the agent host, the GPU or a secret is not set by the group."""
    machines = {
        f"{stack.machine.name.replace('-', '_').upper()}_OBSERVABILITY_ENDPOINT": stack.machine.name
        for stack in fleet.stacks.values()
    }
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            own = _OF_AGENTS if container.build or container.agents else {}
            own = {**own, **(_PYTHON if container.has_agent_host else {})}
            own |= _OF_CARDS if container.gpu else {}
            own |= dict.fromkeys(container.secret_files, "it is the file of a secret")
            own |= {variable: f"it is an endpoint of {machine}" for variable, machine in machines.items()}
            for secret, use in container.secrets.items():
                for field, variable in (("env", use.env), ("file_env", use.file_env)):
                    if variable and (why := (own if field == "env" else {}).get(variable) or _why(variable)):
                        at = ("containers", key, "secrets", secret, field)
                        problem = f"{variable} is set by the plan: {why}"
                        yield sources.group_fault(name, at, problem, "use another variable")
            for variable, value in container.env.items():
                path = ("containers", key, "env", variable)
                if why := own.get(variable) or _why(variable):
                    yield sources.group_fault(name, path, f"is set by the plan: {why}", "remove it")
                elif variable == "PATH" and container.has_agent_host and value.split(":")[0] != _PROGRAMS:
                    problem = f"{shown(value)} does not start with {_PROGRAMS}, the folder of the agent host's Python"
                    yield sources.group_fault(name, path, problem, f"start it with {_PROGRAMS}:, or remove it")
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
