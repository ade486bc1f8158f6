"""Google Cloud Run as a machine: its project and regions, and how each group's service is run there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import FrozenMap, Model, Name
from fleet.model.cluster import HostName
from fleet.model.quantities import MemoryMib, Millicores, Seconds

Region = Annotated[str, StringConstraints(pattern=r"^[a-z]+-[a-z]+[0-9]{1,2}$")]
Member = Annotated[str, StringConstraints(pattern=r"^(serviceAccount|user|group|domain):\S+$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
UsDollars = Annotated[float, Field(gt=0)]


class Kind(StrEnum):
    """What a group becomes."""

    SERVICE = "service"
    """Answers requests on a port."""
    WORKER_POOL = "worker-pool"
    """Runs all the time, and answers nobody."""
    JOB = "job"
    """Runs to its end when it is called."""


class Size(StrEnum):
    """Named sizes of a service's main container."""

    SMALL = "small"
    """1 CPU, 1 GiB, 3 instances at the most."""
    MEDIUM = "medium"
    """2 CPUs, 2 GiB, 10 instances at the most."""
    LARGE = "large"
    """4 CPUs, 4 GiB, 50 instances at the most."""


@dataclass(frozen=True, slots=True)
class Shape:
    """CPU in millicores and memory in MiB of a main container, and how many instances there may be."""

    cpu_millicores: int
    memory_mib: int
    max_instances: int


SIZES: Mapping[Size, Shape] = {
    Size.SMALL: Shape(1000, 1024, 3),
    Size.MEDIUM: Shape(2000, 2048, 10),
    Size.LARGE: Shape(4000, 4096, 50),
}


class Billing(StrEnum):
    """When processors are paid for."""

    REQUEST = "request"
    """While a request is answered; the processor is taken away in between."""
    INSTANCE = "instance"
    """As long as an instance runs; agents may work between requests."""


class Ingress(StrEnum):
    """From where a service is reached."""

    INTERNAL = "internal"
    """From inside the project and its networks."""
    LOAD_BALANCER = "load-balancer"
    """From inside, and through a load balancer."""
    ALL = "all"
    """From the whole internet."""


class CloudGpu(StrEnum):
    """Cards that Cloud Run has."""

    L4 = "nvidia-l4"
    """24 GB."""
    RTX_PRO_6000 = "nvidia-rtx-pro-6000"
    """96 GB."""


class Backing(StrEnum):
    """Where a volume's data lives: never on a container's disk."""

    BUCKET = "bucket"
    """A Cloud Storage bucket, mounted as files; no file locks, so no database."""
    SQL = "sql"
    """A Cloud SQL instance with point-in-time recovery; the group is given its address, and no files."""


class CloudService(Model):
    """How one group is run. CPU and memory are its main container's; without a size or a figure, the group's limits."""

    kind: Kind = Kind.SERVICE
    """Whether it answers requests, runs all the time, or runs to its end."""
    size: Size | None = None
    """Named size, where `cpu` and `memory` do not say otherwise."""
    cpu_millicores: Millicores | None = Field(default=None, alias="cpu")
    """Processor time of an instance."""
    memory_mib: MemoryMib | None = Field(default=None, alias="memory")
    """Main memory of an instance."""
    min_instances: int = Field(default=0, ge=0, le=1000)
    """Instances that are kept warm, and paid for."""
    max_instances: int | None = Field(default=None, ge=1, le=1000)
    """Without it, the size's, else the group's scaling.max."""
    concurrency: int = Field(default=80, ge=1)
    """Requests an instance answers at a time."""
    timeout_s: Seconds = Field(default=300, alias="timeout")
    """Time a request may take."""
    billing: Billing = Billing.REQUEST
    """When its processors are paid for."""
    gpu: CloudGpu | None = None
    """Its card; one an instance."""
    ingress: Ingress = Ingress.INTERNAL
    """From where it is reached."""
    exposed: str = ""
    """With ingress `all`: why the whole internet may knock, past any load balancer's rules."""
    invokers: tuple[Member, ...] = ()
    """Who may call it, such as `serviceAccount:caller@project.iam.gserviceaccount.com`."""
    egress: Literal["private", "all"] | None = None
    """What goes through the project's network: private addresses, or everything; nothing without it."""
    volumes: FrozenMap[Name, Backing] = Field(default_factory=dict, validate_default=True)
    """Volume of the group -> where its data lives."""
    deletion_protection: bool = True
    """Whether it must be unlocked before it can be removed."""
    attested_images: bool = False
    """Only images that the project's Binary Authorization policy lets through."""
    idle_gpu_accepted: str = ""
    """Why a GPU may be kept warm, which is paid for at its full rate around the clock."""

    @property
    def named_shape(self) -> Shape | None:
        """The shape that its size names."""
        return SIZES[self.size] if self.size else None

    def instances_max(self, copies_max: int) -> int:
        """How many instances a region may have: its own figure, else its size's, else the group's copies."""
        return self.max_instances or (self.named_shape.max_instances if self.named_shape else copies_max)


