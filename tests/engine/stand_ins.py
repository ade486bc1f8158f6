"""Small images in place of those that the examples run: the same user, folders, programs, ports and needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from tarfile import TarFile, TarInfo
from tarfile import open as open_tar

import docker

from tests import daemon

_PREFIX = "fleet.local/stand-in-"

_SERVE = """
import http.server, os, pathlib, sys
def serve(port, key=None):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            known = key is None or "/health" in self.path or self.headers["Authorization"] == f"Bearer {key}"
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(b"{}")
        def log_message(self, *_): pass
    http.server.ThreadingHTTPServer(("", port), Handler).serve_forever()
"""
_CURL = """#!/usr/bin/env python3
import sys, urllib.request
urllib.request.urlopen(sys.argv[-1], timeout=5)
"""
_OLLAMA = """#!/usr/bin/env python3
import os, pathlib, sys, urllib.request
sys.path.insert(0, "/lib/stand-in")
if sys.argv[1] == "list":
    urllib.request.urlopen("http://127.0.0.1:11434/api/tags", timeout=5)
else:
    home = pathlib.Path(os.environ["HOME"], ".ollama")
    home.mkdir(exist_ok=True)
    (home / "id_ed25519").write_text("of this machine")
    pathlib.Path(os.environ["OLLAMA_MODELS"], "blobs").mkdir(exist_ok=True)
    from serving import serve
    serve(11434)
"""
_WEB_PAGE = """
import os, pathlib, sys, urllib.request
sys.path.insert(0, "/lib/stand-in")
assert os.environ["WEBUI_SECRET_KEY"]
pathlib.Path("/app/backend/static/page.css").write_text("copied at each start")
pathlib.Path("/app/backend/data/webui.db").write_text("accounts")
urllib.request.urlopen(os.environ["OLLAMA_BASE_URL"] + "/api/tags", timeout=5)
from serving import serve
serve(8080)
"""
_DATABASE = """#!/usr/bin/env python3
import os, pathlib, socketserver, time
data = pathlib.Path(os.environ["PGDATA"])
data.mkdir(exist_ok=True)
data.chmod(0o700)
password = pathlib.Path(os.environ["POSTGRES_PASSWORD_FILE"]).read_text().strip()
pathlib.Path("/var/run/postgresql/.s.PGSQL.5432").touch()
time.sleep(3)  # A new database is made before the server listens.
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        given, _, verb = self.rfile.readline().decode().strip().partition(" ")
        if given != password:
            answer = "refused"
        elif verb == "migrate":
            (data / "tables").touch()
            answer = "done"
        else:
            answer = "tables" if (data / "tables").exists() else "none"
        self.wfile.write(answer.encode())
socketserver.ThreadingTCPServer(("", 5432), Session).serve_forever()
"""
_IS_READY = """#!/usr/bin/env python3
import socket, sys
socket.create_connection((sys.argv[sys.argv.index("-h") + 1], 5432), 3).close()
"""
_CACHE = """#!/usr/bin/env python3
import socketserver
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.readline()
        self.wfile.write(b"+PONG")
socketserver.ThreadingTCPServer(("", 6379), Session).serve_forever()
"""
_CACHE_CLIENT = """#!/usr/bin/env python3
import socket
with socket.create_connection(("127.0.0.1", 6379), 3) as server:
    server.sendall(b"PING\\n")
    assert server.recv(8) == b"+PONG"
"""
_GATEWAY = """#!/usr/bin/env python3
import os, pathlib, socket, sys
sys.path.insert(0, "/lib/stand-in")
def database(verb):
    with socket.create_connection((os.environ["DATABASE_HOST"], 5432), 5) as server:
        server.sendall(f"{os.environ['DATABASE_PASSWORD']} {verb}\\n".encode())
        return server.recv(64).decode()
pathlib.Path("/app/prisma-client").write_text("generated")
if "--skip_server_startup" in sys.argv:
    assert os.environ["DISABLE_SCHEMA_UPDATE"] == "false"
    sys.exit(database("migrate") != "done")
