"""The daemon's answers, as Docker 20.10 and later give them, turned into facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cli.doctor.facts import NeighbourFacts
from cli.doctor.read_daemon import daemon_facts, neighbour_facts
from cli.verify.facts import Binding, StateFacts, Use
from cli.verify.read_docker import container_facts, use_facts
from tests.unit.cli.trial_machine import MIB

NOW = datetime(2026, 11, 21, 17, 30, 0, tzinfo=UTC)


def inspected(**changes: dict[str, Any]) -> dict[str, Any]:
    """What `docker inspect` shows of a container, without what nobody reads; `changes` by section."""
    shown: dict[str, Any] = {
        "Id": "3d996f",
        "Name": "/local-memory-stack",
        "Image": "sha256:afa8f6",
        "RestartCount": 2,
        "State": {
            "Status": "running",
            "Running": True,
            "OOMKilled": False,
            "ExitCode": 0,
            "Error": "",
            "StartedAt": "2026-11-21T17:22:53.164499048Z",
            "FinishedAt": "0001-01-01T00:00:00Z",
            "Health": {"Status": "healthy", "Log": [{"Output": "first"}, {"Output": "healthy:\n 3 agents\n"}]},
        },
        "Config": {
            "User": "10001:10001",
            "Image": "fleet.local/agent-host:0.1.0",
            "Healthcheck": {"Test": ["CMD", "python3", "-m", "agent_host.health"]},
            "Labels": {"com.docker.compose.project.config_files": "/srv/compose.yaml"},
        },
        "HostConfig": {
            "PortBindings": {"8000/tcp": [{"HostIp": "192.168.9.10", "HostPort": "8100"}]},
            "CapAdd": ["CAP_NET_RAW"],
            "CapDrop": ["ALL"],
            "IpcMode": "private",
            "Privileged": False,
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges:true"],
            "Tmpfs": {"/tmp": "rw,size=64m"},
            "ShmSize": 67108864,
            "CpuShares": 512,
            "Memory": 268435456,
            "MemorySwap": 268435456,
            "NanoCpus": 500000000,
            "Devices": [{"PathOnHost": "/dev/snd", "PathInContainer": "/dev/snd", "CgroupPermissions": "rwm"}],
            "DeviceRequests": [{"Driver": "nvidia", "DeviceIDs": ["0"], "Capabilities": [["gpu", "compute"]]}],
            "Ulimits": [
                {"Name": "nofile", "Hard": 4096, "Soft": 4096},
                {"Name": "nproc", "Hard": 16384, "Soft": 16384},
            ],
            "Init": True,
        },
        "NetworkSettings": {
            "Ports": {"8000/tcp": [{"HostIp": "192.168.9.10", "HostPort": "8100"}], "9000/tcp": None},
            "Networks": {"local_internal": {"IPAddress": "10.210.250.4"}},
        },
        "Mounts": [
            {"Type": "volume", "Name": "local-memory-data", "Source": "/x/_data", "Destination": "/data", "RW": True},
            {"Type": "bind", "Source": "/srv/fleet/secrets/key", "Destination": "/run/secrets/key", "RW": False},
        ],
    }
    for section, values in changes.items():
        shown[section] = {**shown[section], **values}
    return shown


def test_a_container() -> None:
    facts = container_facts(inspected(), NOW)
    assert (facts.name, facts.image, facts.image_id) == (
        "local-memory-stack",
        "fleet.local/agent-host:0.1.0",
        "sha256:afa8f6",
    )
    assert facts.state == StateFacts("running", "healthy", "healthy: 3 agents", 426.835501, 0, False, "", 2)
    assert facts.runs
    assert facts.user == "10001:10001"
    assert facts.host == inspected()["HostConfig"]
    assert facts.health_test == ("CMD", "python3", "-m", "agent_host.health")
    assert facts.networks == {"local_internal": "10.210.250.4"}
    assert facts.ports == {Binding("192.168.9.10", 8100, 8000, "tcp")}
    assert facts.mounts == {
        "/data": ("local-memory-data", False),
        "/run/secrets/key": ("/srv/fleet/secrets/key", True),
    }
    assert facts.gpu_devices == {"0"}
    assert facts.gpu_capabilities == {"gpu", "compute"}
    assert facts.compose_file == "/srv/compose.yaml"


def test_a_container_that_ended_counts_from_its_end_and_shows_what_it_would_open() -> None:
    state = {"Status": "exited", "Running": False, "ExitCode": 137, "FinishedAt": "2026-11-21T17:29:50.5Z"}
    facts = container_facts(inspected(State=state, NetworkSettings={"Ports": {}}), NOW)
    assert (facts.runs, facts.state.since_s, facts.state.exit_code) == (False, 9.5, 137)
    assert facts.ports == {Binding("192.168.9.10", 8100, 8000, "tcp")}


def test_a_container_that_never_started() -> None:
    state = {"Status": "created", "Running": False, "Health": None}
    host = dict.fromkeys(("PortBindings", "CapAdd", "SecurityOpt", "Tmpfs", "Devices", "DeviceRequests", "Ulimits"))
    facts = container_facts(inspected(State=state, HostConfig=host, Config={"Healthcheck": None}), NOW)
    assert (facts.state.status, facts.state.health, facts.health_test) == ("created", "", ())
    assert (facts.ports, facts.gpu_devices) == (frozenset(), frozenset())


def test_a_port_that_is_open_everywhere() -> None:
    everywhere = {"8000/udp": [{"HostIp": "", "HostPort": "8100"}]}
    facts = container_facts(inspected(NetworkSettings={"Ports": everywhere}), NOW)
    assert facts.ports == {Binding("0.0.0.0", 8100, 8000, "udp")}  # noqa: S104


def test_a_moment_may_come_with_an_offset_and_any_number_of_digits() -> None:
    facts = container_facts(inspected(State={"StartedAt": "2026-11-21T18:29:00+01:00"}), NOW)
    assert facts.state.since_s == 60.0


def stats(**changes: Any) -> dict[str, Any]:
    """What `docker stats` is made of."""
    return {
        "read": "2026-11-21T17:30:22.5Z",
        "preread": "2026-11-21T17:30:21.5Z",
        "cpu_stats": {"cpu_usage": {"total_usage": 2_250_000_000}},
        "precpu_stats": {"cpu_usage": {"total_usage": 2_000_000_000}},
        "memory_stats": {"usage": 20 * MIB, "stats": {"total_inactive_file": 6 * MIB, "inactive_file": MIB}},
        **changes,
    }


def test_what_a_container_takes() -> None:
    assert use_facts(stats()) == Use(14 * MIB, 250.0)


def test_cgroup_v2_names_the_file_cache_otherwise() -> None:
    memory = {"usage": 20 * MIB, "stats": {"inactive_file": 6 * MIB}}
    assert use_facts(stats(memory_stats=memory)).memory == 14 * MIB


def test_a_kernel_that_does_not_count_gives_no_figures() -> None:
    assert use_facts(stats(memory_stats={}, precpu_stats={})) == Use(None, None)
    # A container that has just ended.
    assert (
        use_facts(stats(preread="0001-01-01T00:00:00Z", cpu_stats={"cpu_usage": {"total_usage": 0}})).cpu_millicores
        is None
    )


def info(**changes: Any) -> dict[str, Any]:
    """What `docker info` shows, without what nobody reads."""
    return {
        "MemoryLimit": True,
        "SwapLimit": False,
        "CpuCfsQuota": True,
        "IPv4Forwarding": True,
        "LoggingDriver": "json-file",
        "CgroupVersion": "1",
        "Architecture": "x86_64",
        "NCPU": 2,
        "MemTotal": 25276514304,
        "DockerRootDir": "/var/lib/docker",
        "Runtimes": {"runc": {}, "nvidia": {}},
        "LiveRestoreEnabled": True,
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"],
        **changes,
    }


VERSION = {"Version": "20.10.24", "ApiVersion": "1.41", "Arch": "amd64", "Components": [{"Name": "Engine"}]}


def test_a_daemon() -> None:
    facts = daemon_facts(info(), VERSION)
    assert (facts.version, facts.api_version, facts.engine, facts.arch) == ("20.10.24", "1.41", "Docker", "amd64")
    assert (facts.cpus, facts.memory_mib, facts.root) == (2, 24105, "/var/lib/docker")
    assert (facts.memory_limit, facts.swap_limit, facts.cpu_limit, facts.forwarding) == (True, False, True, True)
    assert facts.security == {"apparmor": "", "seccomp": "default"}
    assert facts.runtimes == {"runc", "nvidia"}
    assert (facts.cdi_devices, facts.pools) == (None, ())


def test_a_newer_daemon_lists_cdi_devices_and_its_pools() -> None:
    more = info(
        DiscoveredDevices=[{"Source": "cdi", "ID": "nvidia.com/gpu=0"}],
        DefaultAddressPools=[{"Base": "10.0.0.0/8", "Size": 24}],
    )
    facts = daemon_facts(more, VERSION)
    assert facts.cdi_devices == frozenset({"nvidia.com/gpu=0"})
    assert facts.pools == ("10.0.0.0/8",)


def test_podman_gives_less() -> None:
    version = {"Version": "4.9.3", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine"}]}
    facts = daemon_facts({"NCPU": 2, "MemTotal": MIB, "Architecture": "aarch64"}, version)
    assert (facts.engine, facts.arch, facts.cgroup_version, facts.security) == ("Podman", "arm64", "", {})


def test_a_neighbour() -> None:
    listed = {
        "Id": "1",
        "Names": ["/web"],
        "Labels": None,
        "Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8100, "Type": "tcp"},  # noqa: S104
            {"PrivatePort": 81, "Type": "tcp"},
        ],
    }
    assert neighbour_facts(listed) == NeighbourFacts("web", {}, frozenset({("0.0.0.0", 8100, "tcp")}), id="1")  # noqa: S104
