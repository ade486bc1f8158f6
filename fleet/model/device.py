"""What a device is, and which kind of target its class calls for."""

from __future__ import annotations

from enum import StrEnum


class Arch(StrEnum):
    """Processor architecture, by the names image platforms use."""

    AMD64 = "amd64"
    """Most PCs and clouds (x86_64)."""
    ARM64 = "arm64"
    """Raspberry Pi, Apple and other ARM devices (aarch64)."""


class Target(StrEnum):
    """The kind of machine, which decides the component package that builds it."""

    DOCKER = "docker"
    """A Docker daemon, or what speaks its API."""
    KUBERNETES = "kubernetes"
    """A cluster, by a context of a kubeconfig."""
    CLOUDRUN = "cloudrun"
    """A project on Google Cloud."""
    NATIVE = "native"
    """Programs of the host, without containers."""


class LanEncryption(StrEnum):
    """What encrypts the traffic that goes to a machine's LAN address."""

    WIREGUARD = "wireguard"
    """The address is that of a WireGuard interface."""
    TAILSCALE = "tailscale"
    """The address is the machine's in a tailnet, which is WireGuard."""
    VPN = "vpn"
    """The address is inside another VPN, such as IPsec or OpenVPN."""
    TLS = "tls"
    """Every endpoint that is published there speaks TLS itself."""


class DeviceClass(StrEnum):
    """What the device is. `strategy` says how containers get onto it."""

    GAMING_PC = "gaming-pc"
    """Runs Docker."""
    GAMING_LAPTOP = "gaming-laptop"
    """Runs Docker."""
    WORKSTATION = "workstation"
    """Runs Docker."""
    LAPTOP = "laptop"
    """Runs Docker."""
    CLOUD_VM = "cloud-vm"
    """Runs Docker."""
    SINGLE_BOARD_COMPUTER = "single-board-computer"
    """Raspberry Pi 4 and its like: Docker, images for arm64; limits of memory hold once its kernel is told to."""
    CONTAINER_SERVICE = "container-service"
    """A cluster or a cloud's service, by its own API."""
    EMBEDDED = "embedded"
    """Too small for containers: a native program, and a lightweight proxy container on a machine nearby."""
    HPC = "hpc"
    """Performance counts most: native, or Docker's API over another engine."""

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
