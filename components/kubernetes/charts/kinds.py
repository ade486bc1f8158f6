"""What each knob is about, and which values it takes."""

from __future__ import annotations

from components.kubernetes.charts.knobs import SWITCH, Kind, pattern, whole
from fleet.model.base import NAME_LENGTH_MAX, NAME_PATTERN

_MEMORY = pattern(r"^[1-9][0-9]{0,8}(Mi|Gi)$", 11)
_COPIES_MAX = 1000
_HOST = pattern(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
_IMAGE = {"type": "string", "pattern": r"^\S+$", "minLength": 3}

NAMESPACE = Kind("Of the shared groups; a tenant's is <name>-<tenant>.", pattern(NAME_PATTERN, NAME_LENGTH_MAX))
CREATE = Kind("Whether the chart makes the namespaces, which enforce the restricted Pod Security level.", SWITCH)
TENANT = Kind("Whether a tenant's groups run. Its namespace and its claims stay in any case.", SWITCH)
IMAGE = Kind("registry/name:tag, or with @sha256:...", _IMAGE)
CANDIDATE = Kind("Image of the version on trial.", _IMAGE)
CPU = Kind("CPU as 500m or whole processors; what is requested is reserved.", pattern(r"^[1-9][0-9]{0,8}m?$", 10))
MEMORY = Kind("Memory in Mi or Gi; at the limit a container is ended.", _MEMORY)
DISK = Kind("Writable disk for logs.", _MEMORY)
COPIES = Kind("Copies while autoscaling is off.", whole(0, _COPIES_MAX))
ONE_COPY = Kind("One copy at most: its data takes one writer, or one pod.", whole(0, 1))
AUTOSCALED = Kind("Whether the number of copies changes by itself.", SWITCH)
LEAST = Kind("Copies at least.", whole(1, _COPIES_MAX))
MOST = Kind("Copies at the most.", whole(1, _COPIES_MAX))
CPU_PERCENT = Kind("Mean use of the CPU request above which there are too few.", whole(1, 100))
MEMORY_PERCENT = Kind("Mean use of the memory request above which there are too few.", whole(1, 100))
HOST = Kind("Host name it has outside, in TLS certificates too.", _HOST)
RATE = Kind("Requests a second from one address.", whole(1, 1_000_000))
CONNECTIONS = Kind("Connections at a time from one address.", whole(1, 1_000_000))
