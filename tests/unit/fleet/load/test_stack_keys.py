"""Keys of a stack's config: a misspelt namespace would plan an empty machine."""

from __future__ import annotations

import re
from pathlib import Path

from fleet.model import Stack
from tests.unit.builders import assert_accepted, assert_refused, faults_of, small_stack, swap, under, write_project


def test_a_misspelt_namespace_is_refused_at_its_line(tmp_path: Path) -> None:
    message = 'flet:groups: unknown namespace "flet"; write fleet:groups'
    assert_refused(tmp_path, "pc2", "flet:groups", message, pc2=swap("fleet:groups:", "flet:groups:"))


def test_a_key_without_a_namespace_is_refused_at_its_line(tmp_path: Path) -> None:
    problem = "groups: key without a namespace, which Pulumi and fleet read differently; write fleet:groups"
    assert_refused(tmp_path, "pc2", "  groups:", problem, pc2=swap("fleet:groups:", "groups:"))


def test_no_key_is_ignored(tmp_path: Path) -> None:
    """Whatever is misspelt: the namespace, the key, both, or our key in the namespace of another."""
    taken = []
    for key in (
        "flet:groups", "Fleet:groups", "FLEET:groups", "fleets:groups", '"fleet :groups"', '" fleet:groups"',
        '"fleet: groups"', "fleet::groups", "fleet:fleet:groups", "project:groups", "agent-fleet:groups", "aws:groups",
        "pulumi:groups", "docker:machine", "groups", "grups", "group", "modes", "fleet:grups", "fleet:Groups", "x:y",
        '":groups"', '"fleet:"', '":"', '""', "fleet.groups", "fleet/groups", "flet:x",
    ):  # fmt: skip
        faults = faults_of(write_project(tmp_path, pc2=under("config:", f"  {key}: [core-platform]")))
        taken += [] if faults and all(fault.startswith("Pulumi.pc2.yaml") for fault in faults) else [key]
    assert taken == []


def test_every_fault_of_every_key_is_reported_also_if_the_machine_is_missing(tmp_path: Path) -> None:
    project = write_project(tmp_path, pc2=lambda text: text.replace("fleet:", "flet:"))
    faults = [fault for fault in faults_of(project) if "unknown namespace" in fault]
    assert [fault.rpartition("; ")[2] for fault in faults] == ["write fleet:machine", "write fleet:groups"]


def test_keys_of_pulumi_and_of_providers_are_left_alone(tmp_path: Path) -> None:
    keys = ("pulumi:tags", "aws:region", "azure-native:location", "gcp:project", "docker:host", "kubernetes:context")
    assert_accepted(tmp_path, pc2=under("config:", *(f"  {key}: x" for key in keys), "  fleet:token: {secure: x}"))


def test_no_key_of_ours_is_encrypted(tmp_path: Path) -> None:
    """Taken for absent, it would remove the groups, or deploy without budget, mode or rollout."""
    keys = sorted({field.alias or name for name, field in Stack.model_fields.items()} - {"name"})
    wrong = {}
    for key in keys:

        def encrypted(text: str, key: str = key) -> str:
            head, _, rest = text.partition(f"  fleet:{key}:")
            end = re.search(r"\n(?=  \S|\Z)", rest) if rest else None
            return f"{head}{rest[end.start() + 1 :] if end else ''}\n  fleet:{key}: {{secure: v1:abc}}\n"

        faults = [fault for fault in faults_of(write_project(tmp_path, pc2=encrypted)) if "pc2" in fault]
        said = f"{key}: is encrypted, so that no check can read it; write it in clear"
        if len(faults) != 1 or said not in faults[0]:
            wrong[key] = faults
    assert wrong == {}


def test_a_mode_may_be_called_secure(tmp_path: Path) -> None:
    faults = faults_of(write_project(tmp_path, pc2=under("config:", "  fleet:modes: {secure: [no-such-group]}")))
    assert any("modes.secure" in fault for fault in faults), faults


def test_default_providers_are_off_in_every_stack(tmp_path: Path) -> None:
    """The values that Pulumi's engine takes for all providers; it parses text as JSON."""
    line = '  pulumi:disable-default-providers: ["*"]'
    add = 'write `pulumi:disable-default-providers: ["*"]` under config'
    taken = []
    for value in (
        "[]", "~", "", '["docker"]', '"*"', '""', "true", "{}", '"[]"', "'[\"docker\"]'", "[7]", '["*", 7]', '"["',
        "yes", "[[\"*\"]]", "'{\"a\": \"*\"}'", f"'{'[' * 900}'",
    ):  # fmt: skip
        change = swap(line, f"  pulumi:disable-default-providers: {value}")
        faults = faults_of(write_project(tmp_path, pc2=change))
        start = "Pulumi.pc2.yaml:4: pulumi:disable-default-providers: "
        taken += [] if len(faults) == 1 and faults[0].startswith(start) and faults[0].endswith(add) else [value]
    assert taken == []
    message = f"pulumi:disable-default-providers: is missing; {add}"
    assert_refused(tmp_path, "pc2", "config:", message, pc2=swap(f"{line}\n", ""))
    for value in ('["*"]', '[" * "]', '["docker", "*"]', "'[\"*\"]'", "\n    - '*'"):
        assert_accepted(tmp_path, pc2=swap(line, f"  pulumi:disable-default-providers: {value}"))


def test_a_stack_lists_its_groups(tmp_path: Path) -> None:
    message = "groups: is missing; add `fleet:groups: []` under config, with the groups it runs"
    assert_refused(
        tmp_path, "stack_pi", "config:", message, stack_pi=small_stack("pi").replace("  fleet:groups: []\n", "")
    )
    assert_accepted(tmp_path, stack_pi=small_stack("pi"))
    misspelt = small_stack("pi").replace("fleet:groups", "fleet:group")
    assert_refused(tmp_path, "stack_pi", "fleet:group:", "group: unknown key; did you mean groups?", stack_pi=misspelt)
