"""Hosts: names, unicast addresses, private networks, connections."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fleet.model.hosts import (
    Connection,
    Email,
    EntranceName,
    HostName,
    LanAddress,
    Member,
    OutsideRef,
    PrivateSubnet,
    WebAddress,
    split_port,
)
from tests.unit.fleet.models import taken

LONG = ".".join(["a" * 60] * 5)


def _all_refused(kind: Any, *values: Any) -> None:
    assert taken(kind, values) == []


def _all_taken(kind: Any, *values: Any) -> None:
    assert taken(kind, values) == list(values)


def test_a_lan_address_is_that_of_one_host() -> None:
    _all_refused(
        LanAddress, True, 1, 3232235786, None, "", "0.0.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1",
        "255.255.255.255", "192.168.1.0", "192.168.1.255", "169.254.1.1", "192.168.01.10", "192.168.1", "::1",
        "192.168.1.10/24", "pc.lan", "192.168.1.10 ", "0.0.0.0",  # noqa: S104
    )  # fmt: skip
    _all_taken(LanAddress, "192.168.1.10", "10.0.0.1", "100.64.1.2", "203.0.113.7", "127.0.0.1")


def test_a_subnet_is_in_a_private_range() -> None:
    _all_refused(
        PrivateSubnet, True, 1, "", "224.0.0.0/24", "127.0.0.0/24", "8.8.8.0/24", "169.254.0.0/16", "0.0.0.0/0",
        "240.0.0.0/24", "172.32.0.0/24", "192.169.0.0/24", "10.0.0.0/7", "10.210.3.5/24", "fd00::/64", "10.210.3.0/33",
        "198.18.0.0/24", "255.255.255.0/24", "10.210.1.0", "10.210.1.0/255.255.255.0", "10.210.1.0/0.0.0.255",
        "10.210.1.0/024", "10.210.1.0/", "10.210.1.0/ 24",
    )  # fmt: skip
    _all_taken(PrivateSubnet, "10.210.3.0/24", "172.16.0.0/24", "192.168.7.0/24")


def test_a_public_host_has_a_name_in_lower_case() -> None:
    _all_refused(
        HostName, "10.0.0.1", "::1", "localhost", "a", "Flow.example.org", "a..b", ".a.b", "a.b.", "-a.b", "a-.b",
        "a_b.c", "a b.c", "*.example.org", "example.1", f"{'a' * 64}.org", LONG, "x.org:443", "http://x.org", "é.org",
        "", None, 1,
    )  # fmt: skip
    local = (
        "flow.local",
        "flow.lan",
        "flow.home.arpa",
        "a.internal",
        "a.b.svc",
        "flow.test",
        "flow.invalid",
        "a.onion",
    )
    _all_refused(HostName, *local)
    _all_taken(EntranceName, *(name for name in local if not name.endswith(".svc")), "local.org", "a.mysvc")
    _all_refused(EntranceName, "web.fleet.svc", "web.fleet.svc.cluster.local", "web.localhost", "a.localdomain", "a")
    _all_taken(HostName, "agents.example.org", "a.b", "1.example.org", "xn--bcher-kva.example")


def test_an_outside_host_is_on_the_internet() -> None:
    _all_refused(
        OutsideRef, "api.example.com", "api.example.com:", "api.example.com:0", "api.example.com:65536",
        "api.example.com:99999", "api..example.com:443", "api-.example.com:443", "0.0.0.0:443", "127.0.0.1:443",
        "255.255.255.255:443", "224.0.0.1:443", "localhost:443", "999.1.1.1:443", "Api.example.com:443", "a:0443",
        f"{LONG}:443", "",
    )  # fmt: skip
    _all_taken(OutsideRef, "api.anthropic.com:443", "203.0.113.7:8443", "a.b:65535")


def test_a_connection_can_be_used() -> None:
    _all_refused(
        Connection, "ssh://owner@host:abc", "ssh://owner@host:0", "ssh://owner@host:65536", "ssh://owner@host:",
        "ssh://owner@", "ssh://@host", "ssh://-oProxyCommand=x", "ssh://owner@-oProxyCommand=x", "ssh://a b@host",
        "ssh://owner@host?x", "ssh://owner@host#x", "ssh://owner@1.2.3.999", "ssh://owner@0.0.0.0",
        "ssh://owner@224.0.0.1", "ssh://owner@[::1", "ssh://owner@ho..st", "tcp://host", "tcp://host:", "tcp://u@h:2375",
        "tcp://host:70000", "unix:///", "unix:///run/../x", "http://host:1", "gcp://UPPER", f"ssh://{'a' * 300}",
        "ssh://owner@h\0st", "", None, True,
    )  # fmt: skip
    _all_taken(
        Connection, "ssh://owner@192.168.1.10", "ssh://owner@pc.lan:2222", "ssh://pc_alias", "ssh://Owner@PC.lan",
        "ssh://owner@[fd00::7]:22", "tcp://192.168.1.30:2376", "unix:///var/run/docker.sock", "gcp://my-fleet-project",
        "kubeconfig://arn:aws:eks:eu-west-1:1:cluster/x", "kubeconfig://admin@home",
    )  # fmt: skip


def test_a_password_in_a_connection_is_left_to_the_check_of_secrets() -> None:
    """Which says it once, and never quotes it."""
    _all_taken(Connection, "ssh://owner:hunter2@192.168.1.10")


def test_members_and_mail_addresses_are_whole() -> None:
    _all_refused(
        Member, "allUsers", "serviceAccount:x", "serviceAccount:x@example.org", "user:owner", "user:a@b",
        "group:@x.org", "domain:example", "domain:a@example.org", "user:a..b@example.org", "user:a@example.1",
        "robot:a@example.org",
        "user:a b@example.org", "user:",
    )  # fmt: skip
    _all_taken(
        Member, "serviceAccount:caller@project.iam.gserviceaccount.com", "user:owner@example.org",
        "group:all+x@example.org", "domain:example.org",
    )  # fmt: skip
    _all_refused(Email, "a", "a@b", "@b.c", "a@b..c", "a@@b.c", "a b@c.d", "a@b.c ", f"{'a' * 65}@b.cd")


def test_a_web_address_has_a_host_and_a_port() -> None:
    _all_refused(
        WebAddress, "http://", "http://:9090", "http://a:b", "http://a:99999", "http://a:0", "http://a b", "ftp://a",
        "http://[::1", "http://..", "http://a#x", "prometheus:9090",
    )  # fmt: skip
    _all_taken(WebAddress, "http://prometheus.monitoring:9090", "https://p.example.org/api", "http://10.0.0.7:9090")


def test_host_and_port_are_split() -> None:
    pairs = {"a": ("a", None), "a:1": ("a", "1"), "[::1]": ("::1", None), "[::1]:2": ("::1", "2"), "[x": ("", None)}
    assert {text: split_port(text) for text in pairs} == pairs


def test_a_project_of_google_cloud_has_an_id_that_google_gives() -> None:
    for project in ("google-project", "my-google-x", "ssl-x-y", "wessling-x"):
        with pytest.raises(ValidationError, match="no project of Google Cloud has"):
            TypeAdapter(Connection).validate_python(f"gcp://{project}")
    for project in ("short", "1project", "Project-x", "project-", "a" * 31, "my_project", "example.com:x-project"):
        with pytest.raises(ValidationError):
            TypeAdapter(Connection).validate_python(f"gcp://{project}")
    for project in ("my-project-1", "my--project", "goggle-x", "a" * 30):
        assert TypeAdapter(Connection).validate_python(f"gcp://{project}")


def test_what_a_cluster_keeps_off_is_not_outside() -> None:
    """Private addresses, which network policies exclude, and names that only a LAN, a host or a cluster resolves."""
    _all_refused(
        OutsideRef, "10.0.0.1:443", "172.16.5.5:443", "192.168.1.9:22", "100.64.0.1:443", "169.254.169.254:80",
        "agentdb:5432", "localhost:80", "a.localhost:80", "db.internal:5432", "nas.local:445", "router.lan:80",
        "agentdb.fleet.svc:80", "agentdb.fleet.svc.cluster.local:80",
    )  # fmt: skip
    _all_taken(OutsideRef, "11.0.0.1:443", "172.32.0.1:443", "100.128.0.1:443", "local.example.org:443")
