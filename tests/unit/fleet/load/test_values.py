"""Values of a group file: each kind of invalid value is reported with its line, path, value and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import assert_refused, faults_of, swap, under, write_project
from tests.unit.fleet.load.test_project import NO_CPU, NO_SIZE

MEMORY, CPU = "memory: {request: 3GiB, limit: 4GiB}", "cpu: {request: 1, limit: 4}"
MOUNT, PORT = "path: /models, read_only: true", "host_port: 8020"
PEERS = "peers: [core-platform, model-manager-gpu]"
CACHE = "containers.main.mounts.huggingface-cache"
NO_BOOL = "is neither true nor false; write true or false"

CASES = [
    (MEMORY, "memory: {request: 3 gigs}", f'containers.main.memory.request: "3 gigs" {NO_SIZE}'),
    (MEMORY, "memory: {request: 3}", f"containers.main.memory.request: 3 {NO_SIZE}"),
    (
        MEMORY,
        "memory: {request: 0MiB}",
        "containers.main.memory.request: 0MiB is below 1MiB; raise it",
    ),
    (MEMORY, "memory: 4GiB", 'containers.main.memory: "4GiB" is not a mapping; write {request: 4GiB}'),
    (
        MEMORY,
        "memory: {request: 5GiB, limit: 4GiB}",
        "containers.main.memory.limit: 4096 MiB is below request 5120 MiB; raise limit or lower request",
    ),
    (CPU, "cpu: {request: 1}", "containers.main.cpu.limit: is missing; add it"),
    (CPU, "cpu: {request: some, limit: 4}", f'containers.main.cpu.request: "some" {NO_CPU}'),
    (
        "enforcement: mps",
        "enforcement: hope",
        'containers.main.gpu.enforcement: "hope" is not allowed; '
        "use 'advisory', 'framework', 'mps', 'hami-core' or 'exclusive'",
    ),
    (
        MOUNT,
        "path: models",
        f'{CACHE}.path: "models" has an invalid format; write an absolute path without a colon, like /data',
    ),
    (MOUNT, "path: /models, read_only: maybe", f'{CACHE}.read_only: "maybe" {NO_BOOL}'),
    (PORT, "host_port: 65536", "ports.main.host_port: 65536 is above 65535; lower it"),
    (PORT, "host_port: 0", "ports.main.host_port: 0 is below 1; raise it"),
    (
        PORT,
        "host_port: http",
        'ports.main.host_port: "http" is not a whole number; write a whole number from 1 to 65535',
    ),
    (
        "FaceRecognitionAgent",
        "face_recognition",
        'containers.main.agents.face_recognition: "face_recognition" is not a valid name; write it like GoalManager',
    ),
    *(
        (
            'cuda: "12.1"',
            f'cuda: "{version}"',
            f'containers.main.build.cuda: "{version}" has an invalid format; '
            'write major and minor version in quotes, like "12.4"',
        )
        for version in ("12.1.1", "cuda12", "12")
    ),
    (
        "- facenet-pytorch",
        "- OpenCV_Python_Headless",
        "containers.main.build.requirements.2: lists opencv-python-headless again, after opencv-python-headless; "
        "keep one",
    ),
    (
        "- facenet-pytorch",
        "- -r /etc/passwd",
        'containers.main.build.requirements.2: "-r /etc/passwd" is not a requirement of a package; '
        "write it like torch or torch==2.3.*",
    ),
    (
        PEERS,
        "peers: core-platform",
        'peers: "core-platform" is not a list; write it as `- item` lines, or in [brackets]',
    ),
    (
        PEERS,
        "peers: [Core]",
        'peers.0: "Core" has an invalid format; write it like core-platform or core-platform/main',
    ),
]


def test_quotes_are_advised_only_where_they_make_text(tmp_path: Path) -> None:
    cases = {
        "[a, b]": "[a, b] is not text; write one line of text",
        "{a: 1}": "{a: 1} is not text; write one line of text",
        "null": "null is not text; write one line of text",
        "1.5": '1.5 is not text; write it in quotes: "1.5"',
        "true": 'true is not text; write it in quotes: "true"',
    }
    wrong = {}
    for value, message in cases.items():
        change = swap("Face recognition, and the watch over GPU memory.", value)
        write_project(tmp_path, vision_gpu=change)
        found = faults_of(tmp_path)
        if len(found) != 1 or not found[0].endswith(f" description: {message}"):
            wrong[value] = found
    assert not wrong


@pytest.mark.parametrize(("right", "wrong", "message"), CASES, ids=[wrong for _, wrong, _ in CASES])
def test_a_wrong_value_is_reported_with_line_value_and_fix(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    assert_refused(tmp_path, "vision_gpu", wrong, message, vision_gpu=swap(right, wrong))


ODD = ["~", "-1", '""', "[]", "{}", "1.5", "true", "é", "[[x]]", "{x: 1}", "2024-01-01", "1" * 400]
LINES = (
    "start_after: ",
    "description: ",
    "    memory: ",
    "    gpu: ",
    "    shared_memory: ",
    "      variant: ",
    "peers: ",
)


@pytest.mark.parametrize("odd", ODD)
def test_any_value_is_accepted_or_reported(tmp_path: Path, odd: str) -> None:
    """Told or taken, but never an exception of another kind."""
    for start in LINES:
        project = write_project(tmp_path, vision_gpu=lambda text, start=start: _with_value(text, start, odd))
        for fault in faults_of(project):
            assert fault.startswith("groups/assistant/vision-gpu.yaml:")


def _with_value(text: str, start: str, value: str) -> str:
    assert start in text
    return "\n".join(start + value if line.startswith(start) else line for line in text.splitlines()) + "\n"


def test_a_key_named_like_a_mark_of_the_validator_is_reported(tmp_path: Path) -> None:
    change = under("shared_memory", '    "[key]": 1')
    assert faults_of(write_project(tmp_path, vision_gpu=lambda text: f'"[key]": 1\n{change(text)}')) != []
