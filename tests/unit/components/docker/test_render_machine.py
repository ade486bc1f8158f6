"""Rendering for Docker: a test per trap of budgets, life cycle, network, volumes and the connection to the daemon."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from pathlib import Path

import pulumi_docker as docker
import pytest

from components.docker.render import render_network, render_provider, render_volume
from tests.unit.builders import (
    STACKS,
    agent_containers,
    assert_accepted,
    faults_of,
    planned,
    swap,
    under,
    write_project,
)
from tests.unit.components.rendered import Rendered, accepted_names, all_rendered, changed, every_container


@every_container
def test_memory_comes_with_an_equal_swap_limit(rendered: Rendered) -> None:
    """Without memory_swap the daemon stores twice the memory, and every preview shows a change."""
    assert rendered["memory"] == rendered["memory_swap"] > 0
    assert "memory_reservation" not in rendered


@every_container
def test_extra_hosts_are_ipv4(rendered: Rendered) -> None:
    """An IPv6 address is read back split at its colons, and the container is replaced after a refresh."""
    for entry in rendered["hosts"]:
        assert str(IPv4Address(entry["ip"])) == entry["ip"]
        assert entry["host"]


@every_container
def test_init_is_stated(rendered: Rendered) -> None:
    """Unset, the provider sends false and overrides the daemon's own default."""
    assert rendered["init"] is True


@every_container
def test_restart_always_has_no_retry_count(rendered: Rendered) -> None:
    """Together they are refused when the container is created."""
    assert rendered["restart"] == "always"
    assert "max_retry_count" not in rendered


def test_restart_on_failure_is_counted(tmp_path: Path) -> None:
    change = under("{request: 500m", "    restart: on-failure", "    restarts_max: 3")
    rendered = changed(tmp_path, "pc2", "tutor-suite-cpu", tutor_suite_cpu=change)
    assert (rendered["restart"], rendered["max_retry_count"]) == ("on-failure", 3)


@every_container
def test_a_container_is_said_to_run(rendered: Rendered) -> None:
    assert rendered["must_run"] is True


@every_container
def test_the_provider_does_not_wait_and_a_health_check_is_there(rendered: Rendered) -> None:
    """Its own wait is an error without a health check, and sees an exited container only at its timeout."""
    assert rendered["wait"] is False
    kind, *command = rendered["healthcheck"]["tests"]
    assert kind == "CMD"
    assert command
    assert rendered["healthcheck"]["retries"] >= 3


def test_agents_are_checked_by_their_host_without_any_other_tool() -> None:
    for stack in STACKS:
        for found in agent_containers(stack):
            tests = all_rendered()[found.name]["healthcheck"]["tests"]
            assert tests == ["CMD", "python3", "-m", "agent_host.health"]


def test_durations_are_written_as_go_prints_them() -> None:
    health = all_rendered()["core-platform"]["healthcheck"]
    assert (health["interval"], health["timeout"], health["start_period"]) == ("30s", "10s", "1m0s")


@pytest.mark.parametrize(
    ("given", "printed"),
    [("59s", "59s"), ("60s", "1m0s"), ("90s", "1m30s"), ("5m", "5m0s"), ("3600s", "1h0m0s"), ("3661s", "1h1m1s")],
)
def test_a_longer_duration_is_written_as_go_prints_it(tmp_path: Path, given: str, printed: str) -> None:
    change = under("{request: 500m", f"    health: {{interval: {given}}}")
    rendered = changed(tmp_path, "pc2", "tutor-suite-cpu", tutor_suite_cpu=change)
    assert rendered["healthcheck"]["interval"] == printed


def test_a_secret_is_mounted_as_a_read_only_file_of_the_machine(tmp_path: Path) -> None:
    """The provider cannot upload a file into a read-only root, and an environment is open to who may inspect it."""
    change = under("{request: 500m", "    secrets: [tutor-key]")
    rendered = changed(tmp_path, "pc2", "tutor-suite-cpu", tutor_suite_cpu=change)
    assert rendered["mounts"][-1] == {
        "type": "bind",
        "source": "/srv/fleet/secrets/tutor-key",
        "target": "/run/secrets/tutor-key",
        "read_only": True,
    }


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        ("1.44", {"start_interval": "1s", "interval": "30s", "retries": 3}),
        ("1.43", {"interval": "5s", "retries": 18}),
    ],
)
def test_a_start_interval_is_sent_only_to_a_daemon_that_knows_it(
    tmp_path: Path, api: str, expected: dict[str, object]
) -> None:
    """An older one refuses it: there, probes come often all the time, with as many more retries."""
    change = swap('docker_api: "1.44"', f'docker_api: "{api}"')
    health = changed(tmp_path, "pc2", "tutor-suite-cpu", pc2=change)["healthcheck"]
    assert {key: health[key] for key in health if key in ("start_interval", "interval", "retries")} == expected


def test_a_health_check_has_an_interval(tmp_path: Path) -> None:
    change = under("{request: 500m", "    health: {interval: 0s}")
    assert faults_of(write_project(tmp_path, tutor_suite_cpu=change)) != []


