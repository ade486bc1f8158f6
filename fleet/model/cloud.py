"""Google Cloud Run as a machine: project, regions, and settings of each group's service."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import Breach, Distinct, Flag, Form, FrozenMap, Model, Name, OptionalReason, Whole, rule
from fleet.model.cost import BudgetUsd
from fleet.model.hosts import Email, HostName, Member
from fleet.model.quantities import MemoryMib, Millicores, Seconds
from fleet.source.redaction import shown

Region = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+-[a-z]+[0-9]{1,2}$"), Form("write it in lower case, like us-central1")
]


BillingAccount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$"),
    Form("write it like 01ABCD-23EF45-678901, as `gcloud billing accounts list` prints it"),
]


def _on_github(text: str) -> str:
    if not _GITHUB.fullmatch(text) or text.endswith((".git", "/.", "/..")):
        msg = f"{shown(text)} is not a repository on GitHub; write it like owner/name"
        raise ValueError(msg)
    return text


_GITHUB = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}")
GithubRepository = Annotated[str, AfterValidator(_on_github)]


class Kind(StrEnum):
    """The Cloud Run resource of a group."""

    SERVICE = "service"
    """Serves requests on a port."""
    WORKER_POOL = "worker-pool"
    """Runs all the time and serves no requests."""
    JOB = "job"
    """Runs to completion when started."""


class Size(StrEnum):
    """Named sizes of a service's main container."""

    SMALL = "small"
    """1 CPU, 1 GiB, at most 3 instances."""
    MEDIUM = "medium"
    """2 CPUs, 2 GiB, at most 10 instances."""
    LARGE = "large"
    """4 CPUs, 4 GiB, at most 50 instances."""


@dataclass(frozen=True, slots=True)
class Shape:
    """CPU and memory of a main container, and the maximum number of instances."""

    cpu_millicores: int
    memory_mib: int
    max_instances: int


SIZES: Mapping[Size, Shape] = {
    Size.SMALL: Shape(1000, 1024, 3),
    Size.MEDIUM: Shape(2000, 2048, 10),
    Size.LARGE: Shape(4000, 4096, 50),
}


class Billing(StrEnum):
    """When CPU time is billed."""

    REQUEST = "request"
    """While a request is served; the CPU is throttled in between."""
    INSTANCE = "instance"
    """As long as an instance runs; agents may work between requests."""


class Ingress(StrEnum):
    """Sources that may reach a service."""

    INTERNAL = "internal"
    """The project and its networks."""
    LOAD_BALANCER = "load-balancer"
    """The project, its networks and a load balancer."""
    ALL = "all"
    """The whole internet."""


class CloudGpu(StrEnum):
    """GPUs of Cloud Run."""

    L4 = "nvidia-l4"
    """24 GB."""
    RTX_PRO_6000 = "nvidia-rtx-pro-6000"
    """96 GB."""


class Backing(StrEnum):
    """Where a volume's data is stored: never on a container's disk."""

    BUCKET = "bucket"
    """A Cloud Storage bucket, mounted as files; no file locks, so no database."""
    SQL = "sql"
    """A Cloud SQL instance with point-in-time recovery; the group gets its address instead of files."""


class CloudService(Model):
    """Settings of one group. CPU and memory are the main container's; they default to the group's limits."""

    kind: Kind = Kind.SERVICE
    """Whether it serves requests, runs all the time, or runs to completion."""
    size: Size | None = None
    """Named size; `cpu` and `memory` override it."""
    cpu_millicores: Millicores | None = Field(default=None, alias="cpu")
    """CPU of an instance."""
    memory_mib: MemoryMib | None = Field(default=None, alias="memory")
    """Memory of an instance."""
    min_instances: Whole = Field(default=0, ge=0, le=1000)
    """Instances kept warm, which are billed."""
    max_instances: Whole | None = Field(default=None, ge=1, le=1000)
    """Maximum instances; defaults to the size's, else the group's scaling.max."""
    concurrency: Whole = Field(default=80, ge=1, le=1_000_000)
    """Concurrent requests per instance."""
    timeout_s: Seconds = Field(default=300, alias="timeout")
    """Maximum time of a request."""
    billing: Billing = Billing.REQUEST
    """When CPU time is billed."""
    gpu: CloudGpu | None = None
    """GPU type; one GPU per instance."""
    ingress: Ingress = Ingress.INTERNAL
    """Sources that may reach it."""
    exposed: OptionalReason = ""
    """With ingress `all`: why the whole internet may reach it, bypassing any load balancer's rules."""
    invokers: Distinct[Member] = ()
    """Who may call it, such as `serviceAccount:caller@project.iam.gserviceaccount.com`."""
    egress: Literal["private", "all"] | None = None
    """Traffic sent through the project's network: to private addresses, or all; none by default."""
    volumes: FrozenMap[Name, Backing] = Field(default_factory=dict, validate_default=True)
    """Volume of the group -> where its data is stored."""
    deletion_protection: Flag = True
    """Whether protection must be lifted before it can be deleted."""
    attested_images: Flag = False
    """Whether to run only images that the project's Binary Authorization policy admits."""
    idle_gpu_accepted: OptionalReason = ""
    """Why a GPU may be kept warm, which is billed at the full rate around the clock."""

    @rule
    def _reasons_have_a_subject(self) -> Iterator[Breach]:
        if self.exposed and self.ingress is not Ingress.ALL:
            yield ("exposed",), f'has no effect with ingress "{self.ingress}"; set it to "{Ingress.ALL}", or drop it'
        if self.idle_gpu_accepted and self.gpu is None:
            yield ("idle_gpu_accepted",), "has no effect without gpu; set gpu, or drop it"

    @rule
    def _size_sets_something(self) -> Iterator[Breach]:
        if self.size and None not in (self.cpu_millicores, self.memory_mib, self.max_instances):
            text = "has no effect: cpu, memory and max_instances all override it; drop it, or one of them"
            yield ("size",), text

    @property
    def named_shape(self) -> Shape | None:
        """The shape of the named size."""
        return SIZES[self.size] if self.size else None

    def instances_max(self, copies_max: int) -> int:
        """Maximum instances per region: max_instances, else the size's, else the group's replicas."""
        return self.max_instances or (self.named_shape.max_instances if self.named_shape else copies_max)


