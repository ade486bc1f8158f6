"""Plain manifests: the rendered objects, in files that kubectl can take one after the other."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from components.kubernetes.files import manifest_files, manifest_stream
from components.kubernetes.render import render
from components.kubernetes.yaml_text import document, scalar
from fleet.plan.deployment import Deployment
from tests.unit.clusters import STACKS, planned_cluster

MADE_BY = "Made by a test."


def deployment(stack: str) -> Deployment:
    return planned_cluster(stack)[0]


def read(text: str) -> list[Any]:
    return [found for found in yaml.safe_load_all(text) if found]


@pytest.mark.parametrize("stack", STACKS)
def test_the_files_hold_exactly_the_rendered_objects(stack: str) -> None:
    rendered = [manifest.object for manifest in render(deployment(stack))]
    assert read(manifest_stream(deployment(stack), MADE_BY)) == rendered
    in_files = [found for text in manifest_files(deployment(stack), MADE_BY).values() for found in read(text)]
    assert sorted(map(document, in_files)) == sorted(map(document, rendered))


@pytest.mark.parametrize("stack", STACKS)
def test_files_are_taken_in_an_order_that_works(stack: str) -> None:
    files = manifest_files(deployment(stack), MADE_BY)
    assert list(files) == sorted(files)
    assert list(files) == [
        "00-shared.yaml",
        *(f"{group.wave:02}-{group.name}.yaml" for group in deployment(stack).groups),
    ]
    seen = set()
    for text in files.values():
        for found in read(text):
            if found["kind"] == "Namespace":
                seen.add(found["metadata"]["name"])
            assert found["metadata"].get("namespace") in {None, *seen}


def test_no_object_points_at_another_place_of_its_file() -> None:
    shared = {"a": 1}
    assert document({"one": shared, "two": [shared, shared]}) == "one:\n  a: 1\ntwo:\n- a: 1\n- a: 1\n"


@pytest.mark.parametrize(
    "text", ["1e3", "12345e6789012345", "0o17", "y", "Off", "null", "2026-01-01", "12:30", "", "~"]
)
def test_a_text_that_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert scalar(text) == f"'{text}'"


@pytest.mark.parametrize(
    "text", ["it's", "a 'b' c", "{{ x }}", "é", "tab\there", " lead", "- x", "# no", "a: b", "x" * 300]
)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(scalar(text)) == text
    assert yaml.safe_load(document({"key": text})) == {"key": text}


def test_a_text_of_several_lines_stays_on_one() -> None:
    assert scalar("a\nb: {c}\n") == r'"a\nb: {c}\n"'


def test_the_header_names_what_must_be_there_first_and_how_to_apply() -> None:
    text = manifest_stream(deployment("woven"), MADE_BY)
    header = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    assert text.startswith(header)
    assert header == (
        "# Made by a test.\n"
        "# Edit Pulumi.woven.yaml and groups/, and export again.\n"
        "# It is what `pulumi up` deploys, under the same names: use one of the two.\n"
        "# The cluster must have:\n"
        "#   the Gateway API with a controller\n"
        "#   KEDA\n"
        "#   the Prometheus operator\n"
        "#   the gateway class envoy\n"
        "#   cert-manager with the cluster issuer letters\n"
        "#   nodes that offer nvidia.com/gpu\n"
        "#   nodes that offer nvidia.com/gpumem\n"
        "# Secrets that pods wait for, by namespace; create each with the text it holds under the key `value`:\n"
        "#   fleet: ledger-key\n"
        "#   fleet-red: fox-key\n"
        "#   kubectl -n NAMESPACE create secret generic NAME --from-file=value=FILE\n"
        "# Apply: kubectl --context woven apply -f FILE_OR_FOLDER\n"
    )


def test_lines_are_no_wider_than_a_page_where_they_can_be_broken() -> None:
    long = [line for line in manifest_stream(deployment("plain"), MADE_BY).splitlines() if len(line) > 120]
    assert all("{" in line for line in long), "only JSON has no blanks to break at"
