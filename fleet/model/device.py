"""What a device is, and which targets deploy onto it."""

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

    @property
    def shares_ports(self) -> bool:
        """Whether sidecars have one network identity with their main container, and so one set of ports."""
        return self is not Target.DOCKER


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
    """What the device is. `targets` says what deploys containers onto it."""

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
    HPC = "hpc"
    """Performance matters most: Docker's API over another engine, such as Podman."""

    @property
    def targets(self) -> frozenset[Target]:
        """Targets that deploy groups onto a device of this class; never Docker inside a container service."""
        if self is DeviceClass.CONTAINER_SERVICE:
            return frozenset({Target.KUBERNETES, Target.CLOUDRUN})
        return frozenset({Target.DOCKER})
