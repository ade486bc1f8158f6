"""GitHub's REST interface as far as the scripts use it, on loopback; its lists come in pages as there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.ci.github import Repository

TOKEN = "a-token-of-this-test"  # noqa: S105  (no real one)
BOT = {"type": "Bot", "login": "github-actions[bot]"}
PERSON = {"type": "User", "login": "owner"}


@dataclass
class Api:
    """What the repository holds, and every call that changed it."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    writes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    address: str = ""

    def repository(self, token: str = TOKEN) -> Repository:
        """As a step of a workflow sees it."""
        return Repository.of(self.environment(token))

    def environment(self, token: str = TOKEN) -> dict[str, str]:
        """The variables a runner sets."""
        return {
            "GITHUB_TOKEN": token,
            "GITHUB_API_URL": self.address,
            "GITHUB_REPOSITORY": "owner/project",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "7",
        }

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        """Status and content."""
        parts = path.removeprefix("/repos/owner/project/").split("/")
        if method != "GET":
            self.writes.append((method, "/".join(parts), body))
        match method, parts:
            case "GET", ["issues"]:
                return 200, _page([i for i in self.issues if i["state"] == query["state"][0]], query)
            case "GET", ["issues", _, "comments"]:
                return 200, _page(self.comments, query)
            case "POST", ["issues"]:
                return 201, _added(self.issues, {**body, "number": len(self.issues) + 1, "state": "open"})
            case "POST", ["issues", _, "comments"]:
                return 201, _added(self.comments, {**body, "id": len(self.comments) + 1})
            case "PATCH", ["issues", "comments", number]:
                return 200, _changed(self.comments, "id", int(number), body)
            case "PATCH", ["issues", number]:
                return 200, _changed(self.issues, "number", int(number), body)
        return 404, {"message": "Not Found"}


def _page(items: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    size, page = int(query["per_page"][0]), int(query["page"][0])
    return items[size * (page - 1) : size * page]


def _added(items: list[dict[str, Any]], item: dict[str, Any]) -> dict[str, Any]:
    items.append({**item, "user": BOT})
    return items[-1]


def _changed(items: list[dict[str, Any]], key: str, number: int, body: dict[str, Any]) -> dict[str, Any]:
    item = next(item for item in items if item[key] == number)
    item.update(body)
    return item


@contextmanager
def github() -> Iterator[Api]:
    """A running one; it refuses every token but TOKEN, as GitHub refuses one that may not write."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            if self.headers["Authorization"] == f"Bearer {TOKEN}":
                status, content = api.answer(self.command, parts.path, parse_qs(parts.query), body)
            else:
                status, content = 403, {"message": "Resource not accessible by integration"}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
