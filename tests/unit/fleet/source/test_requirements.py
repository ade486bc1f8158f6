"""Requirements as pip reads them, and versions in the order of PEP 440: `packaging` is the reference."""

from __future__ import annotations

import time
from itertools import product

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Reference

from fleet.source.requirements import pins, read_requirement

NAMES = ("torch", "Torch", "faiss-gpu", "a.b_c", "nemo_toolkit", "x2", "a[b]", "a[b,c-d] ", "-a", "a-", "", "a b", "é")
CLAUSES = (
    "", "==1", "== 1.0", "==2.3.*", "!=1.5", "~=1.4", ">=1,<2", ">= 1.0 , < 2", "===1.0+x", ">1rc1", "<2.dev1",
    "==1.0.post1", "==1!2", "==1.0+cu121", "==", ">=", "=1", "~=1", ">=1.*", "==1,,<2", "==1,", "<>1", "1", "==1 2",
    "==one", "!", ">=1;<2",
)  # fmt: skip
MARKERS = (
    "", ' ; python_version<"3"', "; sys_platform == 'linux' and python_version >= \"3.11\"",
    "; (platform_machine == 'arm64')", ";", "; x", "; python_version", '; python_version < 3"', '; foo == "1"',
)  # fmt: skip
VERSIONS = (
    "0", "1", "1.0", "1.0.0", "1.4", "1.4.5", "1.5", "1.5.post1", "2", "2.0.dev1", "2.0a1", "2.0rc1", "2.0",
    "2.0.post1",
    "2.3", "2.3.1", "2.30", "1!0.5", "1.0+cu121", "2.0b2.dev3",
)  # fmt: skip
RANGES = (
    "==1", "==1.0", "==2.*", "==2.3.*", "!=2.3.*", "!=1.5", ">1", ">=1.5", "<2", "<=2", "~=1.4", "~=1.4.5", "~=2.0",
    ">=1,<2", "<2.0.post1", ">1.5", ">=2.0a1", "<2.0rc1", "==1!0.5", "===1.0", "==1.0+cu121", ">1.0",
)  # fmt: skip


def _reference(text: str) -> Reference | None:
    try:
        found = Reference(text)
    except InvalidRequirement:
        return None
    return None if found.url else found


def test_requirements_are_those_that_pip_takes() -> None:
    wrong = []
    for parts in product(NAMES, CLAUSES, MARKERS):
        text, reference = "".join(parts), _reference("".join(parts))
        mine = read_requirement(text)
        if (mine is None) != (reference is None) or (mine and mine.has_marker != bool(reference and reference.marker)):
            wrong.append(text)
    for text in ("torch @ https://x.org/t.whl", "git+https://x.org/t", "./x", "-r x.txt", "--index-url x", "a" * 301):
        wrong += [text] if read_requirement(text) else []
    assert wrong == []


def test_versions_are_compared_like_pip_does() -> None:
    wrong = []
    for clauses, version in product(RANGES, VERSIONS):
        reference, mine = Reference(f"x{clauses}"), read_requirement(f"x{clauses}")
        if mine is None or mine.allows(version) != reference.specifier.contains(version, prereleases=True):
            wrong.append((clauses, version))
    assert wrong == []


def test_a_lock_pins_names_in_one_spelling() -> None:
    lock = "# base: torch\n--only-binary :all:\nNemo_Toolkit==2.1 \\\n    --hash=sha256:x\na==1 ; y\na==2 ; z\n"
    assert pins(lock) == {"nemo-toolkit": ("2.1",), "a": ("1", "2")}


def test_a_long_text_takes_no_time() -> None:
    before = time.perf_counter()
    for text in (f"a{'-' * 298}", f"a=={'1.' * 148}", f"a[{'b,' * 148}", f"a==1{'a' * 290}", f"a;{'x ' * 149}"):
        assert read_requirement(text) is None
    assert time.perf_counter() - before < 0.5
