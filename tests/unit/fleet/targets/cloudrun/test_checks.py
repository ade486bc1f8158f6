"""What Cloud Run would refuse is refused before: reported at its line, with the nearest valid value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.cloudrun_limits import FILE, limits
from fleet.model.base import NAME_LENGTH_MAX
from tests.unit.fleet.sky import GROUPS, SIDECAR, SMALL, faults, main, service

FRONT = "machine.cloud.services.front."
BRAIN = "machine.cloud.services.brain."
NO_VERSION = "is not a whole number; write a whole number from 1 to 1000000"
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "a name too long for its account": (
        {
            "groups": {
                "twenty-seven-characters-now": GROUPS["front"]
                | {"containers": {"main": {"build": {}, "agents": {"Another": {}}, **SMALL}}}
            }
        },
        "its service account run-twenty-seven-characters-now has 31 characters; an id has at most 30; shorten",
    ),
    "a region that Google does not have": (
        {"cloud": {"regions": ["europe-west4", "us-central9"]}},
        "machine.cloud.regions.1: us-central9 is not a region of Cloud Run; did you mean us-central1?",
    ),
    "a region that looks like none": (
        {"cloud": {"regions": ["europe-west4", "mars-pole1"]}},
        "machine.cloud.regions.1: mars-pole1 is not a region of Cloud Run; ",
    ),
    "HAMi without a cluster": (
        main("brain", gpu={"enforcement": "hami-core"}),
        'containers.main.gpu.enforcement: "hami-core" limits pods of a cluster only; an instance of sky has ',
    ),
    "a card of a PC": (
        main("brain", gpu={"card": "gpu0"}),
        "containers.main.gpu.card: sky has no card gpu0; drop it; ",
    ),
    "two cards": (
        main("brain", gpu={"cards": 2}),
        "containers.main.gpu.cards: 2 cards, but an instance of sky has one GPU; drop it, use a smaller model, or move "
        "the group to a Docker machine or a cluster",
    ),
    "all cards": (main("brain", gpu={"cards": "all"}), "containers.main.gpu.cards: all cards, but an instance of sky "),
    "a start that takes longer than an instance has": (
        main("brain", health={"start_period": "10m"}),
        "containers.main.health.start_period: 600 s are too long for sky: an instance that takes over 240 s is "
        "replaced; set it to 240s and bring what it loads in its image, or run the group on another target",
    ),
    "an infinite budget": ({"cloud": {"budget": {"monthly_usd": float("inf")}}}, "machine.cloud.budget.monthly_usd: "),
    "more money than there is": ({"cloud": {"budget": {"monthly_usd": 1e300}}}, "machine.cloud.budget.monthly_usd: "),
    "less CPU than the least": (
        service("front", cpu="79m", concurrency=1),
        f"{FRONT}cpu: 0.079 CPUs are not available (0.08 to 1, 2, 4, 6, 8); set it to 0.08",
    ),
    "CPU between one and two": (service("front", cpu=1.4), f"{FRONT}cpu: 1.4 CPUs are not available"),
    "CPU nearest to four": (service("front", cpu=5.0 - 0.5), "(0.08 to 1, 2, 4, 6, 8); set it to 4"),
    "CPU as near to two as to four": (service("front", cpu=3), "3 CPUs are not available (0.08 to 1, 2, 4, 6, 8)"),
    "five CPUs": (service("front", cpu=5, memory="4GiB"), "set it to 6"),
    "more CPU than the most": (service("front", cpu=9, memory="4GiB"), "9 CPUs are not available"),
    "memory over half a CPU": (
        service("front", cpu="499m", memory="513MiB", concurrency=1),
        f"{FRONT}memory: 513 MiB are too much for 0.499 CPUs (at most 512 MiB); set it to 512MiB, or cpu to 0.5",
    ),
    "memory over one CPU from a half": (
        service("front", cpu="500m", memory="1025MiB", concurrency=1),
        "1 025 MiB are too much for 0.5 CPUs (at most 1 024 MiB); set it to 1024MiB, or cpu to 1",
    ),
    "memory over one CPU": (
        service("front", cpu=1, memory="4097MiB"),
        "4 097 MiB are too much for 1 CPU (at most 4 096 MiB); set it to 4096MiB, or cpu to 2",
    ),
    "memory over two CPUs": (service("front", cpu=2, memory="8193MiB"), "set it to 8192MiB, or cpu to 4"),
    "memory over four CPUs": (service("front", cpu=4, memory="16385MiB"), "set it to 16384MiB, or cpu to 6"),
    "memory over six CPUs": (service("front", cpu=6, memory="24577MiB"), "set it to 24576MiB, or cpu to 8"),
    "memory over the most": (
        service("front", cpu=8, memory="32769MiB"),
        "32 769 MiB are too much for 8 CPUs (at most 32 768 MiB); set it to 32768MiB",
    ),
    "memory under four CPUs": (
        service("front", cpu=4, memory="2047MiB"),
        "2 047 MiB are too little for 4 CPUs (at least 2 048 MiB); set it to 2048MiB",
    ),
    "memory under six CPUs": (service("front", cpu=6, memory="4095MiB"), "set it to 4096MiB"),
    "memory under eight CPUs": (service("front", cpu=8, memory="4095MiB"), "set it to 4096MiB"),
    "memory under the least": (service("front", memory="511MiB"), "511 MiB are too little for 1 CPU (at least 512"),
    "memory under the least of less than a CPU": (
        service("front", cpu="80m", memory="127MiB", concurrency=1),
        "127 MiB are too little for 0.08 CPUs (at least 128 MiB)",
    ),
    "the group's own limits": (
        main("front", cpu={"limit": 3}),
        f"{FRONT}cpu: 3 CPUs are not available",
    ),
    "several requests on less than a CPU": (
        service("front", cpu="500m"),
        f"{FRONT}concurrency: 80 concurrent requests require at least 1 CPU (it has 0.5); set it to 1",
    ),
    "less than a CPU for as long as it runs": (
        service("front", cpu="500m", concurrency=1, billing="instance"),
        f'{FRONT}billing: "instance" requires at least 1 CPU (it has 0.5); set it to "request"',
    ),
    "too many requests": (
        service("front", concurrency=1001),
        f"{FRONT}concurrency: 1001 concurrent requests are too many; set it to 1000",
    ),
    "too long a request": (
        service("front", timeout="3601s"),
        f"{FRONT}timeout: 3601 s are too long for a request; the maximum is 3600 s; set it to 3600s",
    ),
    "too long a task": (
        service("store", kind="job", timeout="86401s"),
        "machine.cloud.services.store.timeout: 86401 s are too long for a task; the maximum is 86400 s",
    ),
    "a long variable": (
        main("front", env={"TEXT": "é" * 16384 + "x"}),
        "containers.main.env.TEXT: 32769 bytes are too many for a variable on sky; the maximum is 32768",
    ),
    "more instances than it may have": (
        service("front", min_instances=2),
        f"{FRONT}min_instances: 2 is above max_instances (1); set it to 1, or raise max_instances",
    ),
    "more instances than there can be": (
        service("front", max_instances=1001),
        f"{FRONT}max_instances: 1001 is above 1000; lower it",
    ),
    "a writer of which there may be two": (
        service("store", volumes={"facts": "bucket"}, max_instances=2),
        "machine.cloud.services.store.max_instances: 2 instances may run, but volumes.facts has a single writer",
    ),
    "too little CPU for a card": (
        service("brain", cpu=2),
        f"{BRAIN}cpu: 2 CPUs are not available with this card (at least 4, at most 8); set it to 4",
    ),
    "too little memory for a card": (
        service("brain", memory="16383MiB"),
        f"{BRAIN}memory: 16 383 MiB are too little for 4 CPUs with this card (at least 16 384 MiB)",
    ),
    "too little CPU for the large card": (
        service("brain", gpu="nvidia-rtx-pro-6000", cpu=19, memory="80GiB"),
        "19 CPUs are not available with this card (at least 20); set it to 20",
    ),
    "too little memory for the large card": (
        service("brain", gpu="nvidia-rtx-pro-6000", cpu=20, memory="81919MiB"),
        "81 919 MiB are too little for 20 CPUs with this card (at least 81 920 MiB)",
    ),
    "a card where there is none": (
        {"cloud": {"regions": ["europe-west4", "europe-north1"]}},
        'machine.cloud.regions: europe-north1 has no "nvidia-l4"; use asia-southeast1, europe-west1, europe-west4, '
        "us-east4, asia-south1 by invitation",
    ),
    "the large card where there is none": (
        service("brain", gpu="nvidia-rtx-pro-6000", cpu=20, memory="80GiB"),
        'machine.cloud.regions: europe-west1 has no "nvidia-rtx-pro-6000"',
    ),
    "a card paid by request": (
        service("brain", billing="request"),
        f'{BRAIN}billing: "request" is not available with a GPU; set it to "instance"',
    ),
    "a card kept warm": (
        service("brain", min_instances=1),
        f"{BRAIN}min_instances: 1 instance with a GPU always on, billed even when idle; set min_instances to 0",
    ),
    "a card that runs all the time": (
        service("brain", kind="worker-pool"),
        "make it a service or a job, or give a reason in idle_gpu_accepted",
    ),
    "a budget without a card": (
        service("brain", gpu=None, cpu=1, memory="1GiB"),
        "containers.main.gpu: a GPU budget, but sky gives it no GPU; set machine.cloud.services.brain.gpu",
    ),
    "a card without a budget": (
        main("brain", gpu=None, build={"variant": None}),
        f'{BRAIN}gpu: no container of brain has a budget for "nvidia-l4"',
    ),
    "two holders of a card": (
        {
            "groups": {
                "brain": {"containers": {"aid": {**GROUPS["brain"]["containers"]["main"], "agents": {"Aid": {}}}}}
            }
        },
        "containers.aid.gpu: main and aid each have a GPU budget, but only one container can hold an instance's GPU",
    ),
    "a limit above the card": (
        main("brain", gpu={"limit": "24577MiB"}),
        "containers.main.gpu.limit: 24 577 MiB exceed nvidia-l4 of sky, which has 24 576 MiB; lower it to at most "
        "24576MiB",
    ),
    "sidecars above the greatest instance": (
        {**service("front", cpu=8, memory="4GiB"), "groups": {"front": {"containers": {"meter": SIDECAR}}}},
        f"{FRONT}cpu: 8.5 CPUs with its sidecars are too many; an instance has at most 8; lower it, or a "
        "sidecar's, by 0.5",
    ),
    "sidecars' memory above what CPU allows": (
        {**service("front", cpu=1, memory="4GiB"), "groups": {"front": {"containers": {"meter": SIDECAR}}}},
        f"{FRONT}memory: with its sidecars, 4 224 MiB are too much for 1.5 CPUs (at most 4 096 MiB)",
    ),
    "a sidecar's CPU between the steps": (
        {"groups": {"front": {"containers": {"meter": {**SIDECAR, "cpu": {"limit": 1.5}}}}}},
        "containers.meter.cpu.limit: 1.5 CPUs are not available",
    ),
    "a service without a port": (
        {"groups": {"front": {"ports": {}}}},
        f'{FRONT}kind: front has no port, so it cannot be a service; set it to "worker-pool" or "job"',
    ),
    "a port that is not HTTP's": (
        {"groups": {"front": {"ports": {"main": {"port": 8000, "protocol": "udp"}}}}},
        "ports.main.protocol: udp is not supported on sky, which serves only HTTP",
    ),
    "a job that is called": (
        {**service("store", kind="job"), "groups": {"front": {"peers": ["store"]}}},
        "peers.0: store is a job on sky, which serves no requests; drop the peer, or set",
    ),
    "a worker pool that is called": (
        {**service("store", kind="worker-pool"), "groups": {"front": {"peers": ["store"]}}},
        "peers.0: store is a worker pool on sky, which serves no requests",
    ),
    "data that lies nowhere": (
        service("store", volumes={"facts": None}),
        "machine.cloud.services.store.volumes.facts: facts (data) has no backing; files of an instance are in memory "
        'and are lost with it; set it to "sql"',
    ),
    "a cache that lies nowhere": (
        service("store", volumes={"papers": None}),
        "volumes.papers: papers (cache) has no backing; files of an instance are in memory and are lost with it; "
        'set it to "bucket"',
    ),
    "a database in a bucket": (
        service("store", volumes={"facts": "bucket"}),
        'volumes.facts: "bucket" has no file locks, and facts has a single writer, such as a database; set it to "sql"',
    ),
    "a volume that the group lacks": (
        service("front", volumes={"facts": "sql"}),
        f"{FRONT}volumes.facts: facts is not a volume of front; name one of its volumes (it declares none)",
    ),
    "a secret without a version": (
        {"cloud": {"secrets": {"store-key": None}}},
        "containers.main.secrets.0: store-key has no version on sky; add machine.cloud.secrets.store-key",
    ),
    **{
        f"a secret of {keys}": ({"cloud": {"secrets": {"store-key": keys}}}, f"machine.cloud.secrets.store-key.{said}")
        for keys, said in (
            (dict(version="latest"), f'version: "latest" {NO_VERSION}'),
            (dict(version=0), "version: 0 is below 1; raise it"),
            (dict(version=1, rotation_days=0), "rotation_days: 0 is below 1; raise it"),
            (dict(version="hunter2"), f"version: (a secret, not shown) {NO_VERSION}"),
            (dict(version=["hunter2"]), f"version: (a secret, not shown) {NO_VERSION}"),
        )
    },
    "a secret that nobody uses": (
        {"cloud": {"secrets": {"other-key": {"version": 1}}}},
        "machine.cloud.secrets.other-key: no group of sky uses other-key; drop it",
    ),
    "a region in capitals": (
        {"cloud": {"regions": ["Europe"]}},
        'machine.cloud.regions.0: "Europe" has an invalid format',
    ),
    "a service of a stranger": (
        service("nobody"),
        "machine.cloud.services.nobody: nobody is not a group of sky; name one of its groups (front, brain, store)",
    ),
    "a front door to a stranger": (
        {"cloud": {"front_door": {"group": "nobody"}}},
        "machine.cloud.front_door.group: nobody is not a group of sky",
    ),
    "a front door to a job": (
        service("front", kind="job"),
        "machine.cloud.front_door.group: front is a job, which serves no requests; name a service",
    ),
    "a front door that is shut": (
        service("front", ingress="internal"),
        f'{FRONT}ingress: "internal" blocks the load balancer of front_door; set it to "load-balancer"',
    ),
    "a rollout of what answers nobody": (
        {
            **service("store", kind="worker-pool"),
            "groups": {"store": {"rollout": {"strategy": "blue-green"}, "volumes": {"facts": {"writers": "many"}}}},
            "rollouts": {"store": {"candidate": "docker.io/library/store:2", "percent": 100}},
        },
        "rollouts.store: store serves no requests on sky, so there are none to divide",
    ),
    "a rollout of what rolls": (
        {"rollouts": {"front": {"candidate": "docker.io/library/front:2", "percent": 10}}},
        'rollouts.front: front has the strategy "rolling", which runs one version',
    ),
    "a share for no version": ({"rollouts": {"front": {"percent": 10}}}, "percent 10 needs a candidate"),
    "checks that are too rare": (
        main("front", health={"interval": "3601s"}),
        "containers.main.health.interval: 3601 s are too long for a probe on sky; set it to 3600s or less",
    ),
    "requests that end before they do": (
        {"groups": {"front": {"load": {"seconds_per_request": 301}}}},
        "load.seconds_per_request: 301 s, but sky ends a request of front after 300 s; lower it, or raise",
    ),
    "concurrency of a job": (
        service("store", kind="job", concurrency=4),
        "machine.cloud.services.store.concurrency: has no effect on a job; drop it",
    ),
    "a timeout of a worker pool": (
        service("store", kind="worker-pool", timeout="10m"),
        "machine.cloud.services.store.timeout: has no effect on a worker pool; drop it",
    ),
    "a reason for an open door that is shut": (
        service("store", exposed="partners call it from anywhere"),
        'machine.cloud.services.store.exposed: has no effect with ingress "internal"; set it to "all", or drop it',
    ),
    "a reason for a warm card without a card": (
        service("store", idle_gpu_accepted="answers within a second"),
        "machine.cloud.services.store.idle_gpu_accepted: has no effect without gpu; set gpu, or drop it",
    ),
    "a size that all others override": (
        service("front", size="small", cpu=1, memory="1GiB", max_instances=2),
        f"{FRONT}size: has no effect: cpu, memory and max_instances all override it; drop it, or one of them",
    ),
    "alerts of no account": (
        {"cloud": {"budget": {"monthly_usd": 900, "billing_account": None, "alert_percents": [50]}}},
        "machine.cloud.budget.alert_percents: has no effect without billing_account; set it, or drop alert_percents",
    ),
    "alerts at nothing": (
        {"cloud": {"budget": {"monthly_usd": 900, "billing_account": "01ABCD-23EF45-678901", "alert_percents": []}}},
        "machine.cloud.budget.alert_percents: is empty, so that no alert is sent; name a percentage, or drop",
    ),
    "a candidate that is no other version": (
        {"cloud": {"secrets": {"store-key": {"version": 2, "candidate_version": 2}}}},
        "candidate_version: 2 is also version, so that it has no effect; set another, or drop it",
    ),
    "a front door with a name of a LAN": (
        {"cloud": {"front_door": {"host": "flow.local"}}},
        'front_door.host: "flow.local" is not a name on the internet, so that nobody signs a certificate',
    ),
    "images nobody can pull": (
        {"images": {}},
        "images.registry: sky cannot pull the images of front, brain, store, which are built on one machine; "
        "set images.registry, such as europe-west4-docker.pkg.dev/sky-project/fleet",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cloud_run_refuses_is_reported_with_the_fix(name: str, tmp_path: Path) -> None:
    changes, says = CASES[name]
    found = faults(tmp_path, **changes)
    assert any(says in fault for fault in found), "\n".join(found)


ONE_REQUEST = {"concurrency": 1}
_JOB = {"nightly": {"containers": {"main": {"build": {}, "agents": {"Sweep": {}}, "restart": "no", **SMALL}}}}
_NIGHTLY = {"kind": "job", "timeout": "20m", "invokers": ["user:owner@example.org"]}
LEGAL: dict[str, dict[str, Any]] = {
    "as it is": {},
    "who may run a job": {"groups": _JOB, "cloud": {"services": {"nightly": _NIGHTLY}}},
    "the least": service("front", cpu="80m", memory="128MiB", **ONE_REQUEST),
    "the most of the least": service("front", cpu="499m", memory="512MiB", **ONE_REQUEST),
    "half a CPU": service("front", cpu="500m", memory="1GiB", **ONE_REQUEST),
    "just under one CPU": service("front", cpu="999m", memory="1GiB", **ONE_REQUEST),
    "one CPU": service("front", cpu=1, memory="4GiB"),
    "two CPUs": service("front", cpu=2, memory="8GiB"),
    "four CPUs and little memory": service("front", cpu=4, memory="2GiB"),
    "four CPUs": service("front", cpu=4, memory="16GiB"),
    "six CPUs and little memory": service("front", cpu=6, memory="4GiB"),
    "six CPUs": service("front", cpu=6, memory="24GiB"),
    "eight CPUs and little memory": service("front", cpu=8, memory="4GiB"),
    "the greatest": service("front", cpu=8, memory="32GiB", concurrency=1000, timeout="3600s"),
    "the longest task": service("store", kind="job", timeout="86400s"),
    "the longest variable": main("front", env={"TEXT": "x" * 32768}),
    "a named size": service("front", size="large", min_instances=50),
    "the large card": {
        "cloud": {
            "regions": ["europe-west4", "asia-south2"],
            "services": {"brain": {"gpu": "nvidia-rtx-pro-6000", "cpu": 20, "memory": "80GiB"}},
        }
    },
    "all of a card": main("brain", gpu={"limit": "24GiB"}),
    "a warm card with a reason": service("brain", min_instances=1, idle_gpu_accepted="answers within a second"),
    "a group without ports as a job": {**service("store", kind="job"), "groups": {"store": {"ports": {}}}},
    "sidecars within bounds": {"groups": {"front": {"containers": {"meter": SIDECAR}}}},
    "a cache that is only read": {
        **service("store", volumes={"papers": None}),
        **main("store", mounts={"papers": {"path": "/content", "read_only": True}}),
    },
    "the rarest check": main("front", health={"interval": "3600s"}),
    "a candidate before the version": {"cloud": {"secrets": {"store-key": {"version": 2, "candidate_version": 1}}}},
    "the longest request": {"groups": {"front": {"load": {"seconds_per_request": 300}}}},
    "a share of requests": {
        "groups": {"front": {"rollout": {"strategy": "canary", "steps": [{"percent": 10}, {"percent": 100}]}}},
        "rollouts": {"front": {"candidate": "docker.io/library/front:2", "percent": 10}},
    },
    "a budget without a card where no cards are given": {
        **service("brain", gpu=None, cpu=1, memory="1GiB"),
        "without_gpu": True,
    },
}


@pytest.mark.parametrize("name", LEGAL)
def test_what_cloud_run_takes_is_taken(name: str, tmp_path: Path) -> None:
    assert faults(tmp_path, **LEGAL[name]) == []


def test_every_figure_names_where_it_was_read() -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert str(data.pop("as_of")) >= "2026"
    for name, figure in data.items():
        assert figure["source"] == "unverified" or figure["source"].startswith("https://"), name


def test_a_group_cannot_have_a_name_too_long_for_a_service() -> None:
    assert limits().name_length_max >= NAME_LENGTH_MAX


def test_the_nearest_cpu_is_legal_itself() -> None:
    for card in (None, *limits().gpus.values()):
        for millicores in range(1, 25_000, 7):
            nearest = limits().nearest_cpu(millicores, card)
            assert limits().nearest_cpu(nearest, card) == nearest
            least, most = limits().memory_range(nearest, card)
            assert most is None or least <= most


def test_variables_that_cloud_run_sets_are_refused(tmp_path: Path) -> None:
    taken = []
    for name in (
        "K_SERVICE", "K_REVISION", "K_CONFIGURATION", "CLOUD_RUN_JOB", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_X",
        "X_GOOGLE_FOO",
    ):  # fmt: skip
        found = faults(tmp_path, **main("front", env={name: "x"}))
        start = f"containers.main.env.{name}: is reserved on sky: Cloud Run sets it; "
        taken += [] if len(found) == 1 and found[0].startswith(start) else [name]
    assert taken == []
    message = (
        "containers.main.env.PORT: Cloud Run sets it to the port of front (8000) on sky; set it to 8000, or remove it"
    )
    assert faults(tmp_path, **main("front", env={"PORT": "9090"})) == [message]
    assert faults(tmp_path, **main("front", env={"PORT": "8000", "GOOGLE_CLOUD_PROJECT": "x", "K_X": "x"})) == []


def test_a_subnet_needs_a_network_and_a_network_a_subnet(tmp_path: Path) -> None:
    for given, lacking in (("network", "subnet"), ("subnet", "network")):
        message = f"machine.cloud.{given}: has no effect without {lacking}; set machine.cloud.{lacking} too, or drop it"
        assert faults(tmp_path, cloud={given: "private"}) == [message]
    assert faults(tmp_path, cloud={"network": "private", "subnet": "here"}) == []


def test_a_repository_is_one_of_github(tmp_path: Path) -> None:
    wrong = [
        name
        for name in (
            "../..",
            "owner/..",
            "owner/.",
            "./x",
            "owner",
            "a/b/c",
            "-a/b",
            "a-/b",
            "a--b/c",
            "a.b/c",
            "a/b.git",
            "https://github.com/a/b",
            "a/",
            "a/b c",
        )
        if not any(
            "is not a repository on GitHub" in each for each in faults(tmp_path, cloud={"build_repository": name})
        )
    ]
    assert wrong == []
    for name in ("owner/name", "a/b", "My-Org2/my.repo_x-1"):
        assert faults(tmp_path, cloud={"build_repository": name}) == []
