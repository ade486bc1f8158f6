"""What a device is, and which kind of target its class calls for."""

from __future__ import annotations

from enum import StrEnum


class Arch(StrEnum):
    """Processor architecture, by the names image platforms use."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class Target(StrEnum):
    """The kind of machine, which decides the component package that builds it."""

    DOCKER = "docker"
    KUBERNETES = "kubernetes"
    CLOUDRUN = "cloudrun"
    NATIVE = "native"


class DeviceClass(StrEnum):
    """What the device is. `strategy` says how containers get onto it."""

    GAMING_PC = "gaming-pc"
    GAMING_LAPTOP = "gaming-laptop"
    WORKSTATION = "workstation"
    LAPTOP = "laptop"
    CLOUD_VM = "cloud-vm"
    SINGLE_BOARD_COMPUTER = "single-board-computer"
    CONTAINER_SERVICE = "container-service"
    EMBEDDED = "embedded"
    HPC = "hpc"

    @property
    def strategy(self) -> Strategy:
        """How groups are deployed onto a device of this class."""
        return _STRATEGIES.get(self, Strategy.DOCKER)


class Strategy(StrEnum):
    """How groups get onto a class of device."""

    DOCKER = "docker"
    SERVICE_API = "service-api"
    """The container service's own API; never Docker inside it."""
    NATIVE_WITH_PROXY = "native-with-proxy"
    """A native program, and a lightweight proxy container on a Docker machine nearby."""
    NATIVE = "native"
    """Native, behind a Docker-compatible API."""


_STRATEGIES = {
    DeviceClass.CONTAINER_SERVICE: Strategy.SERVICE_API,
    DeviceClass.EMBEDDED: Strategy.NATIVE_WITH_PROXY,
    DeviceClass.HPC: Strategy.NATIVE,
}

TARGETS_BY_STRATEGY = {
    Strategy.DOCKER: frozenset({Target.DOCKER}),
    Strategy.SERVICE_API: frozenset({Target.KUBERNETES, Target.CLOUDRUN}),
    Strategy.NATIVE_WITH_PROXY: frozenset({Target.NATIVE}),
    Strategy.NATIVE: frozenset({Target.NATIVE, Target.DOCKER}),
}
"""Targets that carry out a strategy. HPC may be `docker` because Podman's socket speaks Docker's API."""
