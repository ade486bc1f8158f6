"""Descriptions and schemas of a chart's values."""

from __future__ import annotations

from components.kubernetes.charts.knobs import SWITCH, Kind, pattern, whole
from fleet.model.base import NAME_LENGTH_MAX, NAME_PATTERN

_MEMORY = pattern(r"^[1-9][0-9]{0,8}(Mi|Gi)$", 11)
_REPLICAS_LIMIT = 1000
_HOST = pattern(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
_IMAGE = {"type": "string", "pattern": r"^\S+$", "minLength": 3}

NAMESPACE = Kind("Of the shared groups; a tenant's is <name>-<tenant>.", pattern(NAME_PATTERN, NAME_LENGTH_MAX))
CREATE = Kind("Whether the chart creates the namespaces, which enforce the restricted Pod Security level.", SWITCH)
TENANT = Kind("Whether the tenant's groups run. Its namespace and claims are kept either way.", SWITCH)
IMAGE = Kind("registry/name:tag, or with @sha256:...", _IMAGE)
CANDIDATE = Kind("Image of the candidate version.", _IMAGE)
CPU = Kind("CPU as 500m or whole CPUs; requests are reserved.", pattern(r"^[1-9][0-9]{0,8}m?$", 10))
MEMORY = Kind("Memory in Mi or Gi; a container above its limit is killed.", _MEMORY)
DISK = Kind("Writable disk for logs.", _MEMORY)
REPLICAS = Kind("Replicas while autoscaling is disabled.", whole(0, _REPLICAS_LIMIT))
ONE_REPLICA = Kind("At most one replica: its data supports a single writer or a single pod.", whole(0, 1))
AUTOSCALING = Kind("Whether the number of replicas is autoscaled.", SWITCH)
REPLICAS_MIN = Kind("Minimum number of replicas.", whole(1, _REPLICAS_LIMIT))
REPLICAS_MAX = Kind("Maximum number of replicas.", whole(1, _REPLICAS_LIMIT))
CPU_PERCENT = Kind("Target for average use of the CPU request, in percent.", whole(1, 100))
MEMORY_PERCENT = Kind("Target for average use of the memory request, in percent.", whole(1, 100))
HOST = Kind("External host name, also of the TLS certificate.", _HOST)
RATE = Kind("Requests per second from one address.", whole(1, 1_000_000))
CONNECTIONS = Kind("Concurrent connections from one address.", whole(1, 1_000_000))
