"""A Kubernetes control plane on this machine: etcd, API server, scheduler and controllers, without any kubelet.

What it admits, refuses, schedules, counts against quotas and rolls out is real; that a container runs is not
(`tests.kubernetes.nodes` plays kubelets that say so).
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kubernetes.client import Client

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = ROOT / ".state/lab/bin"
"""Where tools/lab/control-plane puts what it builds."""

_NEEDED = ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager")
_PATIENCE_S = 60
_TOOLS = ("openssl", "setpriv")
_USERS = {
    "admin": "system:masters",
    "system:kube-scheduler": "",
    "system:kube-controller-manager": "",
}
"""User -> its group. RBAC knows these names."""


class ClusterError(Exception):
    """The control plane does not start; the message says why."""


@dataclass(frozen=True)
class Cluster:
    """A control plane that answers."""

    client: Client
    """Speaks as the administrator."""
    kubeconfig: Path
    """The same for other programs: `KUBECONFIG`."""


def missing() -> str | None:
    """What keeps a control plane from running here; None where nothing does."""
    lacking = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)} is not installed"
    if not all((PROGRAMS / name).is_file() for name in _NEEDED):
        return "no Kubernetes control plane is built; tools/lab/control-plane builds it"
    return None


@contextmanager
def control_plane(folder: Path) -> Iterator[Cluster]:
    """A control plane on loopback. Nothing of it is left afterwards but what it wrote into the folder.

    Raises ClusterError.
    """
    store, peers, port = _free_ports(3)
    tokens = {user: secrets.token_hex(16) for user in _USERS}
    rows = (f"{tokens[user]},{user},{user},{group}".rstrip(",") for user, group in _USERS.items())
    _private(folder / "tokens.csv", "\n".join(rows) + "\n")
    key = folder / "service-accounts.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    with ExitStack() as running:

        def start(program: str, arguments: Mapping[str, object]) -> _Program:
            return running.enter_context(_running(folder, program, arguments))

        etcd = start("etcd", _etcd(folder, store, peers))
        server = start("kube-apiserver", _api_server(folder, store, port, key))
        # The server signs its own certificate, and writes its authority next to it.
        authority = folder / "certificates/apiserver.crt"
        client = Client(f"https://127.0.0.1:{port}", authority, tokens["admin"])
        _until_ready(client, (etcd, server))
        for program, user, more in (
            ("kube-scheduler", "system:kube-scheduler", {}),
            ("kube-controller-manager", "system:kube-controller-manager", _controllers(key)),
        ):
            theirs = _kubeconfig(folder / f"{program}.kubeconfig", Client(client.url, authority, tokens[user]))
            start(program, {"kubeconfig": theirs, "leader-elect": "false", "secure-port": 0, **more})
        yield Cluster(client, _kubeconfig(folder / "kubeconfig", client))


def _etcd(folder: Path, port: int, peers: int) -> Mapping[str, object]:
    return {
        "data-dir": folder / "etcd",
        "listen-client-urls": f"http://127.0.0.1:{port}",
        "advertise-client-urls": f"http://127.0.0.1:{port}",
        "listen-peer-urls": f"http://127.0.0.1:{peers}",
        "initial-advertise-peer-urls": f"http://127.0.0.1:{peers}",
        "initial-cluster": f"default=http://127.0.0.1:{peers}",
        # It need not outlive a power cut.
        "unsafe-no-fsync": "true",
    }


def _api_server(folder: Path, store: int, port: int, key: Path) -> Mapping[str, object]:
    """Its default admission has what matters here: Pod Security, quotas, limit ranges, priorities, service accounts."""
    return {
        "etcd-servers": f"http://127.0.0.1:{store}",
        "bind-address": "127.0.0.1",
        "secure-port": port,
        # Never used, but it must be no loopback address, and a machine without a network has no other.
        "advertise-address": "192.0.2.1",
        "endpoint-reconciler-type": "none",
        "cert-dir": folder / "certificates",
        "token-auth-file": folder / "tokens.csv",
        "authorization-mode": "RBAC",
        # As in any cluster: whether a pod may be privileged is for Pod Security to say.
        "allow-privileged": "true",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": key,
        "service-account-signing-key-file": key,
        "service-cluster-ip-range": "10.96.0.0/16",
    }


def _controllers(key: Path) -> Mapping[str, object]:
    return {
        "service-account-private-key-file": key,
        "use-service-account-credentials": "true",
        # Played kubelets renew no lease: no node is lost for that.
        "node-monitor-grace-period": "24h",
        "pvclaimbinder-sync-period": "1s",
    }


@dataclass(frozen=True)
class _Program:
    """One of ours that runs, and where it logs."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def ended(self) -> str | None:
        """How it ended; None while it runs."""
        code = self.process.poll()
        return None if code is None else f"{self.name} ended with code {code}: {self.last_words()}"

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def stop(self) -> None:
        """Ends it, kindly if it listens."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _running(folder: Path, name: str, arguments: Mapping[str, object]) -> Iterator[_Program]:
    flags = [f"--{flag}={value}" for flag, value in arguments.items()]
    # Should the tests be killed, it goes with them.
    command = ["setpriv", "--pdeathsig", "KILL", str(PROGRAMS / name), *flags]
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
    program = _Program(name, log, process)
    try:
        yield program
    finally:
        program.stop()


def _until_ready(client: Client, programs: Sequence[_Program]) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while not client.is_ready():
        for program in programs:
            if ending := program.ended():
                raise ClusterError(ending)
        if time.monotonic() > give_up:
            msg = f"the API server is not ready after {_PATIENCE_S} s: {programs[-1].last_words()}"
            raise ClusterError(msg)
        time.sleep(0.05)


def _kubeconfig(path: Path, client: Client) -> Path:
    """Writes what a Kubernetes client needs to speak as one user. JSON is YAML."""
    cluster = {"server": client.url, "certificate-authority": str(client.authority)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": "lab", "user": {"token": client.token}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "lab"}}],
        "current-context": "lab",
    }
    _private(path, json.dumps(content, indent=2))
    return path


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]
