"""Views of Cloud Run: services, jobs and worker pools, and grants of access to them."""

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
    """Empty for the latest."""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret of a container and its version; empty and `latest` both resolve to the newest."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView(ObjectView):
    """A service, a job or a worker pool, by `kind`. Absent optional values are None."""

    region: str = ""
    annotations_inside: Mapping[str, str] = field(default_factory=dict)
    """Annotations of the template; `annotations` are those of the resource."""
    ingress: Annotated[str, _SETTINGS] = ""
    """`INGRESS_TRAFFIC_ALL` by default."""
    open_to_all: bool = False
    """Callers are not authenticated (`invokerIamDisabled`)."""
    service_account: str | None = None
    instances_min: Annotated[int, _SETTINGS] = 0
    """Instances that always run."""
    instances_max: Annotated[int | None, _SETTINGS] = None
    instances_min_each: Annotated[int, _SETTINGS] = 0
    """Instances that each revision keeps running."""
    instances_max_all: int | None = None
    """Maximum of all revisions together; None if only the template sets one."""
    concurrency: Annotated[int | None, _SETTINGS] = None
    timeout_s: Annotated[int | None, _SETTINGS] = None
    generation: Annotated[str, _SETTINGS] = ""
    """Execution environment, such as `EXECUTION_ENVIRONMENT_GEN2`."""
    cpu_idle: Annotated[bool, _SETTINGS] = True
    """CPU is allocated, and billed, during requests only."""
    accelerator: Annotated[str | None, _SETTINGS] = None
    gpus: Annotated[Mapping[str, int], _SETTINGS] = field(default_factory=dict)
    """Container -> cards it requests, without those that request none."""
    egress: Annotated[str | None, _SETTINGS] = None
    """VPC egress setting; None without VPC access."""
    traffic: Annotated[tuple[Traffic, ...], _SETTINGS] = ()
    secrets: tuple[SecretUse, ...] = ()
    attested: Annotated[bool, _SETTINGS] = False
    """Binary Authorization decides which images may run."""
    breaks_glass: bool = False
    """Breakglass: Binary Authorization is overridden."""
    encryption_key: str | None = None
    protected: bool = True
    """Deletion protection is on."""
    containers: tuple[ContainerView, ...] = ()

    @property
    def cpu_millicores(self) -> int:
        """Sum over containers; one without a limit gets one CPU."""
        return sum(1000 if c.cpu_limit is None else round(min(c.cpu_limit, 1e6) * 1000) for c in self.containers)

    @property
    def memory_mib(self) -> int:
        """Sum over containers; one without a limit gets 512 MiB."""
        return sum(512 if c.memory_limit_mib is None else c.memory_limit_mib for c in self.containers)

    def says(self, annotation: str) -> str:
        """Value of an annotation of the resource or its template; empty if it is not set."""
        return (self.annotations.get(annotation) or self.annotations_inside.get(annotation) or "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGrantView(ObjectView):
    """Grants of roles on a service, job or worker pool; with kind `Project`, on the whole project."""

    pairs: Annotated[tuple[tuple[str, str], ...], _SETTINGS] = ()
    """(role, member)."""
