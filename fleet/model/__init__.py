"""Machine, container group, stack and fleet: frozen models that refuse unknown keys."""

from fleet.model.budgets import Enforcement, GpuBudget
from fleet.model.cloud import Cloud, CloudService
from fleet.model.cluster import Cluster, Entrance, Exposure, Metrics, NodePool, PoolGpu, Sharing
from fleet.model.cost import ExpectedLoad, Power
from fleet.model.device import Arch, DeviceClass, Target
from fleet.model.gpu import Gpu, Mps
from fleet.model.group import (
    MAIN,
    Container,
    ContainerGroup,
    Health,
    Mount,
    Port,
)
from fleet.model.hardening import Hardening, HardeningException, RunAs
from fleet.model.machine import LanTraffic, Machine
from fleet.model.operation import Rollout, RolloutState, RolloutStrategy, Scaling, Tier, Track
from fleet.model.program import Agent
from fleet.model.stack import Fleet, Images, Stack
from fleet.model.volume import Backup, Volume, VolumeKind
from fleet.model.waiver import Waiver

__all__ = [
    "MAIN",
    "Agent",
    "Arch",
    "Backup",
    "Cloud",
    "CloudService",
    "Cluster",
    "Container",
    "ContainerGroup",
    "DeviceClass",
    "Enforcement",
    "Entrance",
    "ExpectedLoad",
    "Exposure",
    "Fleet",
    "Gpu",
    "GpuBudget",
    "Hardening",
    "HardeningException",
    "Health",
    "Images",
    "LanTraffic",
    "Machine",
    "Metrics",
    "Mount",
    "Mps",
    "NodePool",
    "PoolGpu",
    "Port",
    "Power",
    "Rollout",
    "RolloutState",
    "RolloutStrategy",
    "RunAs",
    "Scaling",
    "Sharing",
    "Stack",
    "Target",
    "Tier",
    "Track",
    "Volume",
    "VolumeKind",
    "Waiver",
]
