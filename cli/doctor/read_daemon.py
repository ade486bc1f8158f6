"""Reads a machine before a deployment into plain facts. Changes nothing."""

from __future__ import annotations

from docker import DockerClient
from docker.errors import APIError

from cli.diagnostics.text import MIB
from cli.doctor.facts import DaemonFacts, DiskFacts, ImageFacts, MachineFacts, NeighbourFacts
from cli.doctor.read_host import free_bytes, is_this_machine, read_host
from cli.verify.read_docker import Answer, read_images, read_networks, read_volumes
from fleet.plan.deployment import Deployment

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def read_machine(client: DockerClient, deployment: Deployment, *, sizes: bool = True) -> MachineFacts:
    """All facts that the checks of a deployment need. sizes: those of the disk too, which takes long on a full one."""
    info = client.info()
    daemon = daemon_facts(info, client.version())
    is_local = is_this_machine(deployment.machine.connection, info["KernelVersion"], daemon.root)
    built = [reference for build in deployment.builds for reference in (build.image, build.base) if reference]
    images = read_images(client, [*(container.image for container in deployment.containers), *built])
    return MachineFacts(
        daemon=daemon,
        containers=tuple(neighbour_facts(container) for container in client.api.containers(all=True)),
        networks=read_networks(client),
        volumes=read_volumes(client),
        images={reference: image_facts(image) for reference, image in images.items()},
        disk=_disk(client, free_bytes(daemon.root) if is_local else None) if sizes else None,
        host=read_host(deployment) if is_local else None,
    )


def image_facts(image: Answer) -> ImageFacts:
    """Facts from `docker image inspect`."""
    config = image.get("Config") or {}
    return ImageFacts(
        arch=image.get("Architecture", ""),
        size_bytes=image.get("Size", 0),
        layers=tuple((image.get("RootFS") or {}).get("Layers") or ()),
        digests=tuple(image.get("RepoDigests") or ()),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        user=config.get("User") or "",
    )


def daemon_facts(info: Answer, version: Answer) -> DaemonFacts:
    """Facts from `docker info` and `docker version`."""
    devices = info.get("DiscoveredDevices")
    arch = str(version.get("Arch") or info["Architecture"])
    is_podman = any("Podman" in component["Name"] for component in version.get("Components") or [])
    return DaemonFacts(
        version=version["Version"],
        api_version=version["ApiVersion"],
        engine="Podman" if is_podman else "Docker",
        arch=_ARCHITECTURES.get(arch, arch),
        cpus=info["NCPU"],
        memory_mib=info["MemTotal"] // MIB,
        memory_limit=bool(info.get("MemoryLimit")),
        swap_limit=bool(info.get("SwapLimit")),
        cpu_limit=bool(info.get("CpuCfsQuota")),
        forwarding=bool(info.get("IPv4Forwarding")),
        cgroup_version=str(info.get("CgroupVersion", "")),
        cgroup_driver=str(info.get("CgroupDriver", "")),
        live_restore=bool(info.get("LiveRestoreEnabled")),
        log_driver=info.get("LoggingDriver", ""),
        security=dict(_security_option(option) for option in info.get("SecurityOptions") or []),
        runtimes=frozenset(info.get("Runtimes") or {}),
        cdi_devices=None if devices is None else frozenset(device["ID"] for device in devices),
        root=info.get("DockerRootDir", ""),
        pools=tuple(pool["Base"] for pool in info.get("DefaultAddressPools") or []),
    )


def neighbour_facts(listed: Answer) -> NeighbourFacts:
    """Facts from an entry of the daemon's list of containers."""
    return NeighbourFacts(
        id=listed["Id"],
        name=listed["Names"][0].lstrip("/") if listed.get("Names") else listed["Id"],
        labels=listed.get("Labels") or {},
        ports=frozenset(
            (port.get("IP", ""), port["PublicPort"], port["Type"])
            for port in listed.get("Ports") or []
            if port.get("PublicPort")
        ),
    )


def _security_option(option: str) -> tuple[str, str]:
    # `name=seccomp,profile=default`; daemons before 17.06 listed bare names.
    fields = dict(field.partition("=")[::2] for field in option.split(","))
    return fields.get("name", option), fields.get("profile", "")


def _disk(client: DockerClient, free: int | None) -> DiskFacts | None:
    try:
        used = client.df()
    except APIError:
        return None
    volumes = [(volume.get("UsageData") or {}).get("Size", 0) for volume in used.get("Volumes") or []]
    return DiskFacts(
        images_bytes=used.get("LayersSize") or 0,
        containers_bytes=sum(container.get("SizeRw") or 0 for container in used.get("Containers") or []),
        # The size is -1 if the daemon does not know it.
        volumes_bytes=sum(max(size, 0) for size in volumes),
        free_bytes=free,
    )
