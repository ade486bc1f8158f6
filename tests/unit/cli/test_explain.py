"""`fleet explain`: where a value comes from, which rules read it, and what is said of names there are not."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.builders import ROOT, place
from tests.unit.cli.running import shipped


def explained(*arguments: str) -> list[dict[str, Any]]:
    answer = shipped("explain", *arguments, "--json")
    assert (answer.code, answer.err) == (0, "")
    fields: list[dict[str, Any]] = json.loads(answer.out)["fields"]
    return fields


def test_a_written_value_is_told_with_its_line_and_its_rules() -> None:
    (found,) = explained("mainpc", "vision-gpu", "memory_limit_mib")
    assert (found["value"], found["origin"]) == ("4096", "written")
    assert found["place"] == place(ROOT, "vision_gpu", "memory: {request: 3GiB")
    assert found["key"] == "containers.main.memory"
    assert "C01" in found["rules"]
    assert "C11" in found["rules"]


def test_a_default_is_told_with_the_key_that_would_change_it() -> None:
    (found,) = explained("mainpc", "vision-gpu", "stop_grace_s")
    assert (found["value"], found["origin"]) == ("30", "default")
    assert found["key"] == "containers.main.stop_grace"
    assert found["note"] == "the default is Container's, in fleet/model/"
    assert "E10" in found["rules"]


def test_what_the_stack_decides_is_told_with_the_stacks_file() -> None:
    (found,) = explained("mainpc", "vision-gpu", "networks")
    assert found["origin"] == "written"
    assert found["place"].startswith("Pulumi.mainpc.yaml:")
    assert found["key"] == "machine.network"


def test_what_no_key_decides_is_told_as_computed() -> None:
    (found,) = explained("mainpc", "vision-gpu", "labels")
    assert (found["origin"], found["place"], found["key"]) == ("computed", "", "")


def test_an_image_that_is_built_here_is_computed_from_its_build() -> None:
    (found,) = explained("mainpc", "vision-gpu", "image")
    assert (found["origin"], found["key"]) == ("computed", "containers.main.build")
    assert found["place"] == place(ROOT, "vision_gpu", "build:")


def test_a_logical_name_means_the_same_as_the_groups() -> None:
    assert explained("mainpc", "mainpc-vision-gpu-main", "user") == explained("mainpc", "vision-gpu", "user")


def test_all_fields_that_a_key_decides_are_told_in_words() -> None:
    answer = shipped("explain", "cluster", "mcp")
    assert (answer.code, answer.err) == (0, "")
    assert "cluster-mcp-pods/main memory_limit_mib = 2048\n  from     written at groups/agentic-flow/mcp.yaml:" in (
        answer.out
    )
    assert "  read by  A01, A02" in answer.out


def test_names_there_are_not_are_told_with_the_nearest() -> None:
    answer = shipped("explain", "mainpc", "vison-gpu")
    assert (answer.code, answer.err) == (
        2,
        '"vison-gpu" is no container or group of mainpc; did you mean vision-gpu?\n',
    )
    answer = shipped("explain", "mainpc", "vision-gpu", "memory_limit")
    assert (answer.code, answer.err) == (
        2,
        '"memory_limit" is no field of a container; did you mean memory_limit_mib?\n',
    )
