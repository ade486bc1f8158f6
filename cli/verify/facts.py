"""What runs on a machine, as plain values; sizes in bytes, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """A container port opened on an address of the machine."""

    address: str
    host_port: int
    container_port: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.address}:{self.host_port} -> {self.container_port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class StateFacts:
    """How a container is: `status` and `health` in Docker's words; `since_s` counts from the start, or the end."""

    status: str
    health: str
    """Empty where the container has no health check."""
    last_check: str
    """What the health check printed last."""
    since_s: float
    exit_code: int
    out_of_memory: bool
    error: str
    restarts: int


@dataclass(frozen=True, slots=True)
class LockFacts:
    """What a container may do."""

    user: str
    read_only_root: bool
    privileged: bool
    security_options: frozenset[str]
    """As `name=value`."""
    drops: frozenset[str]
    adds: frozenset[str]
    ipc_mode: str
    init: bool
    tmpfs: Mapping[str, str]
    devices: frozenset[str]


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """What a container may take; 0 is no limit."""

    memory: int
    memory_and_swap: int
    cpu_millicores: int
    cpu_shares: int
    shared_memory: int
    processes: int
    open_files: int


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """One container as its daemon describes it."""

    name: str
    id: str
    image: str
    """Reference it was created from."""
    image_id: str
    compose_file: str
    """File Docker Compose made it from; empty where it did not."""
    state: StateFacts
    locks: LockFacts
    limits: LimitFacts
    health_test: tuple[str, ...]
    networks: Mapping[str, str]
    """Network -> the container's address in it; empty while it does not run."""
    ports: frozenset[Binding]
    mounts: Mapping[str, tuple[str, bool]]
    """Path -> volume, or file of the machine, and whether it is read-only."""
    gpu_devices: frozenset[str]

    @property
    def runs(self) -> bool:
        """Its process is there and not frozen."""
        return self.state.status == "running"


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """A volume; `options` say where it lies, and are empty for one in Docker's own folder."""

    labels: Mapping[str, str]
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """A network, the subnets it hands out, and whether it has no way out of the machine."""

    driver: str
    subnets: tuple[str, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """What a container takes; None where the daemon does not tell."""

    memory: int | None
    cpu_millicores: float | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What came of connecting to an address from inside a container: `error` is empty where it answered."""

    milliseconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """GPU memory of a card in MiB."""

    used_mib: int
    total_mib: int


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """All that is known of a deployed stack. What is missing in a map is not there, or was not seen."""

    containers: Mapping[str, ContainerFacts]
    image_ids: Mapping[str, str]
    """Reference -> id of the image that now has it."""
    volumes: Mapping[str, VolumeFacts]
    networks: Mapping[str, NetworkFacts]
    use: Mapping[str, Use]
    reach: Mapping[str, Mapping[str, Reach] | str]
    """Container -> `host:port` -> what came of it; or why its peers were not tried."""
    cards: Mapping[str, CardFacts | str]
    """Card -> its memory; or why it was not read."""

    @property
    def compose_file(self) -> str | None:
        """The file Docker Compose made these containers from; None where it did not, or read it from elsewhere."""
        files = (facts.compose_file for facts in self.containers.values())
        return next((file for file in files if file.startswith("/")), None)


def security_option(text: str) -> str:
    """One spelling for an option: Docker takes `no-new-privileges`, `no-new-privileges:true` and `...=true` alike."""
    name, separator, value = text.replace(":", "=", 1).partition("=") if "=" not in text else text.partition("=")
    return f"{name}={value if separator else 'true'}"
