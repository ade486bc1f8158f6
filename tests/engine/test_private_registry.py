"""A login of a private registry pulls an image that nobody else may pull."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "private-registry"
USER, PASSWORD = "puller", "let-me-pull-4711"
_V2 = "application/vnd.docker.distribution.manifest.v2+json"
_TYPES = {
    "config": "application/vnd.docker.container.image.v1+json",
    "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip",
}

Blobs = Mapping[str, tuple[str, bytes]]
"""Digest -> media type and content; the manifest also under its tag."""


def _blobs(image: docker.models.images.Image) -> Blobs:
    """An image as a registry serves it: https://distribution.github.io/distribution/spec/manifest-v2-2."""
    found: dict[str, tuple[str, bytes]] = {}

    def keep(kind: str, content: bytes) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        found[digest] = kind, content
        return {"mediaType": kind, "size": len(content), "digest": digest}

    with tarfile.open(fileobj=BytesIO(b"".join(image.save()))) as tar:

        def read(name: str) -> bytes:
            member = tar.getmember(name)
            # Equal layers are links to the first.
            inner = tar.extractfile(member)
            assert inner
            return inner.read()

        (listed,) = json.loads(read("manifest.json"))
        config = keep(_TYPES["config"], read(listed["Config"]))
        layers = [keep(_TYPES["layer"], gzip.compress(read(layer), 1)) for layer in listed["Layers"]]
    manifest = {"schemaVersion": 2, "mediaType": _V2, "config": config, "layers": layers}
    keep(_V2, content := json.dumps(manifest).encode())
    found["1"] = _V2, content
    return found


@pytest.fixture(scope="module")
def registry(host: docker.DockerClient) -> Iterator[str]:
    """Address of a registry that wants a login; the daemon speaks HTTP to this machine's own addresses."""
    blobs = _blobs(host.images.get(daemon.AGENT_HOST))
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Registry(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.headers["Authorization"] != wanted:
                self._answer(401, "application/json", b'{"errors": [{"code": "UNAUTHORIZED"}]}')
                return
            name = self.path.rpartition("/")[2]
            kind, content = ("application/json", b"{}") if self.path == "/v2/" else blobs.get(name, ("", b""))
            self._answer(200 if kind else 404, kind, content)

        do_HEAD = do_GET

        def _answer(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            self.send_header("WWW-Authenticate", 'Basic realm="trial"')
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if kind == _V2:
                self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(content).hexdigest()}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def stack(host: docker.DockerClient, registry: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A stack of one image of the registry, not deployed; its login has no password yet."""
    workspace = Workspace(tmp_path_factory.mktemp(NAME), NAME)
    image = f"{registry}/private/agent:1"
    workspace.write_group(NAME, a_group(image={"reference": image}))
    workspace.init()
    network = {"name": "private_registry_internal", "subnet": "10.210.240.0/24"}
    own = {
        "name": NAME,
        "network": network,
        "registries": {registry: {"username": USER, "secret_name": "registry-token"}},
    }
    workspace.write_stack({**machine(host), **own}, [NAME])
    try:
        yield workspace
    finally:
        workspace.destroy()
        if host.images.list(image):
            host.images.remove(image)


def test_the_image_is_pulled_with_the_login_and_its_password_is_shown_nowhere(
    stack: Workspace, host: docker.DockerClient, registry: str
) -> None:
    outcome = stack.preview()
    assert f"pulumi config set --stack {NAME} --secret secrets:registry-token" in outcome.text, outcome.text
    _set(stack, "another-password")
    refused = stack.up()
    assert refused.code != 0
    assert host.images.list(f"{registry}/private/agent:1") == []
    _set(stack, PASSWORD)
    deployed = stack.up("--diff")
    assert deployed.code == 0, deployed.text
    assert host.containers.get(NAME).attrs["Config"]["Image"] == f"{registry}/private/agent:1"
    again = stack.preview("--diff", "--expect-no-changes")
    assert again.code == 0, again.text
    texts = [refused.text, deployed.text, again.text, stack.pulumi("stack", "export", "--stack", NAME).text]
    texts += [file.read_text() for file in stack.folder.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    assert [text for text in texts if PASSWORD in text] == []


def _set(workspace: Workspace, value: str) -> None:
    outcome = workspace.shell(
        f"printf %s {value} | pulumi config set --stack {NAME} --secret secrets:registry-token --non-interactive"
    )
    assert outcome.code == 0, outcome.text
