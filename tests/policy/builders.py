"""Resources as a provider receives them: raw camelCase properties, so that the readers are exercised with the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fleet import labels
from policy.core.rule import ContainerRule, ResourceRule, Rule, StackRule
from policy.core.settings import overlay
from policy.core.verdict import Kind, Terms, Verdict, single_verdicts, stack_verdicts
from policy.readers.stack import stack_view
from policy.views.registered import Registered

TODAY = date(2026, 11, 21)
GROUP = "vision-gpu"

GPU_LABELS = {
    labels.GPU_CARD: "gpu0",
    labels.GPU_REQUEST_MIB: "1536",
    labels.GPU_LIMIT_MIB: "6144",
    labels.GPU_PROCESSES: "1",
    labels.GPU_ENFORCEMENT: "mps",
}
MPS_LIMIT = "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"
GPU_REQUEST = {"driver": "nvidia", "deviceIds": ["0"], "capabilities": ["gpu", "compute"]}

_HARDENED: Mapping[str, Any] = {
    "image": "fleet.local/vision-gpu:0.1.0",
    "user": "10001:10001",
    "readOnly": True,
    "privileged": False,
    "securityOpts": ["no-new-privileges:true"],
    "capabilities": {"drops": ["ALL"]},
    "ipcMode": "private",
    "tmpfs": {"/tmp": "rw,noexec,size=64m"},
    "ulimits": [{"name": "nofile", "soft": 65536, "hard": 65536}, {"name": "nproc", "soft": 16384, "hard": 16384}],
    "memory": 1024,
    "memorySwap": 1024,
    "cpus": "1.5",
    "networkMode": "bridge",
    "networksAdvanced": [{"name": "mainpc_internal", "aliases": ["vision-gpu"]}],
    "restart": "always",
    "destroyGraceSeconds": 10,
    "healthcheck": {"tests": ["CMD", "python3", "-m", "agent_host.health"], "interval": "30s"},
    "logDriver": "json-file",
    "logOpts": {"max-size": "10m", "max-file": "3"},
    "envs": ["BIND_ADDRESS=0.0.0.0", "CONTAINER_ROLE=vision_gpu"],
    "mounts": [{"type": "volume", "source": "mainpc-cache", "target": "/cache", "readOnly": True}],
}
_LABELS = {labels.GROUP: GROUP, labels.CONTAINER: "main", labels.SELF_HEALING: "true"}


def docker_properties(tags: Mapping[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """Properties of a hardened container of a group; `tags` are added labels, a change to None removes a property."""
    pairs = [{"label": label, "value": value} for label, value in {**_LABELS, **(tags or {})}.items()]
    properties = {**_HARDENED, "labels": pairs, **changes}
    return {key: value for key, value in properties.items() if value is not None}


def container(name: str = "agent", tags: Mapping[str, str] | None = None, **changes: Any) -> Registered:
    """A hardened container; every rule holds for it."""
    return _registered("docker:index/container:Container", name, docker_properties(tags, **changes))


def foreign_container(name: str = "foreign", **properties: Any) -> Registered:
    """A container that no group's file describes: nothing but an image and what is given."""
    return _registered("docker:index/container:Container", name, {"image": "docker.io/library/redis:7.4", **properties})


def gpu_container(name: str = "agent", tags: Mapping[str, str] | None = None, **changes: Any) -> Registered:
    """A hardened container with a GPU, its budget (1536 of 6144 MiB, one process, MPS) and MPS's limit."""
    defaults = {"deviceRequests": [GPU_REQUEST], "shmSize": 512, "envs": [f"{MPS_LIMIT}=0=6144M"]}
    return container(name, {**GPU_LABELS, **(tags or {})}, **{**defaults, **changes})


def mps_daemon(name: str = "daemon", **changes: Any) -> Registered:
    """The MPS daemon of a card: it has the card, and no budget of its own."""
    tags = {labels.GPU_CARD: "gpu0", labels.GPU_ROLE: labels.MPS_DAEMON}
    start = ["sh", "-c", "mkdir -p /dev/shm/mps && exec nvidia-cuda-mps-control -f"]
    return container(name, tags, **{"deviceRequests": [GPU_REQUEST], "command": start, **changes})


def volume(name: str = "data", tags: Mapping[str, str] | None = None, **changes: Any) -> Registered:
    """A named volume."""
    pairs = [{"label": label, "value": value} for label, value in (tags or {}).items()]
    properties = {"name": name, "driver": "local", "labels": pairs, **changes}
    return _registered("docker:index/volume:Volume", name, properties)


def image(name: str = "image", /, kind: str = "docker:index/image:Image", **properties: Any) -> Registered:
    """An image that is built or pulled as a resource."""
    return _registered(kind, name, properties)