assert os.environ["DISABLE_SCHEMA_UPDATE"] == "true" and os.environ["LITELLM_SALT_KEY"]
assert "type: redis" in pathlib.Path(sys.argv[sys.argv.index("--config") + 1]).read_text()
socket.create_connection((os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"])), 5).close()
assert database("tables?") == "tables"
from serving import serve
serve(4000, os.environ["LITELLM_MASTER_KEY"])
"""
_MODEL_SERVER = """
import os, pathlib, sys
sys.path.insert(0, "/lib/stand-in")
assert "--tensor-parallel-size=2" in sys.argv
hub = pathlib.Path(os.environ["HF_HOME"], "hub")
hub.mkdir(parents=True, exist_ok=True)
(hub / "weights").write_text("downloaded")
space = os.statvfs("/dev/shm")
assert space.f_blocks * space.f_frsize >= 2**30
from serving import serve
serve(8000)
"""


@dataclass(frozen=True)
class StandIn:
    """An image of someone else: its programs by path, and the rest of its Dockerfile. It starts as root."""

    programs: Mapping[str, str]
    lines: str
    made: tuple[str, ...] = field(default=())
    """Commands that prepare its folders."""

    def build(self, client: docker.DockerClient, reference: str) -> None:
        """Builds it under a name."""
        files = {**self.programs, "/lib/stand-in/serving.py": _SERVE}
        prepared = " && ".join(["true", *self.made])
        copied = "".join(f"COPY .{path} {path}\n" for path in files)
        head = f"FROM {daemon.AGENT_HOST}\nUSER 0:0\nENV HOME=\nHEALTHCHECK NONE\nENTRYPOINT []\nCMD []\n"
        context = BytesIO()
        with open_tar(fileobj=context, mode="w") as tar:
            _add(tar, "Dockerfile", f"{head}{copied}RUN {prepared}\n{self.lines}")
            for path, text in files.items():
                _add(tar, path.removeprefix("/"), text)
        context.seek(0)
        client.images.build(fileobj=context, custom_context=True, tag=reference, rm=True)


def _add(tar: TarFile, name: str, text: str) -> None:
    entry = TarInfo(name)
    entry.size, entry.mode = len(text.encode()), 0o755
    tar.addfile(entry, BytesIO(text.encode()))


STAND_INS = {
    _PREFIX + "ollama": StandIn(
        {"/bin/ollama": _OLLAMA},
        'ENV OLLAMA_HOST=0.0.0.0:11434 NVIDIA_VISIBLE_DEVICES=all\nENTRYPOINT ["/bin/ollama"]\nCMD ["serve"]\n',
    ),
    _PREFIX + "open-webui": StandIn(
        {"/usr/bin/curl": _CURL, "/app/backend/start.py": _WEB_PAGE},
        'ENV HOME=/root\nWORKDIR /app/backend\nCMD ["python3", "start.py"]\n',
        ("mkdir -p /app/backend/data /app/backend/static",),
    ),
    _PREFIX + "postgres": StandIn(
        {"/usr/local/bin/docker-entrypoint.sh": _DATABASE, "/usr/bin/pg_isready": _IS_READY},
        'VOLUME /var/lib/postgresql/data\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\n',
        (
            "mkdir -p /var/lib/postgresql/data /run/postgresql",
            "chown 999:999 /var/lib/postgresql/data /run/postgresql",
            "chmod 1777 /var/lib/postgresql/data",
            "chmod 3777 /run/postgresql",
        ),
    ),
    _PREFIX + "redis": StandIn(
        {"/usr/local/bin/redis-server": _CACHE, "/usr/local/bin/redis-cli": _CACHE_CLIENT},
        'VOLUME /data\nWORKDIR /data\nCMD ["redis-server"]\n',
    ),
    _PREFIX + "litellm-database": StandIn(
        {"/usr/local/bin/litellm": _GATEWAY},
        'WORKDIR /app\nENTRYPOINT ["litellm"]\nCMD ["--port", "4000"]\n',
    ),
    _PREFIX + "vllm-openai": StandIn(
        {"/usr/bin/curl": _CURL, "/server.py": _MODEL_SERVER},
        'ENTRYPOINT ["python3", "/server.py"]\n',
    ),
}
"""Repository -> its image."""


def stand_in_of(reference: str) -> str:
    """The image that replaces another, with its name and tag, and without its registry: the daemon may have it."""
    return _PREFIX + reference.rpartition("/")[2]
