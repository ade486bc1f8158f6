"""A stand-in for Google's APIs on loopback: it takes what their own descriptions allow, keeps it, and gives it back.

It is no emulator. It checks no rights, quotas or names, starts no container, and ends every operation at once. What it
shows is that the provider's requests are ones the APIs know, and that what was sent and comes back, without what is
zero, is no difference.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.google.documents import Method, camel_case, faults, find
from tests.google.store import Answer, Store

ENDPOINTS = {
    "ARTIFACT_REGISTRY": "artifactregistry/v1",
    "BILLING_BUDGETS": "billingbudgets/v1",
    "CLOUD_BUILD": "cloudbuild/v1",
    "CLOUD_RUN_V2": "run/v2",
    "COMPUTE": "compute/compute/beta",
    "IAM_BETA": "iam/v1",
    "LOGGING": "logging/v2",
    "MONITORING": "monitoring",
    "PUBSUB": "pubsub/v1",
    "RESOURCE_MANAGER": "cloudresourcemanager/v1",
    "SECRET_MANAGER": "secretmanager/v1",
    "SERVICE_USAGE": "serviceusage/v1beta1",
    "SQL": "sqladmin/sql/v1beta4",
    "STORAGE": "storage/storage/v1",
}
"""The provider's name of an API -> its path here: the API, then the path on its own host."""


@dataclass(frozen=True)
class Request:
    """What came in: an API's method, its path below the API's host, and its body."""

    method: Method
    path: str
    query: Mapping[str, str]
    body: Any


@dataclass
class Google:
    """The stand-in: what it keeps, what was asked, and what no description allows."""

    port: int
    store: Store
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    """Hosts that somebody wanted to reach through us."""

    def environment(self) -> dict[str, str]:
        """What makes the provider come here with a token that nobody issued, and go nowhere else."""
        here = f"http://127.0.0.1:{self.port}"
        return {
            **{f"GOOGLE_{name}_CUSTOM_ENDPOINT": f"{here}/{path}/" for name, path in ENDPOINTS.items()},
            "GOOGLE_OAUTH_ACCESS_TOKEN": "nobody-issued-this",
            "HTTPS_PROXY": here,
        }

    def changes(self) -> list[Request]:
        """The requests that change something, and no policies."""
        return [r for r in self.requests if r.method.http != "GET" and "IamPolicy" not in r.method.id]

    def answer(self, http: str, target: str, body: Any) -> Answer:
        """Checks a request against the API's description, and does what it says."""
        url = urlsplit(target)
        api, _, path = unquote(url.path).lstrip("/").partition("/")
        query = {camel_case(name): values[-1] for name, values in parse_qs(url.query).items()}
        method = find(api, http, path)
        if method is None:
            self.faults.append(f"{http} {target}: the API has no such request")
            return Answer(404, {"error": {"code": 404, "message": "no such request"}})
        self.requests.append(Request(method, path, query, body))
        self.faults += [f"{method.id}: no parameter {name}" for name in sorted({*query} - method.query)]
        if body is not None and method.request:
            self.faults += [f"{method.id}: {fault}" for fault in faults(body, method.request, method.schemas)]
        return self.store.answer(method, path, query, body or {})


@contextmanager
def google() -> Iterator[Google]:
    """The stand-in, for as long as it is needed."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.google
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.google = Google(self.server_address[1], Store())
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A provider that has ended leaves its connections as they are; any other fault is ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            answer = self.server.google.answer(self.command, self.path, json.loads(text) if text.strip() else None)
        self._send(answer.code, answer.body)

    def _send(self, code: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

    def do_CONNECT(self) -> None:
        self.server.google.outside.append(self.path)
        self._send(403, {"error": {"code": 403, "message": "nothing outside is reached from a test"}})

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the tests do."""
