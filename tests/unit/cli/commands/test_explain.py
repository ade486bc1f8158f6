"""`fleet explain`: where a value comes from, which rules read it, and what is said of names there are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.builders import ROOT
from tests.unit.cli.running import shipped


def explained(*arguments: str) -> list[dict[str, Any]]:
    answer = shipped("explain", *arguments, "--json")
    assert (answer.code, answer.err) == (0, "")
    resources: list[dict[str, Any]] = json.loads(answer.out)["resources"]
    return [field for resource in resources for field in resource["fields"]]


def _place(file: str, anchor: str) -> str:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, start=1) if anchor in line]
    return f"{file}:{number}"


def test_a_written_value_has_its_line_the_effect_of_a_change_and_its_rules() -> None:
    (found,) = explained("edge", "lightweight-proxy", "memory")
    first = found["sources"][0]
    assert (found["value"], first["state"], first["effect"]) == ("256", "written", "updates it in place")
    assert first["place"] == _place("groups/crank/lightweight-proxy.yaml", "memory: {request:")
    assert first["key"] == "containers.main.memory.limit"
    assert found["rules"] == ["C01", "C11", "C13"]


def test_a_default_has_its_own_place_and_the_place_of_its_key() -> None:
    (found,) = explained("edge", "lightweight-proxy", "stop_timeout")
    (source,) = found["sources"]
    assert (source["key"], source["state"], source["value"]) == ("containers.main.stop_grace", "default", "30")
    file, _, line = source["default_place"].rpartition(":")
    assert "stop_grace_s: Seconds" in (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert source["effect"].startswith("replaces the resource (")


def test_what_the_stack_decides_has_the_stacks_file() -> None:
    (found,) = explained("edge", "edge-network-bridge", "ipam_configs.0.subnet")
    source = found["sources"][0]
    assert (source["key"], source["state"]) == ("fleet:machine.network.subnet", "written")
    assert source["place"].startswith("Pulumi.edge.yaml:")
    assert found["rules"] == ["G12"]


def test_what_no_key_decides_has_a_reason() -> None:
    (found,) = explained("edge", "lightweight-proxy", "privileged")
    assert (found["sources"], found["rules"]) == ([], ["A04", "G03"])
    assert found["fixed"].startswith("constant: hardened by default")


def test_what_the_gpu_key_decides_is_found_and_shown_by_it() -> None:
    found = explained("mainpc", "language-stack-gpu", "gpu")
    first = {one["field"]: one["sources"][0]["key"].rpartition(".")[2] for one in found}
    assert first["labels.fleet.gpu.request-mib"] == "request"
    assert first["envs.GPU_MEMORY_LIMIT"] == "limit"
    assert first["envs.CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"] == "enforcement"
    assert "deviceRequests.0.deviceIds" in first
    assert {one["section"] for one in found} == {"gpu"}
    whole = explained("mainpc", "language-stack-gpu")
    assert [one["field"] for one in whole if one["section"]] == [one["field"] for one in found]
    text = shipped("explain", "mainpc", "language-stack-gpu", columns=120).out
    _, _, section = text.partition("\ngpu\n")
    rows = [line.split()[:2] for line in section.splitlines()]
    assert ["request", "6656MiB"] in rows
    assert ["limit", "20GiB"] in rows
    assert ["enforcement", "mps"] in rows


def test_constants_are_counted_as_text_and_listed_as_json() -> None:
    constants = [one for one in explained("edge", "lightweight-proxy") if not one["sources"]]
    assert constants
    assert all(one["fixed"].startswith("constant: ") for one in constants)
    out = shipped("explain", "edge", "lightweight-proxy").out
    assert f"{len(constants)} constants that no key decides; --json lists them" in out
    assert "privileged" not in out


def test_a_value_made_of_several_keys_names_all_of_them_with_their_figures() -> None:
    (found,) = explained("edge", "lightweight-proxy", "image")
    keys = {source["key"]: source["value"] for source in found["sources"]}
    assert {"fleet:images.registry", "fleet:images.tag", "contents"} <= set(keys)


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        pytest.param("stopTimeout", ["stopTimeout"], id="as the engine spells it"),
        pytest.param("stop_timeout", ["stopTimeout"], id="as Python does"),
        pytest.param("ipamConfigs[0].subnet", ["ipamConfigs.0.subnet"], id="with a list's index"),
        pytest.param("healthcheck", None, id="all that is below it"),
        pytest.param("memory_limit_mib", ["memory"], id="as rules call it"),
        pytest.param("labels.fleet.group", ["labels.fleet.group"], id="with dots in a name"),
    ],
)
def test_a_field_is_found_as_people_write_it(field: str, meant: list[str] | None) -> None:
    resource = "edge-network-bridge" if field.startswith("ipam") else "edge-lightweight-proxy-main"
    found = [one["field"] for one in explained("edge", resource, field)]
    assert found == meant if meant else len(found) > 4


def test_a_group_means_what_runs_its_containers() -> None:
    assert explained("edge", "lightweight-proxy", "user") == explained("edge", "edge-lightweight-proxy-main", "user")


def test_every_field_has_a_row_that_fits_the_width() -> None:
    for columns in (80, 120):
        answer = shipped("explain", "edge", "edge-network-bridge", columns=columns)
        assert (answer.code, answer.err) == (0, "")
        assert "ipamConfigs.0.gateway" in answer.out
        assert "fleet:machine.network.subnet" in " ".join(answer.out.split())
        assert max(map(len, answer.out.splitlines())) <= columns
        assert "\x1b" not in answer.out
    assert "read by" in shipped("explain", "edge", "edge-network-bridge", columns=120).out


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("memory-data", "mainpc-volume-memory-data-volume"),
        ("mainpc-memory-data", "mainpc-volume-memory-data-volume"),
        ("mainpc_internal", "mainpc-network-bridge"),
    ],
)
def test_a_thing_is_found_by_what_it_is_called_in_its_file_and_where_it_runs(name: str, resource: str) -> None:
    answer = shipped("explain", "mainpc", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{resource} ")


def test_unknown_names_are_reported_with_the_nearest_few() -> None:
    answer = shipped("explain", "edge", "lightwight-proxy")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(
        '"lightwight-proxy" is not a resource or group of edge; did you mean lightweight-proxy, edge-lightweight-proxy'
    )
    assert "`fleet plan edge --json` lists all " in answer.err
    answer = shipped("explain", "edge", "lightweight-proxy", "memry")
    assert answer.code == 2
    assert answer.err.startswith('"memry" is not a field of edge-lightweight-proxy-main; did you mean memory')
    assert "shows all" in answer.err
    assert len(answer.err.splitlines()) == 2
    answer = shipped("explain", "edg", "lightweight-proxy")
    assert answer.code == 2
    assert answer.err.startswith('unknown stack "edg"; did you mean edge?')
