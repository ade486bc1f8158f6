"""Readers: each property of each shape ends up where rules look for it, and nothing of the wrong shape does."""

from __future__ import annotations

from typing import Any

import pytest

from policy.readers.stack import stack_view
from policy.views.container import ContainerView, Mount, PublishedPort
from policy.views.registered import UNKNOWN, Registered
from policy.views.scalars import as_flag, as_text, as_whole
from tests.policy.builders import container, docker_properties, machine, network, provider, volume


def _read(**properties: Any) -> ContainerView:
    (view,) = stack_view([Registered("docker:index/container:Container", "agent", "", inputs=properties)]).containers
    return view


def test_a_hardened_container_is_read_in_full() -> None:
    view = _read(**docker_properties())
    assert (view.subject, view.name, view.target) == ("agent", "agent", "docker")
    assert view.capabilities_dropped == ("ALL",)
    assert view.memory_limit_mib == 1024
    assert view.cpu_limit == 1.5
    assert view.process_limit == 16384
    assert view.networks == ("mainpc_internal",)
    assert view.env == (("BIND_ADDRESS", "0.0.0.0"), ("CONTAINER_ROLE", "vision_gpu"))  # noqa: S104
    assert view.mounts == (Mount("mainpc-cache", "/cache", "volume", True), Mount("", "/tmp", "tmpfs", memory_mib=64))
    assert view.labels["fleet.container"] == "main"
    assert view.unknown == frozenset()


def test_an_empty_container_is_read_as_absent() -> None:
    assert _read() == ContainerView(subject="agent", target="docker", name="agent")


def test_an_explicit_name_is_the_container_s() -> None:
    assert _read(name="vision-gpu").name == "vision-gpu"


@pytest.mark.parametrize(
    ("properties", "mount"),
    [
        ({"volumes": [{"hostPath": "/a", "containerPath": "/b", "readOnly": True}]}, Mount("/a", "/b", "bind", True)),
        ({"volumes": [{"volumeName": "a", "containerPath": "/b"}]}, Mount("a", "/b", "volume")),
        ({"volumes": [{"volumeName": "/a", "containerPath": "/b"}]}, Mount("/a", "/b", "bind")),
        ({"volumes": [{"fromContainer": "x", "containerPath": "/b"}]}, Mount("", "/b", "volume")),
        ({"mounts": [{"type": "bind", "source": "/a", "target": "/b"}]}, Mount("/a", "/b", "bind")),
        ({"mounts": [{"type": "tmpfs", "target": "/b"}]}, Mount("", "/b", "tmpfs")),
        ({"mounts": [{"source": "a", "target": "/b"}]}, Mount("a", "/b", "volume")),
    ],
)
def test_each_way_to_mount_is_read(properties: dict[str, Any], mount: Mount) -> None:
    assert _read(**properties).mounts == (mount,)


def test_ports_are_read_from_an_engine_s_floats() -> None:
    view = _read(ports=[{"internal": 8000.0, "external": 9000.0, "ip": "192.168.1.10"}])
    assert view.ports == (PublishedPort("192.168.1.10", 9000, 8000, "tcp"),)


def test_the_job_of_a_container_is_read_from_two_properties() -> None:
    assert _read(mustRun=False).one_shot
    assert not _read(mustRun=False, restart="always").one_shot
    assert not _read(mustRun=True).one_shot


@pytest.mark.parametrize(
    ("property_name", "field"),
    [
        ("image", "image"),
        ("user", "user"),
        ("privileged", "privileged"),
        ("readOnly", "read_only_root"),
        ("memory", "memory_limit_mib"),
        ("cpus", "cpu_limit"),
        ("ulimits", "process_limit"),
        ("securityOpts", "seccomp"),
        ("securityOpts", "no_new_privileges"),
        ("capabilities", "capabilities_dropped"),
        ("networkMode", "host_network"),
        ("networkMode", "networks"),
        ("networksAdvanced", "networks"),
        ("pidMode", "host_pid"),
        ("ipcMode", "host_ipc"),
        ("mounts", "mounts"),
        ("volumes", "mounts"),
        ("tmpfs", "mounts"),
        ("devices", "devices"),
        ("ports", "ports"),
        ("hosts", "extra_hosts"),
        ("logDriver", "log_bounded"),
        ("healthcheck", "health_check"),
        ("restart", "restart"),
        ("mustRun", "restart"),
        ("envs", "env"),
        ("command", "args"),
        ("gpus", "gpu"),
        ("deviceRequests", "gpu"),
        ("runtime", "gpu_runtime"),
        ("labels", "labels"),
    ],
)
@pytest.mark.parametrize("hidden", [pytest.param(UNKNOWN, id="unknown"), pytest.param("[secret]", id="hidden")])
def test_what_cannot_be_seen_is_named(property_name: str, field: str, hidden: object) -> None:
    view = _read(**{property_name: hidden})
    assert field in view.unknown
    assert view == ContainerView(subject="agent", target="docker", name="agent", unknown=view.unknown)


