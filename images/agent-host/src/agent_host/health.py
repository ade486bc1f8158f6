"""`python3 -m agent_host.health`: the container's health check. Exit code 0 if healthy, else 1; prints why.

It uses a plain socket: an HTTP library takes longer to import than everything else here takes to run.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping

from agent_host.settings import ANY_ADDRESS, DEFAULT_PORT

_TIMEOUT_S = 5.0
_LOOPBACK = {"": "127.0.0.1", ANY_ADDRESS: "127.0.0.1", "::": "::1"}


def check_health(environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the host of this container is healthy, and why or why not."""
    port = environ.get("FLEET_PORT") or str(DEFAULT_PORT)
    bound = environ.get("BIND_ADDRESS", "")
    try:
        status, body = _get(_LOOPBACK.get(bound, bound), int(port))
        answer = json.loads(body)
    except (OSError, ValueError) as error:
        return False, f"unhealthy: no answer from port {port}: {error}"
    agents = answer.get("agents", {})
    if status == "200":
        stand_ins = sum(agent["stand_in"] for agent in agents.values())
        return True, f"healthy: {len(agents)} agents" + (f", {stand_ins} of them stand-ins" if stand_ins else "")
    down = [f"{name} ({a['state']})" for name, a in agents.items() if a["essential"] and not _up(a)]
    return False, f"unhealthy: {', '.join(down) or f'status {status}'}"


def _up(agent: Mapping[str, object]) -> bool:
    return agent["state"] in ("running", "stand-in")


def _get(host: str, port: int) -> tuple[str, bytes]:
    with socket.create_connection((host, port), _TIMEOUT_S) as connection:
        connection.settimeout(_TIMEOUT_S)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ", 2)[1].decode("latin-1") if head.startswith(b"HTTP/") else "", body


def main() -> int:
    """Prints the reason and returns the exit code."""
    healthy, reason = check_health(os.environ)
    print(reason)
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main())
