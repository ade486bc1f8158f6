"""Machine, container group, stack and fleet: frozen models that refuse unknown keys."""

from fleet.model.group import (
    MAIN,
    Agent,
    Container,
    ContainerGroup,
    Enforcement,
    GpuBudget,
    Health,
    Mount,
    Port,
    Volume,
    VolumeKind,
)
from fleet.model.hardening import Hardening, HardeningException, RunAs
from fleet.model.machine import Arch, DeviceClass, Gpu, Machine, Mps, Strategy, Target
from fleet.model.stack import Fleet, Images, Stack

__all__ = [
    "MAIN",
    "Agent",
    "Arch",
    "Container",
    "ContainerGroup",
    "DeviceClass",
    "Enforcement",
    "Fleet",
    "Gpu",
    "GpuBudget",
    "Hardening",
    "HardeningException",
    "Health",
    "Images",
    "Machine",
    "Mount",
    "Mps",
    "Port",
    "RunAs",
    "Stack",
    "Strategy",
    "Target",
    "Volume",
    "VolumeKind",
]
