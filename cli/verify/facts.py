"""A deployed stack as plain values; sizes in bytes, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.model import Gpu, Vendor


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """A container port published on an address of the machine."""

    address: str
    host_port: int
    container_port: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.address}:{self.host_port} -> {self.container_port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class StateFacts:
    """State of a container.

    status and health: as Docker names them, health empty without a health check; last_check: the last output of the
    health check; since_s: time since the start, or since the end if it does not run.
    """

    status: str
    health: str
    last_check: str
    since_s: float
    exit_code: int
    out_of_memory: bool
    error: str
    restarts: int


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """A container as its daemon describes it.

    image: the reference it was created from; compose_file: the file of Docker Compose, empty if it did not create it;
    host: the HostConfig of the API; networks: network -> the container's address, empty while it does not run;
    mounts: path -> (volume or file of the machine, whether it is read-only); config: the Config of the API; variables:
    names of those with a value.
    """

    name: str
    id: str
    image: str
    image_id: str
    compose_file: str
    state: StateFacts
    user: str
    host: Mapping[str, Any]
    health_test: tuple[str, ...]
    networks: Mapping[str, str]
    ports: frozenset[Binding]
    mounts: Mapping[str, tuple[str, bool]]
    gpu_devices: frozenset[str]
    gpu_capabilities: frozenset[str]
    variables: frozenset[str] = frozenset()
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it runs and is not paused."""
        return self.state.status == "running"


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """A volume; options of its driver are empty in Docker's own folder."""

    labels: Mapping[str, str]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """A network; closed: without a route out of the machine; composed: made by Docker Compose."""

    driver: str
    subnets: tuple[str, ...]
    closed: bool = False
    id: str = ""
    composed: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """Usage of a container; None if the daemon does not report it."""

    memory: int | None
    cpu_millicores: float | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Result of connecting to an address from inside a container; error: empty if it answered."""

    milliseconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """GPU memory of a card in MiB."""

    used_mib: int
    total_mib: int


def card_is_read(gpu: Gpu) -> bool:
    """Whether nvidia-smi shows a card's memory: not of another maker's, and not of one that is main memory."""
    return gpu.vendor is Vendor.NVIDIA and not gpu.unified


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """All facts of a deployed stack; missing keys do not exist or could not be read.

    image_ids: reference -> id of its current image; reach: container -> `host:port` -> result, or why its peers were
    not tried; cards: card -> memory, or why it was not read.
    """

    containers: Mapping[str, ContainerFacts]
    image_ids: Mapping[str, str]
    volumes: Mapping[str, VolumeFacts]
    networks: Mapping[str, NetworkFacts]
    use: Mapping[str, Use]
    reach: Mapping[str, Mapping[str, Reach] | str]
    cards: Mapping[str, CardFacts | str]

    @property
    def compose_file(self) -> str | None:
        """The file Docker Compose created the containers from; None if it did not, or read it from standard input."""
        files = (facts.compose_file for facts in self.containers.values())
        return next((file for file in files if file.startswith("/")), None)
