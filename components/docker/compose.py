"""Compose file of a deployment: the containers that the Pulumi components register. Pure.

Each key of the render has a translation, or a reason for having none. A key with neither is an error, so that nothing
is silently lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from components.docker.compose_images import Service, base_services, build_sections
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
from fleet.plan.planned_container import PlannedContainer

Translation = Callable[[Any, Rendered], Service]

_UNUSED = {
    "must_run": "Compose starts what it creates",
    "wait": "`docker compose up --wait` waits",
    "destroy_grace_seconds": "same as stop_grace_period",
    "max_retry_count": "part of restart",
    "log_opts": "part of logging",
    "memory_swap": "part of mem_limit",
}


def compose_file(deployment: Deployment) -> dict[str, Any]:
    """The Compose project of a deployment: services, networks and volumes under the same names as with Pulumi.

    Raises KeyError for a rendered key without a translation (an internal error).
    """
    groups = {group.name: group for group in (*deployment.sharing, *deployment.groups)}
    networks = [render_network(n, closed=is_closed(n, deployment)) for n in deployed_networks(deployment)]
    return {
        "name": f"fleet-{deployment.stack}",
        "services": {**base_services(deployment), **_containers(groups, deployment)},
        "networks": {
            network["name"]: {
                "name": network["name"],
                "driver": network["driver"],
                "ipam": {"config": network["ipam_configs"]},
                **({"internal": True} if network.get("internal") else {}),
            }
            for network in networks
        },
        "volumes": {
            volume.name: {**rendered, "labels": _labels(rendered["labels"])}
            for volume in deployment.volumes.values()
            for rendered in [render_volume(volume)]
        },
    }


def _containers(groups: Mapping[str, PlannedGroup], deployment: Deployment) -> dict[str, Service]:
    unbuilt = dict(build_sections(deployment))
    services: dict[str, Service] = {}
    for group in groups.values():
        earlier = [one for name in (*group.shares, *group.start_after) for one in groups[name].containers]
        for container in group.containers:
            after = _depends_on([*earlier, *group.before(container)])
            service = _service(render_container(container, deployment))
            # One of the services with the same image builds it: two would race for the tag.
            build = {"build": unbuilt.pop(container.image)} if container.image in unbuilt else {}
            if container.secret_env:
                service["environment"] |= _secrets(container)
            services[container.name] = {**service, **build, **after}
    return services


def _secrets(container: PlannedContainer) -> dict[str, str]:
    """Compose reads each secret from the file .env or its own environment, and does not start without it."""
    return {
        variable: f"${{{secret_variable(name)}:?set {secret_variable(name)} in the file .env}}"
        for variable, name in container.secret_env.items()
    }


def secret_variable(name: str) -> str:
    """Variable of Compose's environment with the value of a secret."""
    return name.replace("-", "_").upper()


def _depends_on(containers: list[PlannedContainer]) -> Service:
    conditions = {True: "service_completed_successfully", False: "service_healthy"}
    waits = {container.name: {"condition": conditions[container.once]} for container in containers}
    return {"depends_on": waits} if waits else {}


def _service(rendered: Rendered) -> Service:
    service: Service = {}
    for key, value in rendered.items():
        if key not in _UNUSED:
            service |= _TRANSLATIONS[key](value, rendered)
    return service


def _same(key: str) -> Translation:
    return lambda value, _: {key: value}


def _labels(labels: list[Rendered]) -> dict[str, str]:
    return {item["label"]: _literal(item["value"]) for item in labels}


def _literal(text: str) -> str:
    # Compose expands $ in every string, unless it is doubled.
    return text.replace("$", "$$")


def _image(reference: str, _: Rendered) -> Service:
    # The local registry's host does not exist: without this, Compose tries to pull from it.
    return {"image": reference, **({"pull_policy": "never"} if reference.startswith(f"{LOCAL_REGISTRY}/") else {})}


def _environment(envs: list[str], _: Rendered) -> Service:
    return {"environment": {name: _literal(value) for name, _, value in (item.partition("=") for item in envs)}}


def _ports(value: list[Rendered], _: Rendered) -> Service:
    ports = [
        {"target": p["internal"], "published": str(p["external"]), "host_ip": p["ip"], "protocol": p["protocol"]}
        for p in value
    ]
    return {"ports": ports}


def _restart(value: str, rendered: Rendered) -> Service:
    return {"restart": f"{value}:{rendered['max_retry_count']}" if value == "on-failure" else value}


def _health(value: Rendered, _: Rendered) -> Service:
    check = {key: item for key, item in value.items() if key != "tests"}
    return {"healthcheck": {"test": [_literal(word) for word in value["tests"]], **check}}


def _mounts(value: list[Rendered], _: Rendered) -> Service:
    # Compose would create a folder in place of a missing secret.
    existing = {"bind": {"create_host_path": False}}
    mounts = [{**mount, **(existing if mount["type"] == "bind" else {})} for mount in value]
    return {"volumes": mounts} if mounts else {}


_TRANSLATIONS: Mapping[str, Translation] = {
    "name": _same("container_name"),
    "image": _image,
    "hostname": _same("hostname"),
    "entrypoints": lambda value, _: {"entrypoint": [_literal(word) for word in value]},
    "command": lambda value, _: {"command": [_literal(word) for word in value]},
    "working_dir": _same("working_dir"),
    "tty": _same("tty"),
    "envs": _environment,
    "labels": lambda value, _: {"labels": _labels(value)},
    "user": _same("user"),
    "read_only": _same("read_only"),
    "security_opts": _same("security_opt"),
    "capabilities": lambda value, _: {f"cap_{key[:-1]}": names for key, names in value.items()},
    "privileged": _same("privileged"),
    "ipc_mode": _same("ipc"),
    "tmpfs": lambda value, _: {"tmpfs": [f"{path}:{options}" for path, options in value.items()]},
    "ulimits": lambda value, _: {"ulimits": {i["name"]: {"soft": i["soft"], "hard": i["hard"]} for i in value}},
    "memory": lambda value, rendered: {"mem_limit": f"{value}m", "memswap_limit": f"{rendered['memory_swap']}m"},
    "cpus": _same("cpus"),
    "cpu_shares": _same("cpu_shares"),
    "shm_size": lambda value, _: {"shm_size": f"{value}m"},
    # A service joins only the networks it names.
    "network_mode": lambda value, _: {"network_mode": value} if value == "host" else {},
    "networks_advanced": lambda value, _: (
        {"networks": {i["name"]: {"aliases": i["aliases"]} for i in value}} if value else {}
    ),
    "hosts": lambda value, _: {"extra_hosts": {item["host"]: item["ip"] for item in value}} if value else {},
    "dns": _same("dns"),
    "ports": _ports,
    "init": _same("init"),
    "restart": _restart,
    "stop_timeout": lambda value, _: {"stop_grace_period": f"{value}s"},
    "log_driver": lambda value, rendered: {"logging": {"driver": value, "options": rendered["log_opts"]}},
    "healthcheck": _health,
    "mounts": _mounts,
    "devices": lambda value, _: {
        "devices": [f"{d['host_path']}:{d['container_path']}:{d['permissions']}" for d in value]
    },
    "group_adds": _same("group_add"),
    "device_requests": lambda value, _: {"deploy": {"resources": {"reservations": {"devices": value}}}},
}
