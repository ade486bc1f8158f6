"""What a project holds on Cloud Run, as rules see it: services, jobs and worker pools, and who may use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from fleet.frozen import dataclass
from policy.views.container import ContainerView
from policy.views.keys import of_stack
from policy.views.kubernetes import ObjectView

SERVICE = "Service"
JOB = "Job"
WORKER_POOL = "WorkerPool"

_SETTINGS = of_stack("machine.cloud.services.{group}")


@dataclass(frozen=True, slots=True)
class Traffic:
    """A share of a service's requests, or of a worker pool's instances."""

    percent: int
    revision: str = ""
    """Empty for the newest."""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret that a container is given, and the version of it: empty and `latest` are whichever is newest."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView(ObjectView):
    """A service, a job or a worker pool; `kind` says which. Absent optional values are None."""

    region: str = ""
    annotations_inside: Mapping[str, str] = field(default_factory=dict)
    """Of the template; those of the resource are `annotations`."""
    ingress: Annotated[str, _SETTINGS] = ""
    """`INGRESS_TRAFFIC_ALL`, which is also what none means."""
    open_to_all: bool = False
    """Nobody is asked who calls (`invokerIamDisabled`)."""
    service_account: str | None = None
    instances_min: Annotated[int, _SETTINGS] = 0
    """That always run."""
    instances_max: Annotated[int | None, _SETTINGS] = None
    instances_min_each: Annotated[int, _SETTINGS] = 0
    """That each revision keeps running by itself."""
    instances_max_all: int | None = None
    """Of all revisions together; None where only each has a bound."""
    concurrency: Annotated[int | None, _SETTINGS] = None
    timeout_s: Annotated[int | None, _SETTINGS] = None
    generation: Annotated[str, _SETTINGS] = ""
    """Of the execution environment: `EXECUTION_ENVIRONMENT_GEN2`."""
    cpu_idle: Annotated[bool, _SETTINGS] = True
    """The processor is taken away between requests, and not paid for then."""
    accelerator: Annotated[str | None, _SETTINGS] = None
    gpus: Annotated[Mapping[str, int], _SETTINGS] = field(default_factory=dict)
    """Container -> cards it asks for; those that ask for none are not in it."""
    egress: Annotated[str | None, _SETTINGS] = None
    """None where nothing goes through the project's network."""
    traffic: Annotated[tuple[Traffic, ...], _SETTINGS] = ()
    secrets: tuple[SecretUse, ...] = ()
    attested: Annotated[bool, _SETTINGS] = False
    """Binary Authorization decides which images may run."""
    breaks_glass: bool = False
    """It is told to run whatever Binary Authorization says."""
    encryption_key: str | None = None
    protected: bool = True
    """It cannot be deleted until that is taken back."""
    containers: tuple[ContainerView, ...] = ()

    @property
    def cpu_millicores(self) -> int:
        """Of all containers together; one CPU for each that states none, which is what it gets."""
        return sum(1000 if c.cpu_limit is None else round(min(c.cpu_limit, 1e6) * 1000) for c in self.containers)

    @property
    def memory_mib(self) -> int:
        """Of all containers together; 512 MiB for each that states none, which is what it gets."""
        return sum(512 if c.memory_limit_mib is None else c.memory_limit_mib for c in self.containers)

    def says(self, annotation: str) -> str:
        """An annotation's value, on the resource or inside; empty where there is none."""
        return (self.annotations.get(annotation) or self.annotations_inside.get(annotation) or "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGrantView(ObjectView):
    """Who has a role on a service, a job or a worker pool; with kind `Project`, on all there is."""

    pairs: Annotated[tuple[tuple[str, str], ...], _SETTINGS] = ()
    """(role, member)."""