def network(name: str = "net", *subnets: Any, **changes: Any) -> Registered:
    """A network with the given subnets; its own name is the logical one."""
    ipam = [{"subnet": subnet} for subnet in subnets]
    return _registered("docker:index/network:Network", name, {"name": name, "ipamConfigs": ipam, **changes})


def provider(name: str = "mainpc-daemon", package: str = "docker", **inputs: Any) -> Registered:
    """A provider."""
    return _registered(f"pulumi:providers:{package}", name, inputs)


def machine(name: str = "mainpc", **changes: Any) -> Registered:
    """A machine of 8 GiB with one 24 GiB card served by MPS, as its component publishes it."""
    outputs: dict[str, Any] = {
        "machine": name,
        "memoryMib": 8192,
        "memoryReserveMib": 2048,
        "lanAddress": "192.168.1.10",
        "gpus": {"gpu0": card()},
        "subnets": {"mainpc_internal": "10.210.1.0/24", "pc2_internal": "10.210.2.0/24"},
        "allowedOverlaps": [],
        "startAfter": {},
    }
    kind = "fleet:docker:DockerMachine"
    return Registered(kind, name, _urn(kind, name), outputs={**outputs, **changes})


def costing(expected: float, maximum: float, budget: float = 100.0, **changes: Any) -> Registered:
    """A machine that publishes its monthly cost and a budget."""
    cost = {"idle": 10.0, "expected": expected, "maximum": maximum}
    return machine(monthlyCostUsd=cost, monthlyBudgetUsd=budget, **changes)


def card(**changes: Any) -> dict[str, Any]:
    """A card as a machine publishes it."""
    figures = {
        "model": "RTX 4090",
        "capacityMib": 24564,
        "desktopReserveMib": 1024,
        "contextMib": 450,
        "mps": True,
        "mpsUid": 10001,
        "mpsClientsMax": 48,
    }
    return {**figures, **changes}


def judged(rule: Rule, *resources: Registered, **settings: Any) -> dict[str, str]:
    """Logical name -> what a rule says against it, a line a finding; empty where it holds.

    An exception in the rule is raised, not turned into a verdict.
    """
    found: dict[str, list[str]] = {}
    for verdict in verdicts(rule, *resources, **settings):
        assert verdict.kind is Kind.VIOLATION, verdict.message
        found.setdefault(verdict.resource, []).append(verdict.message)
    return {name: "\n".join(messages) for name, messages in found.items()}


def blames_alone(rule: Rule, bad: Registered, found: Mapping[str, str]) -> str:
    """What was found, all of it against `bad` and its containers; checks that each line names it and a fix."""
    assert found, f"{rule.id} holds"
    assert {name.partition("/")[0] for name in found} == {bad.name}
    for message in "\n".join(found.values()).splitlines():
        assert _printed(bad) in message.split(":")[0]
        assert ";" in message, "no fix"
    return "\n".join(found.values())


def _printed(resource: Registered) -> str:
    """Its name in messages: of a container on Docker, as `docker ps` prints it."""
    name = resource.inputs.get("name") if resource.type == "docker:index/container:Container" else None
    return name if isinstance(name, str) else resource.name


def violation(rule: Rule, bad: Registered, *others: Registered, **settings: Any) -> str:
    """What a rule says against `bad`, and against no other resource; checks that it names it and a fix."""
    found = judged(rule, container("neighbour"), bad, *others, **settings)
    assert list(found) == [bad.name]
    message = found[bad.name]
    assert _printed(bad) in message.split(":")[0]
    assert message.count(";") >= message.count("\n") + 1, "no fix"
    return message


def verdicts(rule: Rule, *resources: Registered, **settings: Any) -> list[Verdict]:
    """Every verdict of one rule, notices included; an exception in the rule is raised."""
    stack = stack_view(resources)
    terms = Terms(rule.level, overlay(rule, settings), TODAY)
    if isinstance(rule, StackRule):
        list(rule.check(stack, terms.settings))
        return stack_verdicts(rule, stack, terms)
    if isinstance(rule, ContainerRule):
        for view in stack.containers:
            list(rule.check(view, terms.settings))
    assert isinstance(rule, ContainerRule | ResourceRule)
    for check in rule.resources:
        for view in getattr(stack, check.of):
            list(check.check(view, terms.settings))
    return single_verdicts(rule, stack, terms)


def _registered(type_token: str, name: str, inputs: Mapping[str, Any]) -> Registered:
    return Registered(type_token, name, _urn(type_token, name), inputs=inputs)


def _urn(type_token: str, name: str) -> str:
    return f"urn:pulumi:mainpc::fleet::{type_token}::{name}"