@every_container
def test_mounts_have_no_volume_options(rendered: Rendered) -> None:
    """Daemons before API 1.45 refuse them, empty ones too."""
    for mount in rendered["mounts"]:
        assert mount.keys() == {"type", "source", "target", "read_only"}
        assert mount["type"] == "volume"
    assert "volumes" not in rendered


@every_container
def test_the_network_mode_is_stated_and_the_network_is_ours(rendered: Rendered) -> None:
    """Unset, some daemons store `default` and others `bridge`."""
    assert rendered["network_mode"] == "bridge"
    (network,) = rendered["networks_advanced"]
    assert network["name"] in {"mainpc_internal", "pc2_internal", "local_internal"}
    assert network["aliases"] == [rendered["hostname"]]


@every_container
def test_logs_are_bounded_whatever_the_daemons_own_settings(rendered: Rendered) -> None:
    assert rendered["log_driver"] == "json-file"
    assert rendered["log_opts"] == {"max-size": "10m", "max-file": "3"}


@every_container
def test_a_container_has_time_to_stop(rendered: Rendered) -> None:
    """The provider ignores stop_timeout when it deletes: without destroy_grace_seconds it kills at once."""
    assert rendered["destroy_grace_seconds"] == rendered["stop_timeout"] >= 10


@every_container
def test_a_published_port_names_its_address(rendered: Rendered) -> None:
    """Without one it is 0.0.0.0, past the host's firewall."""
    for port in rendered.get("ports", []):
        assert port.keys() == {"internal", "external", "ip", "protocol"}
        assert port["ip"] in {"192.168.1.10", "192.168.1.20"}
    assert "publish_all_ports" not in rendered


@every_container
def test_a_container_has_a_name_of_its_own(rendered: Rendered) -> None:
    """Without one the provider adds a random suffix; the daemon wants two characters at least."""
    assert re.fullmatch(r"[a-z][a-z0-9-]+", rendered["name"])


@every_container
def test_processes_are_limited_in_the_one_way_the_provider_has(rendered: Rendered) -> None:
    assert {"name": "nproc", "soft": 16384, "hard": 16384} in rendered["ulimits"]


@every_container
def test_open_files_are_limited_below_what_daemons_are_started_with(rendered: Rendered) -> None:
    assert {"name": "nofile", "soft": 16384, "hard": 16384} in rendered["ulimits"]


@every_container
def test_processor_time_is_text_and_never_period_and_quota(rendered: Rendered) -> None:
    """Changes of period and quota are reported as updated and never applied."""
    assert float(rendered["cpus"]) > 0
    assert isinstance(rendered["cpus"], str)
    assert not {"cpu_period", "cpu_quota"} & rendered.keys()
    assert rendered["cpu_shares"] >= 2


@pytest.mark.parametrize("stack", ["mainpc", "pc2"])
def test_calls_over_ssh_share_one_connection_and_check_the_host_key(stack: str) -> None:
    """sshd refuses the burst of connections of a whole stack."""
    rendered = render_provider(planned(stack).machine)
    assert rendered["host"] == planned(stack).machine.connection
    options = rendered["ssh_opts"]
    assert options[::2] == ["-o"] * (len(options) // 2)
    assert {"ControlMaster=auto", "ControlPersist=60s"} <= set(options[1::2])
    assert [option for option in options if option.startswith("ControlPath=") and "%C" in option]
    assert not [option for option in options if "StrictHostKeyChecking" in option or "UserKnownHostsFile" in option]


def test_a_local_daemon_needs_no_ssh() -> None:
    assert render_provider(planned("local").machine) == {"host": "unix:///var/run/docker.sock"}


def test_a_network_has_a_name_and_a_subnet_of_its_own() -> None:
    assert render_network(planned("pc2").machine.network) == {
        "name": "pc2_internal",
        "driver": "bridge",
        "ipam_configs": [{"subnet": "10.210.2.0/24", "gateway": "10.210.2.1"}],
    }
    assert render_network(planned("pc2").machine.network).keys() <= accepted_names(docker.Network)


def test_a_smaller_subnet_has_its_own_gateway(tmp_path: Path) -> None:
    fleet = assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", "10.210.2.128/25")).fleet
    (ipam,) = render_network(planned("pc2", fleet).machine.network)["ipam_configs"]
    assert ipam == {"subnet": "10.210.2.128/25", "gateway": "10.210.2.129"}


def test_a_bound_volume_is_a_volume_too() -> None:
    rendered = render_volume(planned("pc2").volumes["system-logs"])
    assert rendered["driver_opts"] == {"type": "none", "o": "bind", "device": "/data/logs"}
    assert rendered.keys() <= accepted_names(docker.Volume)


def test_a_named_volume_has_no_options_and_says_how_many_may_write() -> None:
    rendered = render_volume(planned("pc2").volumes["reasoning-memory"])
    assert "driver_opts" not in rendered
    assert rendered["name"] == "pc2-reasoning-memory"
    assert {"label": "fleet.volume.writers", "value": "one"} in rendered["labels"]


def test_each_mount_is_of_a_volume_of_its_stack() -> None:
    names = {volume.name for stack in STACKS for volume in planned(stack).volumes.values()}
    sources = {mount["source"] for rendered in all_rendered().values() for mount in rendered["mounts"]}
    assert sources == names
