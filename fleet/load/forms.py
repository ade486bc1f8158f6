"""What to write for a value of each named form: words and an example, in place of a regular expression."""

from __future__ import annotations

from typing import Any

from fleet.load.fields import metadata, type_at
from fleet.model.base import NAME_LENGTH_MAX, NAME_PATTERN, CudaVersion, EnvName, Title
from fleet.model.cloud import Budget, Region
from fleet.model.cluster import LabelKey, ObjectName
from fleet.model.cost import ModelName
from fleet.model.gpu import Gpu
from fleet.model.group import AgentName, EndpointRef, OptionalUrlPath, UrlPath
from fleet.model.hosts import CONNECTION_PATTERN, Member, OutsideRef, WebAddress
from fleet.model.image_names import Digest, Tag
from fleet.model.machine import ContainerNetwork, Machine
from fleet.model.paths import PATH_PATTERN
from fleet.model.process import OwnLabel, TimeZone
from fleet.model.program import Agent, Build
from fleet.model.volume import Words
from fleet.model.waiver import RuleId


def patterns(kind: Any) -> list[str]:
    """The regular expressions of a type."""
    # `Field(...)` in an annotation has constraints of its own.
    every = [part for each in metadata(kind) for part in (each, *getattr(each, "metadata", ()))]
    return [str(each.pattern) for each in every if getattr(each, "pattern", None)]


def _of(kind: Any, *field: str) -> str:
    """The regular expression of a type, or of a field of a model."""
    return patterns(type_at(kind, field) if field else kind)[0]


FORMS = {
    NAME_PATTERN: f"use lower-case words joined by hyphens, of 2 to {NAME_LENGTH_MAX} characters",
    PATH_PATTERN: "write an absolute path without a colon, like /data",
    CONNECTION_PATTERN: "write it like ssh://owner@192.168.1.30, unix:///var/run/docker.sock, kubeconfig://<context> "
    "or gcp://<project id>",
    _of(EnvName): "use letters, digits, _, . and -, like LOG_LEVEL or discovery.type",
    _of(TimeZone): "use a name of the IANA database, like Europe/Berlin",
    _of(OwnLabel): "use letters, digits, _, . and -, like traefik.enable, of up to 63 characters, with a domain and / "
    "before it if need be",
    _of(AgentName): "write it like GoalManager",
    _of(RuleId): "use the id of one rule, like E06 (see `fleet policy list`)",
    _of(EndpointRef): "write it like core-platform or core-platform/main",
    **dict.fromkeys((_of(UrlPath), _of(OptionalUrlPath)), "write a path that starts with /, like /health"),
    _of(OutsideRef): "write a host in lower case with its port, like api.example.com:443",
    _of(WebAddress): "write a URL, like http://prometheus.monitoring:9090",
    _of(Member): "write it like serviceAccount:caller@project.iam.gserviceaccount.com, user:owner@example.org, "
    "group:team@example.org or domain:example.org",
    _of(Budget, "billing_account"): "write it like 01ABCD-23EF45-678901, as `gcloud billing accounts list` prints it",
    _of(Region): "write it in lower case, like us-central1",
    _of(LabelKey): "write it like example.org/pool",
    _of(ObjectName): 'use lower-case letters, digits, "-" and "."',
    _of(ModelName): "use a name from fleet/data/prices.yaml, in lower case",
    _of(Gpu, "device"): 'write an index, a UUID or a CDI name in quotes, like "0", "GPU-<uuid>" or "nvidia.com/gpu=0"',
    _of(Gpu, "allocator"): "write it like max_split_size_mb:128",
    _of(Gpu, "driver"): "write nvidia or cdi",
    _of(CudaVersion): 'write major and minor version in quotes, like "12.4"',
    _of(Machine, "docker_api"): 'write the API version in quotes, from "1.41" (Docker 20.10), like "1.44"',
    _of(ContainerNetwork, "name"): "start it with a lower-case letter, and use a-z, 0-9, _ and -, like mainpc_internal",
    _of(Tag): 'start it with a letter, digit or underscore, and use letters, digits, ".", "_" and "-", like "0.1.0"',
    _of(Digest): "write sha256: and 64 hexadecimal digits in lower case",
    _of(Agent, "module"): "write the dotted name of a Python module, like assistant.core.goals",
    _of(Build, "context"): "write a folder of images/, like images/agentdb",
    _of(Title): "write it on one line",
    _of(Words): "write it on one line, without a semicolon",
}
"""Regular expression of a type -> what to write."""
