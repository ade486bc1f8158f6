"""Secrets as variables, on a real daemon: encrypted in the state, shown nowhere, replaced when they change."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import POLICY_PACK, ROOT, Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "secret-variables"
VALUE, OTHER = "open-sesame-4711", "open-barley-4712"
FILE_VALUE = "of-the-file-4713"
SERVE = """
import http.server, os
class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        key = os.environ["GATEWAY_MASTER_KEY"]
        self.send_response(200 if self.headers["Authorization"] == key else 401)
        self.end_headers()
http.server.HTTPServer(("", 4000), Gateway).serve_forever()
"""
"""A gateway that reads its key from the environment, and from no file."""

STATUS = """
import sys, urllib.error, urllib.request as r
try:
    print(r.urlopen(r.Request("http://127.0.0.1:4000/", headers={"Authorization": sys.argv[1]})).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.fixture(scope="module")
def gateway(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The stack of a gateway, not deployed; its secret has no value yet."""
    folder = tmp_path_factory.mktemp(NAME)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "db-password").write_text(FILE_VALUE)
    workspace = Workspace(folder / "project", NAME)
    group = a_group(
        image={"reference": daemon.AGENT_HOST},
        command=["python3", "-c", SERVE],
        health={"command": ["python3", "-c", STATUS, "any"], "interval": "5s"},
        secrets={"master-key": {"env": "GATEWAY_MASTER_KEY"}, "db-password": {"file_env": "POSTGRES_PASSWORD_FILE"}},
    )
    del group["containers"]["main"]["agents"]
    group["containers"]["main"]["env_file"] = ["settings/gateway.env"]
    (workspace.folder / "settings").mkdir()
    (workspace.folder / "settings" / "gateway.env").write_text("GREETING='a # b' # literal\n")
    workspace.write_group(NAME, group)
    workspace.init()
    network = {"name": "secret_variables_internal", "subnet": "10.210.241.0/24"}
    own = {"name": NAME, "network": network, "secrets_folder": str(folder / "secrets")}
    workspace.write_stack({**machine(host), **own}, [NAME])
    # Every folder above is private to the tests' user.
    for parent in (folder, *folder.parents):
        if parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    try:
        yield workspace
    finally:
        workspace.destroy()


def test_a_secret_without_a_value_ends_the_preview_with_the_command_for_it(gateway: Workspace) -> None:
    outcome = gateway.preview()
    assert outcome.code != 0
    assert f"  pulumi config set --stack {NAME} --secret secrets:master-key" in outcome.text
    assert "Traceback" not in outcome.text
    checked = _fleet(gateway, "doctor", NAME, "--json").stdout
    assert f"is not in Pulumi.{NAME}.yaml" in checked


def test_the_program_gets_its_key_and_nothing_else_shows_it(gateway: Workspace, host: docker.DockerClient) -> None:
    texts = [_set(gateway, VALUE)]
    texts += [gateway.preview("--diff", "--policy-pack", str(POLICY_PACK)).text]
    deployed = gateway.up("--policy-pack", str(POLICY_PACK))
    assert deployed.code == 0, deployed.text
    container = host.containers.get(NAME)
    assert [_status(container, key) for key in (VALUE, OTHER)] == ["200", "401"]
    read = container.exec_run(["sh", "-c", 'cat "$POSTGRES_PASSWORD_FILE"'])
    assert read.output.decode() == FILE_VALUE
    assert container.exec_run(["sh", "-c", 'printf %s "$GREETING"']).output.decode() == "a # b"
    again = gateway.preview("--diff", "--expect-no-changes")
    assert again.code == 0, again.text
    verified = _fleet(gateway, "verify", NAME, "--json")
    assert verified.returncode == 0, verified.stdout
    assert "GATEWAY_MASTER_KEY with a value each" in verified.stdout
    checked = _fleet(gateway, "doctor", NAME, "--json").stdout
    assert f"in Pulumi.{NAME}.yaml, encrypted" in checked
    texts += [checked, deployed.text, again.text, verified.stdout, _fleet(gateway, "plan", NAME, "--json").stdout]
    texts += [gateway.pulumi("stack", "export", "--stack", NAME).text]
    texts += [file.read_text() for file in gateway.folder.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    assert [text for text in texts if VALUE in text] == []
    assert 'env_secrets holds "GATEWAY_MASTER_KEY"' in deployed.text


def test_another_value_replaces_the_container(gateway: Workspace, host: docker.DockerClient) -> None:
    _set(gateway, VALUE)
    assert gateway.up().code == 0
    before = host.containers.get(NAME).id
    _set(gateway, OTHER)
    outcome = gateway.up("--diff")
    assert outcome.code == 0, outcome.text
    container = host.containers.get(NAME)
    assert container.id != before
    assert [_status(container, key) for key in (VALUE, OTHER)] == ["401", "200"]
    assert VALUE not in outcome.text
    assert OTHER not in outcome.text


def _set(workspace: Workspace, value: str) -> str:
    outcome = workspace.shell(
        f"printf %s {value} | pulumi config set --stack {NAME} --secret secrets:master-key --non-interactive"
    )
    assert outcome.code == 0, outcome.text
    return outcome.text


def _status(container: docker.models.containers.Container, key: str) -> str:
    answer: str = container.exec_run(["python3", "-c", STATUS, key]).output.decode().strip()
    return answer


def _fleet(workspace: Workspace, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from cli.group import app; app(sys.argv[1:])"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(workspace.folder)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=workspace.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
