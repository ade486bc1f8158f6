"""Deployment to a Compose file, made from the very render that the Pulumi components register. Pure.

Each key of the render has a translation here, or a reason why Compose needs none; a key without either is an error, so
that nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from components.docker.render import (
    Rendered,
    deployed_networks,
    is_closed,
    render_container,
    render_network,
    render_volume,
)
from fleet.model.stack import LOCAL_REGISTRY
from fleet.plan.deployment import Deployment, PlannedGroup

Service = dict[str, Any]

_NOT_NEEDED = {
    "must_run": "Compose starts what it creates",
    "wait": "`docker compose up --wait` waits",
    "destroy_grace_seconds": "stop_grace_period says it",
    "network_mode": "a service joins the networks it names and no other",
    "max_retry_count": "part of restart",
    "log_opts": "part of logging",
    "memory_swap": "part of mem_limit",
}


def compose_file(deployment: Deployment) -> dict[str, Any]:
    """The Compose project of a deployment: services, networks and volumes under the names Pulumi gives them.

    Raises KeyError for a rendered key that has no translation: a bug of ours.
    """
    everything = (*deployment.sharing, *deployment.groups)
    groups = {group.name: group for group in everything}
    return {
        "name": f"fleet-{deployment.stack}",
        "services": {
            container.name: {
                **_service(render_container(container, deployment)),
                **_depends_on([groups[name] for name in (*group.shares, *group.start_after)]),
            }
            for group in everything
            for container in group.containers
        },
        "networks": {
            network["name"]: {
                "name": network["name"],
                "driver": network["driver"],
                "ipam": {"config": network["ipam_configs"]},
                **({"internal": True} if network.get("internal") else {}),
            }
            for network in _networks_of(deployment)
        },
        "volumes": {
            volume.name: {**rendered, "labels": _labels(rendered["labels"])}
            for volume in deployment.volumes.values()
            for rendered in [render_volume(volume)]
        },
    }


def _networks_of(deployment: Deployment) -> list[Rendered]:
    return [render_network(network, closed=is_closed(network, deployment)) for network in deployed_networks(deployment)]


def _depends_on(groups: list[PlannedGroup]) -> Service:
    names = [container.name for group in groups for container in group.containers]
    return {"depends_on": {name: {"condition": "service_healthy"} for name in names}} if names else {}


def _service(rendered: Rendered) -> Service:
    service: Service = {}
    for key, value in rendered.items():
        if key not in _NOT_NEEDED:
            service |= _TRANSLATIONS[key](value, rendered)
    return service


def _same(key: str) -> Callable[[Any, Rendered], Service]:
    return lambda value, _: {key: value}


def _megabytes(key: str) -> Callable[[Any, Rendered], Service]:
    return lambda value, _: {key: f"{value}m"}


def _labels(labels: list[Rendered]) -> dict[str, str]:
    # Compose expands $ in every text; a doubled one stays.
    return {item["label"]: _literal(item["value"]) for item in labels}


def _literal(text: str) -> str:
    return text.replace("$", "$$")


def _image(reference: str, _: Rendered) -> Service:
    # No host bears the name of the local registry: without this, Compose says that it cannot find one.
    return {"image": reference, **({"pull_policy": "never"} if reference.startswith(f"{LOCAL_REGISTRY}/") else {})}


def _environment(envs: list[str], _: Rendered) -> Service:
    return {"environment": {name: _literal(value) for name, _, value in (item.partition("=") for item in envs)}}


def _capabilities(value: Mapping[str, list[str]], _: Rendered) -> Service:
    return {f"cap_{key[:-1]}": names for key, names in value.items()}


def _limits(value: list[Rendered], _: Rendered) -> Service:
    return {"ulimits": {item["name"]: {"soft": item["soft"], "hard": item["hard"]} for item in value}}


def _memory(value: int, rendered: Rendered) -> Service:
    return {"mem_limit": f"{value}m", "memswap_limit": f"{rendered['memory_swap']}m"}


def _networks(value: list[Rendered], _: Rendered) -> Service:
    return {"networks": {item["name"]: {"aliases": item["aliases"]} for item in value}}


def _ports(value: list[Rendered], _: Rendered) -> Service:
    ports = [
        {"target": p["internal"], "published": str(p["external"]), "host_ip": p["ip"], "protocol": p["protocol"]}
        for p in value
    ]
    return {"ports": ports}


def _restart(value: str, rendered: Rendered) -> Service:
    return {"restart": f"{value}:{rendered['max_retry_count']}" if value == "on-failure" else value}


def _mounts(value: list[Rendered], _: Rendered) -> Service:
    return {"volumes": value} if value else {}


def _health(value: Rendered, _: Rendered) -> Service:
    check = {key: item for key, item in value.items() if key != "tests"}
    return {"healthcheck": {"test": [_literal(word) for word in value["tests"]], **check}}


def _devices(value: list[Rendered], _: Rendered) -> Service:
    return {"devices": [f"{d['host_path']}:{d['container_path']}:{d['permissions']}" for d in value]}


def _device_requests(value: list[Rendered], _: Rendered) -> Service:
    return {"deploy": {"resources": {"reservations": {"devices": value}}}}


_TRANSLATIONS: Mapping[str, Callable[[Any, Rendered], Service]] = {
    "name": _same("container_name"),
    "image": _image,
    "hostname": _same("hostname"),
    "command": lambda value, _: {"command": [_literal(word) for word in value]},
    "envs": _environment,
    "labels": lambda value, _: {"labels": _labels(value)},
    "user": _same("user"),
    "read_only": _same("read_only"),
    "security_opts": _same("security_opt"),
    "capabilities": _capabilities,
    "privileged": _same("privileged"),
    "ipc_mode": _same("ipc"),
    "tmpfs": lambda value, _: {"tmpfs": [f"{path}:{options}" for path, options in value.items()]},
    "ulimits": _limits,
    "memory": _memory,
    "cpus": _same("cpus"),
    "cpu_shares": _same("cpu_shares"),
    "shm_size": _megabytes("shm_size"),
    "networks_advanced": _networks,
    "hosts": lambda value, _: {"extra_hosts": {item["host"]: item["ip"] for item in value}} if value else {},
    "ports": _ports,
    "init": _same("init"),
    "restart": _restart,
    "stop_timeout": lambda value, _: {"stop_grace_period": f"{value}s"},
    "log_driver": lambda value, rendered: {"logging": {"driver": value, "options": rendered["log_opts"]}},
    "healthcheck": _health,
    "mounts": _mounts,
    "devices": _devices,
    "group_adds": _same("group_add"),
    "device_requests": _device_requests,
}
