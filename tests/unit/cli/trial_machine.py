"""A fleet of two machines made for these tests, and the facts of a machine where all is well."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from cli.diagnostics.check import Check
from cli.doctor.checks import doctor_checks
from cli.doctor.facts import (
    DaemonFacts,
    DiskFacts,
    HostFacts,
    ImageFacts,
    MachineFacts,
    NeighbourFacts,
    PathFacts,
)
from cli.verify.checks import verify_checks
from cli.verify.facts import (
    Binding,
    CardFacts,
    ContainerFacts,
    LiveFacts,
    NetworkFacts,
    Reach,
    StateFacts,
    Use,
    VolumeFacts,
)
from cli.verify.peers import Peer, planned_peers
from components.docker.render import render_container, render_volume
from fleet import labels
from fleet.load.project import load_project
from fleet.model import Fleet, Gpu
from fleet.plan.deployment import Deployment
from fleet.plan.planned_container import PlannedContainer
from fleet.plan.planner import plan_stack

SOCKET = "unix:///var/run/docker.sock"
DOCKER = f"docker -H {SOCKET}"
UP = "fleet up alpha"
SSH = "ssh://owner@192.168.9.10"
MIB = 1024 * 1024

_SMALL = {
    "memory": {"request": "64MiB", "limit": "128MiB"},
    "cpu": {"request": "100m", "limit": "500m"},
    "health": {"command": ["check"]},
}
_GROUPS: dict[str, dict[str, Any]] = {
    "hub": {
        "ports": {"main": {"port": 8000, "host_port": 8100}, "beacon": {"port": 8001, "protocol": "udp"}},
        "volumes": {"hub-data": {}},
        "containers": {
            "main": {
                "image": {"reference": "registry.example/hub:1.0"},
                "mounts": {"hub-data": {"path": "/data"}},
                **_SMALL,
            }
        },
    },
    "eyes": {
        "start_after": ["hub"],
        "peers": ["hub", "far", "hub/beacon"],
        "containers": {
            "main": {
                "image": {"reference": "registry.example/eyes:1.0"},
                "gpu": {"request": "2GiB", "limit": "4GiB", "enforcement": "mps"},
                "devices": ["/dev/video0"],
                "secrets": {"camera-key": {}, "eye-key": {"env": "EYE_KEY"}},
                **_SMALL,
            }
        },
    },
    "far": {
        "peers": ["hub"],
        "ports": {"main": {"port": 8000, "host_port": 8200}},
        "containers": {
            "main": {
                "image": {"reference": "registry.example/far:1.0"},
                **_SMALL,
            }
        },
    },
}
_ALPHA = {
    "name": "alpha",
    "title": "Alpha",
    "class": "workstation",
    "arch": "amd64",
    "connection": SOCKET,
    "lan_address": "192.168.9.10",
    "cpus": 4,
    "memory": "8GiB",
    "gpus": {"gpu0": {"model": "RTX 3060", "memory": "12288MiB", "mps": {}}},
    "network": {"name": "alpha_internal", "subnet": "10.210.91.0/24"},
    "devices": {"/dev/video0": {"group_id": 44}},
    "binds": {"hub-data": "/srv/hub"},
}
_BETA = {
    **{key: _ALPHA[key] for key in ("class", "arch", "cpus", "memory")},
    "name": "beta",
    "title": "Beta",
    "connection": "ssh://owner@192.168.9.11",
    "lan_address": "192.168.9.11",
    "network": {"name": "beta_internal", "subnet": "10.210.92.0/24"},
}


@cache
def fleet() -> Fleet:
    """`alpha` runs `hub` and `eyes` on a card, `beta` runs `far`; each needs something of the other."""
    with TemporaryDirectory() as folder:
        for name, group in _GROUPS.items():
            file = Path(folder, "groups", "trial", f"{name}.yaml")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(yaml.safe_dump(group))
        for machine, groups in ((_ALPHA, ["hub", "eyes"]), (_BETA, ["far"])):
            keys = {"pulumi:disable-default-providers": ["*"], "fleet:machine": machine, "fleet:groups": groups}
            config = {"config": keys}
            Path(folder, f"Pulumi.{machine['name']}.yaml").write_text(yaml.safe_dump(config))
        return load_project(Path(folder)).fleet


@cache
def alpha() -> Deployment:
    """The plan of the machine with the card."""
    return plan_stack(fleet(), "alpha")


def on(machine: dict[str, Any], deployment: Deployment | None = None) -> Deployment:
    """The plan with other facts about its machine."""
    plan = deployment or alpha()
    return replace(plan, machine=plan.machine.model_copy(update=machine))


def with_container(name: str, /, **changes: Any) -> Deployment:
    """The plan with one container changed."""
    groups = tuple(
        replace(group, containers=tuple(replace(c, **changes) if c.name == name else c for c in group.containers))
        for group in alpha().groups
    )
    return replace(alpha(), groups=groups)


def with_bind(folder: str) -> Deployment:
    """The plan with its bound volume in another folder."""
    found = alpha().volumes
    return replace(alpha(), volumes={**found, "hub-data": replace(found["hub-data"], bind=folder)})


def with_card(gpu: Gpu) -> Deployment:
    """The plan with another description of the card."""
    cards = tuple(replace(card, gpu=gpu) for card in alpha().cards)
    return replace(alpha(), cards=cards)


@cache
def peers() -> dict[str, tuple[Peer, ...]]:
    """Peers of every container of `alpha`."""
    return dict(planned_peers(fleet(), alpha()))


def running(container: PlannedContainer) -> ContainerFacts:
    """A container as Docker shows it when it is what was planned, and well."""
    rendered = render_container(container, alpha())
    capabilities = rendered["capabilities"]
    return ContainerFacts(
        name=container.name,
        id=f"id-of-{container.name}",
        image=container.image,
        image_id=f"sha256:{container.name:0<64}",
        compose_file="",
        state=StateFacts("running", "healthy", "healthy: 1 agents", 420.0, 0, False, "", 0),
        user=rendered["user"],
        host={
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges"],
            "CapDrop": capabilities["drops"],
            "IpcMode": "private",
            "Init": True,
            "Tmpfs": rendered["tmpfs"],
            "ExtraHosts": [f"{entry['host']}:{entry['ip']}" for entry in rendered["hosts"]],
            "Devices": [{"PathOnHost": device} for device in container.devices],
            "Memory": rendered["memory"] * MIB,
            "MemorySwap": rendered["memory"] * MIB,
            "NanoCpus": container.cpu_cap_millicores * 1_000_000,
            "CpuShares": rendered["cpu_shares"],
            "ShmSize": 64 * MIB,
            "Ulimits": [{"Name": "nproc", "Hard": 16384}, {"Name": "nofile", "Hard": 16384}],
        },
        health_test=tuple(rendered["healthcheck"]["tests"]),
        networks={"alpha_internal": "10.210.91.4"},
        ports=frozenset(Binding(p.address, p.host_port, p.container_port, p.protocol) for p in container.ports),
        mounts={mount["target"]: (mount["source"], mount["read_only"]) for mount in rendered["mounts"]},
        gpu_devices=frozenset({container.gpu.gpu.device} if container.gpu else ()),
        gpu_capabilities=frozenset({"gpu", *container.gpu.capabilities} if container.gpu else ()),
        variables=frozenset(env.partition("=")[0] for env in rendered["envs"]),
        config={
            "Entrypoint": rendered.get("entrypoints"),
            "Cmd": rendered.get("command"),
            "WorkingDir": rendered.get("working_dir", ""),
            "Tty": rendered.get("tty", False),
            "Labels": {item["label"]: item["value"] for item in rendered["labels"]},
        },
    )


def volumes() -> dict[str, VolumeFacts]:
    """The volumes of `alpha`, as planned."""
    found = {}
    for volume in alpha().volumes.values():
        rendered = render_volume(volume)
        own = {item["label"]: item["value"] for item in rendered["labels"]}
        found[volume.name] = VolumeFacts(own, rendered.get("driver_opts", {}))
    return found


def live(**changes: Any) -> LiveFacts:
    """All of `alpha` as planned and well; `changes` replace whole maps."""
    containers = {container.name: running(container) for container in alpha().containers}
    good: dict[str, Any] = {
        "containers": containers,
        "image_ids": {facts.image: facts.image_id for facts in containers.values()},
        "volumes": volumes(),
        "networks": {"alpha_internal": NetworkFacts("bridge", ("10.210.91.0/24",))},
        "use": dict.fromkeys(containers, Use(14 * MIB, 10.0)),
        "reach": {name: {peer.place: Reach(1.24) for peer in own} for name, own in peers().items()},
        "cards": {"gpu0": CardFacts(2600, 12288)},
    }
    return LiveFacts(**{**good, **changes})


def live_with(name: str, /, **changes: Any) -> LiveFacts:
    """All well but for one container; `state` and `host` take a dict of their own changes."""
    facts = live()
    found = facts.containers[name]
    changes["host"] = {**found.host, **changes.get("host", {})}
    changes["state"] = replace(found.state, **changes.get("state", {}))
    changed = replace(found, **changes)
    return replace(facts, containers={**facts.containers, name: changed})


def verified(facts: LiveFacts, deployment: Deployment | None = None) -> list[Check]:
    """What `fleet verify alpha` finds."""
    return verify_checks(deployment or alpha(), peers(), facts)


def machine(**changes: Any) -> MachineFacts:
    """`alpha` before its first deployment, with all it needs."""
    good: dict[str, Any] = {
        "daemon": daemon(),
        "containers": (NeighbourFacts("somebody", {}, frozenset({("192.168.9.10", 22, "tcp")})),),
        "networks": {"bridge": NetworkFacts("bridge", ("172.17.0.0/16",))},
        "volumes": {},
        "images": {container.image: ImageFacts("amd64", 220 * MIB) for container in alpha().containers},
        "disk": DiskFacts(3 * 1024 * MIB, 100 * MIB, 0, 50 * 1024 * MIB),
        "host": host(),
    }
    return MachineFacts(**{**good, **changes})


def daemon(**changes: Any) -> DaemonFacts:
    """A daemon that gives all it should."""
    good = DaemonFacts(
        version="28.2.2",
        api_version="1.43",
        engine="Docker",
        arch="amd64",
        cpus=4,
        memory_mib=7900,
        memory_limit=True,
        swap_limit=True,
        cpu_limit=True,
        forwarding=True,
        cgroup_version="2",
        cgroup_driver="cgroupfs",
        live_restore=True,
        log_driver="json-file",
        security={"seccomp": "builtin"},
        runtimes=frozenset({"runc", "nvidia"}),
        cdi_devices=None,
        root="/var/lib/docker",
        pools=(),
    )
    return replace(good, **changes)


def host(**changes: Any) -> HostFacts:
    """What the machine itself shows, all of it good."""
    good = HostFacts(
        paths={
            "/srv/hub": PathFacts(is_folder=True, uid=10001, gid=10001, mode=0o770),
            "/srv/fleet/secrets/camera-key": PathFacts(is_folder=False, uid=10001, gid=10001, mode=0o400),
            "/dev/video0": PathFacts(is_folder=False, uid=0, gid=44, mode=0o660),
        },
        nvidia_driver="550.54.14",
        nvidia_cards=frozenset({"GPU-11111111-2222-3333-4444-555555555555"}),
        mps_program=True,
        own_address=True,
    )
    return replace(good, **changes)


def neighbour(container: PlannedContainer, **more: str) -> NeighbourFacts:
    """One of our own containers, deployed; `more` adds labels."""
    own = {label: container.labels[label] for label in (labels.GROUP, labels.CONTAINER)}
    ports = frozenset((p.address, p.host_port, p.protocol) for p in container.ports)
    return NeighbourFacts(container.name, {**own, **more}, ports)


def examined(facts: MachineFacts, deployment: Deployment | None = None) -> list[Check]:
    """What `fleet doctor alpha` finds."""
    return doctor_checks(deployment or alpha(), facts)


def one(checks: list[Check], subject: str, check: str) -> Check:
    """The one check of a subject under a name."""
    found = [item for item in checks if (item.subject, item.check) == (subject, check)]
    assert len(found) == 1, [(item.subject, item.check) for item in checks]
    return found[0]


def reported(checks: list[Check], subject: str, check: str) -> tuple[str, str, str]:
    """Status, figure and mend of the one check of a subject under a name."""
    found = one(checks, subject, check)
    return str(found.status), found.figure, found.fix


def amiss(checks: list[Check]) -> list[tuple[str, str, str]]:
    """Subject, check and status of all that is not good."""
    return [(check.subject, check.check, str(check.status)) for check in checks if check.status != "good"]
