"""The pack as the engine runs it: a process of its own, asked over gRPC."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, docker_properties
from tests.policy.kubernetes_builders import (
    secure,
    workload,
)
from tests.policy.sdk import on_the_wire

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def server() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack as the engine starts it: `policy/` run as a program from that folder, without other arguments."""
    program = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
    # The engine runs it unbuffered too: the port is read from a pipe.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    started = subprocess.Popen(
        [sys.executable, "-c", program, str(ROOT / "policy")],
        stdout=subprocess.PIPE,
        cwd=ROOT / "policy",
        env=environment,
    )
    try:
        assert started.stdout is not None
        port = int(started.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        started.terminate()
        started.wait(timeout=10)


class TestServer:
    """Over the wire, as the engine talks to it."""

    def test_it_tells_its_rules_with_levels_and_settings(self, server: Any) -> None:
        info = server.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "fleet"
        by_name = {policy.name: policy for policy in info.policies}
        assert by_name["A01-non-root-user"].enforcementLevel == analyzer_pb2.MANDATORY
        assert by_name["A02-high-uid"].enforcementLevel == analyzer_pb2.ADVISORY
        assert by_name["A01-non-root-user"].framework.reference == "4.1"
        registries = dict(by_name["D03-known-registry"].configSchema.properties)["registries"]
        assert list(registries["default"])[:2] == ["fleet.local", "docker.io"]

    def test_it_judges_a_container(self, server: Any) -> None:
        found = server.Analyze(_request(container(user="0"))).diagnostics
        assert [(one.policyName, one.enforcementLevel) for one in found] == [
            ("A01-non-root-user", analyzer_pb2.MANDATORY),
            ("A02-high-uid", analyzer_pb2.ADVISORY),
            ("A02-high-uid", analyzer_pb2.ADVISORY),
        ]
        assert 'container agent: user is "0"' in found[0].message

    def test_it_judges_a_container_with_unknown_values(self, server: Any) -> None:
        found = server.Analyze(_request(container(user=UNKNOWN))).diagnostics
        assert {(one.policyName, one.enforcementLevel) for one in found} == {("notices", analyzer_pb2.ADVISORY)}

    def test_it_judges_a_pod(self, server: Any) -> None:
        found = server.Analyze(_request(workload(securityContext=secure(privileged=True)))).diagnostics
        names = {one.policyName for one in found}
        assert names == {"A04-no-privileged", "G03-gpu-not-leaked"}

    def test_it_never_breaks_where_a_list_became_a_text(self, server: Any) -> None:
        for name in docker_properties():
            hidden: dict[str, Any] = {name: "[secret]"}
            found = server.Analyze(_request(container(**hidden))).diagnostics
            assert not any("internal error" in one.message or "can't run" in one.message for one in found), name


def _request(resource: Registered) -> analyzer_pb2.AnalyzeRequest:
    properties = struct_pb2.Struct()
    properties.update(on_the_wire(resource.inputs))
    return analyzer_pb2.AnalyzeRequest(type=resource.type, name=resource.name, urn=resource.urn, properties=properties)
