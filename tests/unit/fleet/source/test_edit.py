"""Changes of a YAML text in place: what is not the change stays, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.source.edit import NotEditableError, Value, edited
from tests.unit.builders import ROOT

PATH = ("config", "fleet:rollouts", "front")
STEP = {"candidate": "ghcr.io/owner/front:2", "percent": 25}

CASES: dict[str, tuple[str, dict[str, Value], str]] = {
    "the first rollout of a stack": (
        "config:\n  a: b # one\n# two\nencryptionsalt: x\n",
        STEP,
        "config:\n  a: b # one\n  fleet:rollouts:\n    front:\n      candidate: ghcr.io/owner/front:2\n"
        "      percent: 25\n# two\nencryptionsalt: x\n",
    ),
    "after a list, and columns of four": (
        "config:\n    a:\n    - b\n    - c   # last\n\n# end\n",
        {"percent": 1},
        "config:\n    a:\n    - b\n    - c   # last\n"
        "    fleet:rollouts:\n        front:\n            percent: 1\n\n# end\n",
    ),
    "after a flow mapping of several lines": (
        "config:\n  a: {b: 1,\n      c: 2}  # both\n",
        {"percent": 1},
        "config:\n  a: {b: 1,\n      c: 2}  # both\n  fleet:rollouts:\n    front:\n      percent: 1\n",
    ),
    "a share changes, and its comment stays": (
        "config:\n  fleet:rollouts:\n    front: # it\n      # why\n      candidate: ghcr.io/owner/front:2 # new\n"
        "      percent:   10   # little\n    back: {}\n",
        STEP,
        "config:\n  fleet:rollouts:\n    front: # it\n      # why\n      candidate: ghcr.io/owner/front:2 # new\n"
        "      percent:   25   # little\n    back: {}\n",
    ),
    "quotes stay": (
        "config:\n  fleet:rollouts:\n    front: {candidate: \"ghcr.io/owner/front:1\", percent: '10'}\n",
        STEP,
        "config:\n  fleet:rollouts:\n    front: {candidate: \"ghcr.io/owner/front:2\", percent: '25'}\n",
    ),
    "line ends of Windows, and none at the end": (
        "config:\r\n  fleet:rollouts:\r\n    front:\r\n      percent: 10",
        STEP,
        "config:\r\n  fleet:rollouts:\r\n    front:\r\n      percent: 25\r\n      candidate: ghcr.io/owner/front:2",
    ),
    "a text that could be taken for something else is quoted": (
        "config:\n  fleet:rollouts:\n    front: {percent: 1}\n",
        {"since": "2026-01-31T12:00:00Z", "image": "a,b}"},
        'config:\n  fleet:rollouts:\n    front: {since: "2026-01-31T12:00:00Z", image: "a,b}"}\n',
    ),
    "keys go from the middle and the end of a flow mapping": (
        "config:\n  fleet:rollouts: {back: {}, front: {track: blue, percent: 1, image: a:1, since: x} }\n",
        {"track": "green", "image": "a:1"},
        "config:\n  fleet:rollouts: {back: {}, front: {track: green, image: a:1} }\n",
    ),
    "a rollout next to others goes": (
        "config:\n  fleet:rollouts:\n    # mine\n    front:\n      percent: 1\n    # theirs\n    back: {percent: 2}\n",
        {},
        "config:\n  fleet:rollouts:\n    # mine\n    # theirs\n    back: {percent: 2}\n",
    ),
    "the last rollout goes, at the end of a text without a line end": (
        "config:\n  a: b\n  fleet:rollouts:\n    front: {percent: 1}",
        {},
        "config:\n  a: b",
    ),
    "a rollout in an empty flow mapping": (
        "config: {a: é𝄞, fleet:rollouts: {}}\n",
        {"percent": 1},
        "config: {a: é𝄞, fleet:rollouts: {front: {percent: 1}}}\n",
    ),
    "a mark of the encoding": (
        "\ufeffconfig:\n  fleet:rollouts: {front: {percent: 1}}\n",
        {"percent": 2},
        "\ufeffconfig:\n  fleet:rollouts: {front: {percent: 2}}\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_only_what_was_asked_for_changes(case: str) -> None:
    before, entry, after = CASES[case]
    assert edited(before, PATH, entry) == after


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  fleet:rollouts:\n    back: &it {percent: 1}\n    front: *it\n",
        "config:\n  fleet:rollouts:\n    front: 7\n",
        "config:\n  fleet:rollouts:\n",
        "- config\n",
        "config: [\n",
        "",
    ],
)
def test_an_unusual_way_of_writing_is_refused_and_not_mangled(text: str) -> None:
    with pytest.raises(NotEditableError, match="cannot be changed in place; write it as"):
        edited(text, PATH, STEP)


def test_a_comment_inside_what_is_to_go_is_not_lost() -> None:
    text = "config:\n  fleet:rollouts: {front: {percent: 1, # why\n    image: a:1}}\n"
    with pytest.raises(NotEditableError):
        edited(text, PATH, {"image": "a:1"})


@pytest.mark.parametrize("file", sorted(ROOT.glob("Pulumi.*.yaml")), ids=lambda file: str(file.name))
def test_a_shipped_file_is_itself_again_after_a_rollout_came_and_went(file: Path) -> None:
    text = file.read_bytes().decode()
    with_it = edited(text, PATH, STEP)
    added = [line for line in with_it.splitlines() if line not in text.splitlines()]
    assert len(added) == 4
    assert edited(with_it, PATH, {}) == text
