"""Device classes, and the targets that deploy to them."""

from __future__ import annotations

from enum import StrEnum


class Arch(StrEnum):
    """CPU architecture, named as in image platforms."""

    AMD64 = "amd64"
    """Most PCs and clouds (x86_64)."""
    ARM64 = "arm64"
    """Raspberry Pi, Apple and other ARM devices (aarch64)."""


class Target(StrEnum):
    """The kind of machine; selects the component package that builds it."""

    DOCKER = "docker"
    """A Docker daemon, or a compatible API."""
    KUBERNETES = "kubernetes"
    """A cluster, reached by a kubeconfig context."""
    CLOUDRUN = "cloudrun"
    """A project on Google Cloud."""


class LanEncryption(StrEnum):
    """What encrypts the traffic to a machine's LAN address."""

    WIREGUARD = "wireguard"
    """The address belongs to a WireGuard interface."""
    TAILSCALE = "tailscale"
    """The address is in a tailnet, which uses WireGuard."""
    VPN = "vpn"
    """The address is in another VPN, such as IPsec or OpenVPN."""
    TLS = "tls"
    """Every endpoint published there speaks TLS itself."""


class DeviceClass(StrEnum):
    """The class of a device."""

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
    """Raspberry Pi 4 and similar: Docker, arm64 images; memory limits need a kernel setting."""
    CONTAINER_SERVICE = "container-service"
    """A cluster or cloud service, with its own API."""
    HPC = "hpc"
    """Performance first: another engine with Docker's API, such as Podman."""

    @property
    def targets(self) -> frozenset[Target]:
        """Targets for a device of this class."""
        if self is DeviceClass.CONTAINER_SERVICE:
            return frozenset({Target.KUBERNETES, Target.CLOUDRUN})
        return frozenset({Target.DOCKER})