class CloudSecret(Model):
    """A secret in Secret Manager; its value is set there, and never stands in these files."""

    version: int = Field(ge=1)
    """Version that services read: a new one rolls out by changing it."""
    candidate_version: int | None = Field(default=None, ge=1)
    """Version that a group's candidate reads while a rollout tries it; `version` without it."""
    rotation_days: int | None = Field(default=None, ge=1, le=3650)
    """How often its owner is reminded to make a new one."""


class FrontDoor(Model):
    """One address for services in several regions: a global load balancer with a managed certificate."""

    host: HostName
    """Its name on the internet, such as agents.example.org."""
    group: Name
    """The service behind it."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """From one address; more are refused."""
    armor: bool = False
    """Refuse what Cloud Armor's preconfigured rules take for an attack."""


class Observation(Model):
    """What is watched, and who is told."""

    email: Email
    """Who is told."""
    errors_per_minute: int = Field(default=5, ge=1)
    """Errors in the logs above which somebody is told."""
    latency_ms: int = Field(default=2000, ge=1)
    """95th percentile of a service's answers above which somebody is told."""


class Budget(Model):
    """What a month may cost."""

    monthly_usd: UsDollars
    """US dollars; the expected cost must stay below."""
    billing_account: Annotated[str, StringConstraints(pattern=r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$")] | None = None
    """Account whose budget alerts are set up; without it there are none, and the plan alone holds to the figure."""
    alert_percents: tuple[Annotated[int, Field(ge=1, le=200)], ...] = (50, 90, 100)
    """Percent of it at which the account is told."""


class Cloud(Model):
    """What a project on Google Cloud runs; the project itself is the machine's connection."""

    project_number: int = Field(ge=1)
    """`gcloud projects describe` prints it; it is part of every service's address."""
    regions: tuple[Region, ...] = Field(min_length=1)
    """Every service runs in each of them."""
    services: FrozenMap[Name, CloudService] = Field(default_factory=dict, validate_default=True)
    """Group -> how it is run; a group that is not named is run as everything is by default."""
    secrets: FrozenMap[Name, CloudSecret] = Field(default_factory=dict, validate_default=True)
    """Secret's name -> the version that is read."""
    network: Name | None = None
    """VPC network for private traffic."""
    subnet: Name | None = None
    """Its subnet in each region."""
    build_repository: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")
    """GitHub repository, `owner/name`, whose pushes to main build the images; without it they are pushed by hand."""
    front_door: FrontDoor | None = None
    """One address for its services in several regions."""
    observation: Observation | None = None
    """What is watched, and who is told."""
    budget: Budget | None = None
    """What a month may cost."""

    @model_validator(mode="after")
    def _regions_are_named_once(self) -> Cloud:
        twice = sorted({region for region in self.regions if self.regions.count(region) > 1})
        if twice:
            msg = f"regions names {', '.join(twice)} twice; keep one"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _private_traffic_has_a_network(self) -> Cloud:
        without = [name for name, service in self.services.items() if service.egress]
        if without and (self.network is None or self.subnet is None):
            msg = f"services.{without[0]}.egress goes through a network; give network and subnet"
            raise ValueError(msg)
        return self

    def url(self, group: str, region: str) -> str:
        """Address of a group's service in a region."""
        return f"https://{group}-{self.project_number}.{region}.run.app"

    def account_id(self, group: str) -> str:
        """Id of a group's service account."""
        return f"run-{group}"

    def service(self, group: str) -> CloudService:
        """How a group is run."""
        return self.services.get(group, CloudService())