def test_an_unknown_entry_makes_its_list_unknown_and_keeps_the_others() -> None:
    view = _read(envs=["A=1", UNKNOWN], mounts=[{"type": "bind", "source": UNKNOWN, "target": "/b"}])
    assert view.env == (("A", "1"),)
    assert view.unknown == {"env", "mounts"}


def test_a_network_without_a_name_yet_is_a_network_all_the_same() -> None:
    view = _read(networksAdvanced=[{"name": UNKNOWN}, {"name": "bridge"}])
    assert view.networks == ("",)
    assert view.unknown == frozenset()


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (True, None), (None, None), ([], None), (10**40, None)],
)
def test_texts(value: object, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("7", 7),
        (7.9, 7),
        (" 7 ", 7),
        ("7x", None),
        (True, None),
        (float("inf"), None),
        ("nan", None),
        (10**40, None),
        ({}, None),
    ],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert as_whole(value) == number


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), ("TRUE", True), (1.0, True), ("no", False), (0, False), (None, False), ([1], False)],
)
def test_flags(value: object, flag: bool) -> None:
    assert as_flag(value) is flag


def test_a_machine_is_read_from_what_its_component_published() -> None:
    (view,) = stack_view([machine(startAfter={"b": ["a", 7]})]).machines
    assert (view.name, view.memory_mib, view.memory_reserve_mib) == ("mainpc", 8192, 2048)
    assert view.lan_address == "192.168.1.10"
    assert (view.cards[0].name, view.cards[0].capacity_mib, view.cards[0].mps_uid) == ("gpu0", 24564, 10001)
    assert view.start_after == {"b": ("a", "7")}


def test_a_machine_of_another_target_is_read_alike() -> None:
    other = Registered("fleet:podman:PodmanMachine", "hpc", "urn:x", outputs={"machine": "hpc", "memoryMib": 4.0})
    assert stack_view([other]).machines[0].memory_mib == 4


@pytest.mark.parametrize("outputs", [{}, {"gpus": [1]}, {"gpus": {"gpu0": 7}}, {"startAfter": "x"}, {"gpus": UNKNOWN}])
def test_a_machine_that_publishes_nonsense_is_read_as_absent(outputs: dict[str, Any]) -> None:
    (view,) = stack_view([Registered("fleet:docker:DockerMachine", "x", "urn:x", outputs=outputs)]).machines
    assert view.memory_mib == 0


def test_networks_volumes_and_providers_are_read() -> None:
    stack = stack_view(
        [
            network("net", "10.210.1.0/24"),
            volume("data", {"fleet.volume.writers": "one"}, driverOpts={"device": "/data"}),
            provider(host='"ssh://x"', certPath="/tls"),
        ]
    )
    assert stack.networks[0].subnets == ("10.210.1.0/24",)
    assert (stack.volumes[0].device, stack.volumes[0].labels) == ("/data", {"fleet.volume.writers": "one"})
    assert (stack.providers[0].package, stack.providers[0].host, stack.providers[0].tls) == ("docker", "ssh://x", True)


class TestHosts:
    """What a container runs on decides whose memory, ports and volumes it shares."""

    def test_the_machine_above_it(self) -> None:
        one, two = machine("one"), machine("two")
        group = Registered("fleet:docker:ContainerGroup", "group", "urn:group", parent=two.urn)
        inside = _placed(container("inside"), parent=group.urn)
        assert stack_view([one, two, group, inside]).containers[0].host == "two"

    def test_the_machine_above_its_provider(self) -> None:
        one, two = machine("one"), machine("two")
        daemon = _placed(provider("daemon"), parent=one.urn)
        outside = _placed(container("outside"), provider=f"{daemon.urn}::some-id")
        assert stack_view([one, two, daemon, outside]).containers[0].host == "one"

    def test_the_only_machine(self) -> None:
        assert stack_view([machine("one"), container("outside")]).containers[0].host == "one"

    def test_its_provider_where_there_is_no_machine(self) -> None:
        daemon = provider("daemon")
        assert (
            stack_view([daemon, _placed(container("a"), provider=f"{daemon.urn}::id")]).containers[0].host == daemon.urn
        )

    def test_a_resource_that_is_its_own_parent_ends_the_search(self) -> None:
        odd = container("odd")
        assert stack_view([_placed(odd, parent=odd.urn)]).containers[0].host == ""


def _placed(resource: Registered, parent: str = "", provider: str = "") -> Registered:
    return Registered(resource.type, resource.name, resource.urn, parent, resource.inputs, resource.outputs, provider)


def test_files_of_the_project_do_not_hide_the_image_below_them() -> None:
    labels = [{"label": "fleet.image.base", "value": "docker.io/library/tool:1"}]
    assert _read(image="fleet.local/tool.files:00", labels=labels).image == "docker.io/library/tool:1"
    assert _read(image="fleet.local/tool.files:00").image == "fleet.local/tool.files:00"
