"""Ready images, started their own way on a real daemon: stand-ins for images that people really run."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from tests import daemon
from tests.docker.lab import compose_call
from tests.levels import need
from tests.unit.builders import LATER

pytestmark = pytest.mark.docker

STACK = "readytrial"
MACHINE = {
    "name": STACK,
    "title": "Trial of ready images",
    "class": "laptop",
    "arch": "amd64",
    "connection": daemon.SOCKET,
    "cpus": 1,
    "memory": "2GiB",
    "memory_reserve": "512MiB",
    "timezone": "Asia/Tokyo",
    "network": {"name": f"{STACK}_internal", "subnet": "10.210.229.0/24"},
}
_PYTHON = f'FROM {daemon.AGENT_HOST}\nUSER 0:0\nENV HOME=\nENTRYPOINT ["python3"]\n'
IMAGES = {
    "python": _PYTHON,
    "supervised": f"FROM {daemon.AGENT_HOST}\n"
    "USER 0:0\n"
    r"""RUN printf '#!/bin/sh\n[ $$ = 1 ] || { echo "can only run as pid 1" >&2; exit 100; }\nexec sleep 3600\n' """
    "> /init && chmod 755 /init\n"
    'ENTRYPOINT ["/init"]\n',
    "modelbox": f"FROM {daemon.AGENT_HOST}\n"
    "USER 0:0\n"
    "ENV HOME=/root\n"
    'RUN mkdir -p /root/.modelbox\nENTRYPOINT ["sleep"]\nCMD ["3600"]\n',
}
"""Name -> Dockerfile: an interpreter with no user of the container's id, a supervisor, a store below root's home."""

_AS_ROOT = {
    "run_as": "0:0",
    "read_only_root": False,
    "exceptions": {
        "run_as": {"reason": "the image keeps its files below root's home", "until": LATER},
        "read_only_root": {"reason": "the image writes below root's home", "until": LATER},
    },
}
_COMPILED = (
    "import ctypes, glob, shutil, time\n"
    "made = glob.glob('/lib/*-linux-gnu/libz.so.1') + glob.glob('/lib/*-linux-gnu/libc.so.6')\n"
    "for folder in ('/kernels', '/tmp'):\n"
    "    try:\n"
    "        ctypes.CDLL(shutil.copy(made[0], folder + '/kernel.so'))\n"
    "        print(folder, 'loads', flush=True)\n"
    "    except OSError:\n"
    "        print(folder, 'refuses', flush=True)\n"
    "time.sleep(3600)\n"
)
"""What a compiler of kernels does: it writes a shared object into its cache and loads it."""
_STORES = (
    "import time, pathlib\n"
    "while True:\n"
    "    try:\n"
    "        pathlib.Path('/store/storage/x').write_text('kept')\n"
    "    except OSError:\n"
    "        pass\n"
    "    time.sleep(0.1)\n"
)
"""Keeps its data in a folder that its image does not have."""
_WAIT = "import time; time.sleep(3600)"


def a_group(image: str, volumes: dict[str, Any] | None = None, **main: Any) -> dict[str, Any]:
    """A group of one small container."""
    container = {
        "image": {"reference": f"fleet.local/ready-{image}:1", "platforms": ["amd64"]},
        "memory": {"request": "64MiB", "limit": "256MiB"},
        "cpu": {"request": "50m", "limit": "500m"},
        "health": {"command": ["true"], "interval": "2s"},
        "stop_grace": "1s",
        **main,
    }
    return {"volumes": volumes or {}, "containers": {"main": container}}


GROUPS = {
    "own-way": a_group(
        "modelbox",
        entrypoint=["python3", "-c"],
        command=["import time, os; print(os.getcwd(), os.isatty(1), flush=True); time.sleep(3600)"],
        working_dir="/scratch",
        tty=True,
        labels={"traefik.enable": "true"},
        env={"discovery.type": "single-node"},
    ),
    "supervised": a_group("supervised", init=False, hardening=_AS_ROOT),
    "model-box": a_group(
        "modelbox",
        {"box-models": {"kind": "cache"}},
        mounts={"box-models": {"path": "/root/.modelbox"}},
        hardening=_AS_ROOT,
    ),
    "as-image": a_group(
        "modelbox",
        {"as-image-models": {"kind": "cache"}},
        mounts={"as-image-models": {"path": "/root/.modelbox"}},
        hardening={"as_image": {"reason": "the image starts as root and drops to its user", "until": LATER}},
    ),
    "kernels": a_group(
        "python",
        command=["-c", _COMPILED],
        hardening={"tmpfs": {"/tmp": "16MiB", "/kernels": "64MiB"}, "executable": ["/kernels"]},
    ),
    "stored": a_group(
        "python",
        {"stored-data": {"kind": "scratch"}},
        command=["-c", _STORES],
        mounts={"stored-data": {"path": "/store/storage"}},
    ),
    "nameless": a_group(
        "python",
        command=["-c", f"import getpass; print(getpass.getuser(), flush=True); {_WAIT}"],
        timezone="Asia/Kathmandu",
    ),
}


class Trial:
    """The deployed stack."""

    def __init__(self, folder: Path, client: docker.DockerClient) -> None:
        self.folder, self.client = folder, client
        (folder / "groups" / "trial").mkdir(parents=True)
        shutil.copy(daemon.ROOT / "Pulumi.yaml", folder)
        config = {"pulumi:disable-default-providers": ["*"], "fleet:machine": MACHINE, "fleet:groups": list(GROUPS)}
        (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}))
        for name, group in GROUPS.items():
            (folder / f"groups/trial/{name}.yaml").write_text(yaml.safe_dump(group))

    def fleet(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the `fleet` command in the project."""
        program = Path(sys.executable).parent / "fleet"
        return subprocess.run([program, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def compose(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs Docker Compose on the exported file."""
        call = compose_call()
        assert call is not None
        file = self.folder / "out" / "compose.yaml"
        return subprocess.run([*call, "-f", str(file), *arguments], capture_output=True, text=True, check=False)

    def log(self, name: str) -> str:
        """What a container printed."""
        return str(self.client.containers.get(name).logs().decode())

    def run(self, name: str, *command: str) -> str:
        """What a command prints in a container."""
        code, output = self.client.containers.get(name).exec_run(list(command))
        assert code == 0, output.decode()
        return str(output.decode()).strip()


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The stack, exported and brought up."""
    need("docker", daemon.missing() or (None if compose_call() else "Docker Compose is missing; tools/lab/compose"))
    client = daemon.client()
    tags = [f"fleet.local/ready-{name}:1" for name in IMAGES]
    for tag, text in zip(tags, IMAGES.values(), strict=True):
        client.images.build(fileobj=BytesIO(text.encode()), tag=tag, rm=True)
    trial = Trial(tmp_path_factory.mktemp(STACK), client)
    exported = trial.fleet("export", "compose", STACK, "-o", "out")
    assert exported.returncode == 0, exported.stderr + exported.stdout
    try:
        started = trial.compose("up", "--detach", "--wait")
        assert started.returncode == 0, started.stderr
        yield trial
    finally:
        trial.compose("down", "--volumes", "--timeout", "1")
        for tag in tags:
            client.images.remove(tag)


def test_verify_finds_them_as_planned(trial: Trial) -> None:
    done = trial.fleet("verify", STACK, "--json")
    checks = json.loads(done.stdout)["checks"]
    assert [check for check in checks if check["status"] == "wrong"] == []
    assert ("own-way", "program") in {(check["subject"], check["check"]) for check in checks}


def test_a_program_starts_as_its_group_says(trial: Trial) -> None:
    assert trial.log("own-way").split() == ["/scratch", "True"]
    attributes = trial.client.containers.get("own-way").attrs
    assert attributes["Config"]["Labels"]["traefik.enable"] == "true"
    assert "discovery.type=single-node" in attributes["Config"]["Env"]


def test_a_supervisor_is_process_1(trial: Trial) -> None:
    assert trial.run("supervised", "cat", "/proc/1/comm") == "sleep"
    assert trial.client.containers.get("supervised").attrs["RestartCount"] == 0


def test_files_below_home_are_in_the_volume(trial: Trial) -> None:
    fill = 'dd if=/dev/zero of="$HOME/.modelbox/m.bin" bs=1M count=100 2>/dev/null; stat -c %s /root/.modelbox/m.bin'
    assert trial.run("model-box", "sh", "-c", fill) == str(100 * 1024**2)


def test_an_image_keeps_its_user_root_and_capabilities_and_nothing_else(trial: Trial) -> None:
    assert trial.run("as-image", "sh", "-c", "touch /etc/x && chown 33 /etc/x && stat -c %u /etc/x && id -u") == "33\n0"
    status = dict(line.split(":\t") for line in trial.run("as-image", "cat", "/proc/1/status").splitlines())
    assert status["NoNewPrivs"].strip() == "1"
    host = trial.client.containers.get("as-image").attrs["HostConfig"]
    assert (host["CapDrop"], host["CapAdd"], host.get("Tmpfs")) == (None, None, None)
    assert host["Memory"] == host["MemorySwap"] == 256 * 1024**2
    assert {limit["Name"] for limit in host["Ulimits"]} == {"nproc", "nofile"}


def test_a_user_without_a_name_has_one(trial: Trial) -> None:
    assert trial.log("nameless").strip() == "agent"


def test_a_compiled_kernel_is_loaded_from_an_executable_folder_only(trial: Trial) -> None:
    assert trial.log("kernels").split("\n")[:2] == ["/kernels loads", "/tmp refuses"]


def test_the_header_has_the_command_that_gives_a_volume_to_its_user(trial: Trial) -> None:
    assert trial.run("stored", "stat", "-c", "%u", "/store/storage") == "0"
    header = (trial.folder / "out" / "compose.yaml").read_text().partition("services:")[0].splitlines()
    (command,) = [line.removeprefix("#").strip() for line in header if "--volumes-from stored " in line]
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    time.sleep(1)
    assert trial.run("stored", "cat", "/store/storage/x") == "kept"


def test_the_time_zone_is_the_containers_else_the_machines(trial: Trial) -> None:
    assert trial.run("nameless", "printenv", "TZ") == "Asia/Kathmandu"
    assert trial.run("supervised", "printenv", "TZ") == "Asia/Tokyo"