class CloudSecret(Model):
    """A secret in Secret Manager; its value is set there, and never in these files."""

    version: Whole = Field(ge=1, le=1_000_000)
    """Version that services read; change it to roll out a new one."""
    candidate_version: Whole | None = Field(default=None, ge=1, le=1_000_000)
    """Version that a rollout's candidate reads; defaults to `version`."""
    rotation_days: Whole | None = Field(default=None, ge=1, le=3650)
    """How often its owner is reminded to rotate it."""

    @rule
    def _candidate_is_another_version(self) -> Iterator[Breach]:
        if self.candidate_version == self.version:
            text = f"{self.version} is also version, so that it has no effect; set another, or drop it"
            yield ("candidate_version",), text


class FrontDoor(Model):
    """One address for services in several regions: a global load balancer with a managed certificate."""

    host: HostName
    """Public host name, such as agents.example.org."""
    group: Name
    """The service behind it."""
    requests_per_minute: Whole | None = Field(default=None, ge=1, le=100_000_000)
    """Maximum per client address; more are rejected."""
    armor: Flag = False
    """Whether to reject requests that match Cloud Armor's preconfigured rules."""


class Observation(Model):
    """Monitoring and alerts."""

    email: Email
    """Recipient of alerts."""
    errors_per_minute: Whole = Field(default=5, ge=1, le=1_000_000)
    """Logged errors above which an alert is sent."""
    latency_ms: Whole = Field(default=2000, ge=1, le=3_600_000)
    """95th percentile latency above which an alert is sent."""


class Budget(Model):
    """Budget of a month."""

    monthly_usd: BudgetUsd
    """US dollars; the expected cost must stay below."""
    billing_account: BillingAccount | None = None
    """Billing account to set up budget alerts in; without it, only the plan enforces the budget."""
    alert_percents: Distinct[Annotated[Whole, Field(ge=1, le=200)]] = (50, 90, 100)
    """Percentages of the budget at which alerts are sent."""

    @rule
    def _alerts_are_sent(self) -> Iterator[Breach]:
        if self.billing_account and not self.alert_percents:
            text = "is empty, so that no alert is sent; name a percentage, or drop billing_account"
            yield ("alert_percents",), text
        elif self.billing_account is None and "alert_percents" in self.model_fields_set:
            yield ("alert_percents",), "has no effect without billing_account; set it, or drop alert_percents"


class Cloud(Model):
    """Settings of a Google Cloud project; the machine's connection names the project."""

    project_number: Whole = Field(ge=1, le=10**15)
    """Printed by `gcloud projects describe`; part of every service's address."""
    regions: Distinct[Region] = Field(min_length=1)
    """Regions; every service runs in each of them."""
    services: FrozenMap[Name, CloudService] = Field(default_factory=dict, validate_default=True)
    """Group -> its settings; defaults apply to other groups."""
    secrets: FrozenMap[Name, CloudSecret] = Field(default_factory=dict, validate_default=True)
    """Secret name -> version to read."""
    network: Name | None = None
    """VPC network for private traffic."""
    subnet: Name | None = None
    """Subnet of the network in each region."""
    build_repository: GithubRepository | None = None
    """GitHub repository, `owner/name`, that builds the images on pushes to main; without it, push them by hand."""
    front_door: FrontDoor | None = None
    """Load balancer in front of its services in several regions."""
    observation: Observation | None = None
    """Monitoring and alerts."""
    budget: Budget | None = None
    """Monthly budget."""

    @rule
    def _subnet_is_of_a_network(self) -> Iterator[Breach]:
        if (self.network is None) != (self.subnet is None):
            given, lacking = ("network", "subnet") if self.network else ("subnet", "network")
            yield (given,), f"has no effect without {lacking}; set machine.cloud.{lacking} too, or drop it"

    @rule
    def _private_traffic_has_a_network(self) -> Iterator[Breach]:
        if self.network is None or self.subnet is None:
            for name in (name for name, service in self.services.items() if service.egress):
                yield ("services", name, "egress"), "needs a network; set machine.cloud.network and subnet"

    def url(self, group: str, region: str) -> str:
        """Address of a group's service in a region."""
        return f"https://{group}-{self.project_number}.{region}.run.app"

    def account_id(self, group: str) -> str:
        """Id of a group's service account."""
        return f"run-{group}"

    def service(self, group: str) -> CloudService:
        """Settings of a group's service."""
        return self.services.get(group, CloudService())
