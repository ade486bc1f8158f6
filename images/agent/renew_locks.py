"""Resolves the requirements of each container into a lock of its own: `locks/<group>[-<sidecar>].txt`.

    .venv/bin/python images/agent/renew_locks.py [NAME ...]

Needs `uv`, on the path or in this Python's environment. A lock holds for Python 3.11 and later, amd64 and arm64, and
pins what the agent host uses to the host's own versions, since both share one environment. Whatever exists only as
source is named in the lock, so that the image's builder knows it needs a compiler.

Groups with PyTorch share one of the sets in `SETS`. `locks/<set>.txt` pins PyTorch, CUDA and their dependencies. The
lock of a group on a set starts with `# base: <set>`, is resolved together with the set and leaves out what that pins:
both files are one resolution. NAME renews one group on the set as it is; without NAME the sets are renewed too.
`lock_sizes.py` then measures what changed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from lock_sizes import renew_sizes

IMAGES = Path(__file__).resolve().parents[1]
GROUPS = IMAGES.parent / "groups"
LOCKS = IMAGES / "agent" / "locks"

sys.path.insert(0, str(IMAGES.parent))

from fleet.load.extends import extend_all  # noqa: E402  (found through the path set above)
from fleet.network.addresses import container_name  # noqa: E402
from fleet.source.document import read_document  # noqa: E402

ONLY_AS_SOURCE = (
    "webrtcvad",
    # Its wheels are in no index that pip uses by default. Built without nvcc it computes on the CPU.
    "llama-cpp-python",
    # Plain Python that was never published as a wheel; coqui-tts needs both.
    "docopt",
    "gruut",
)
"""Packages without a wheel for any Python, built from source."""

UNDECLARED_DEPENDENCIES = {
    # It asks pkg_resources for its own version, which setuptools no longer has.
    "webrtcvad": ("setuptools<81",),
    # Later ones refuse PyTorch before 2.6.
    "torch==2.3.*": ("transformers<5",),
    # Its last version imports what later ones no longer have; llamafactory continues it.
    "llmtuner": ("transformers<4.48", "trl<0.9"),
    # Its last version refuses PyTorch 2.3 and differs from 2.5.3, which accepts any, only in how it imports tqdm.
    "facenet-pytorch": ("torch==2.3.*",),
}
"""Requirement -> its undeclared dependencies."""

UNAVAILABLE = {
    "TTS": "0.22.0 is its last version and refuses Python 3.12; coqui-tts continues it under the same import name",
}
"""Packages that cannot be installed on the images' Python, and why. A container that lists one has no lock."""


def requirement_lists() -> dict[str, list[str]]:
    """Name of a lock -> the container's requirements as its group's file lists or inherits them."""
    files = sorted(GROUPS.glob("*/*.yaml"))
    documents, _ = extend_all({file.stem: read_document(file, str(file))[0] for file in files})
    found = {}
    for group, document in documents.items():
        containers = document.value.get("containers") if isinstance(document.value, dict) else None
        for key, container in (containers if isinstance(containers, dict) else {}).items():
            build = container.get("build") if isinstance(container, dict) else None
            if isinstance(build, dict) and isinstance(build.get("requirements"), list):
                found[container_name(group, key)] = build["requirements"]
    return {name: requirements for name, requirements in found.items() if requirements}


def why_no_lock(requirements: list[str]) -> str | None:
    """What of a list cannot be had, and why; None where all can."""
    return next((f"{name}: {why}" for name, why in UNAVAILABLE.items() if name in requirements), None)


SETS = {"torch-2-3": "torch==2.3.*", "torch": "torch"}
"""Name of a set -> its requirement. A group is on the first set whose requirement it lists, or else on the last."""


def main(names: list[str]) -> int:
    """Renews the named locks, or all. Returns exit code 1 if one did not resolve, 2 for an unknown name."""
    lists = requirement_lists()
    if unknown := sorted(set(names) - lists.keys()):
        print(f"no requirements: {', '.join(unknown)}; use one of {', '.join(sorted(lists))}", file=sys.stderr)
        return 2
    wanted: dict[str, list[str]] = {}
    for name in names or lists:
        reason = why_no_lock(lists[name])
        if reason:
            print(f"{name}: left out: {reason}")
        else:
            undeclared = (need for listed in lists[name] for need in UNDECLARED_DEPENDENCIES.get(listed, ()))
            wanted[name] = [*lists[name], *undeclared]
    texts = resolve_all(wanted, {name: (LOCKS / f"{name}.txt").read_text() for name in SETS} if names else {})
    for name, text in texts.items():
        (LOCKS / f"{name}.txt").write_text(text, encoding="utf-8")
        print(f"{name}: {len(text) // 1024} KiB")
    renew_sizes(LOCKS, uv())
    return 1 if wanted.keys() - texts.keys() else 0


def resolve_all(wanted: Mapping[str, list[str]], sets: Mapping[str, str]) -> dict[str, str]:
    """Name -> text of the locks of `wanted` that resolve, on the `sets` if given, else with those."""
    alone = {name: text for name, requirements in wanted.items() if (text := _attempt(name, requirements))}
    set_of = {
        name: next((key for key, spec in SETS.items() if spec in wanted[name]), "torch")
        for name, text in alone.items()
        if "torch" in versions(text)
    }
    texts = {}
    if not sets:
        sets = texts = {key: _set([alone[name] for name in set_of if set_of[name] == key], SETS[key]) for key in SETS}
    for name, text in alone.items():
        base = set_of.get(name)
        if base is None:
            texts[name] = text
        elif together := _attempt(name, wanted[name], heads(sets[base])):
            texts[name] = f"# base: {base}\n{without(together, sets[base], name)}"
    return texts


def _attempt(name: str, requirements: list[str], constraints: Iterable[str] = ()) -> str | None:
    try:
        return resolve(requirements, constraints)
    except subprocess.CalledProcessError:
        print(f"{name}: does not resolve", file=sys.stderr)
        return None


def _set(members: Iterable[str], requirement: str) -> str:
    """The lock of a set, with the lowest version of whatever a member cannot have at its newest."""
    newest = versions(resolve([requirement]))
    found = [versions(text) for text in members]
    differing = {
        package: {version for each in found for version in each.get(package, ())}
        for package, pinned in newest.items()
        if any(each.get(package, pinned) != pinned for each in found)
    }
    return resolve([requirement], [f"{package}<={min(all_, key=_order)}" for package, all_ in differing.items()])


def resolve(requirements: list[str], constraints: Iterable[str] = ()) -> str:
    """The text of a lock. Raises CalledProcessError, after uv has said why, where the list does not resolve."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as shared:
        shared.write("\n".join(constraints))
        shared.flush()
        command = [
            *(uv(), "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            *("--only-binary", ":all:", *(word for package in ONLY_AS_SOURCE for word in ("--no-binary", package))),
            *("--constraints", str(IMAGES / "agent-host" / "requirements.txt"), "--constraints", shared.name),
        ]
        text = "\n".join(requirements)
        pins = subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  (our words)
    return with_options(pins)


def with_options(pins: str) -> str:
    """Pins after the options that let pip build what exists only as source."""
    from_source = [name for name in ONLY_AS_SOURCE if f"\n{name}==" in f"\n{pins}"]
    # In this order: for pip, the later of the two options wins.
    return "\n".join(["--only-binary :all:", *(f"--no-binary {name}" for name in from_source), pins])


def without(text: str, base: str, name: str) -> str:
    """A lock without the pins of its base.

    Raises ValueError if the two pin a package differently: one of them would then be installed over the other.
    """
    shared, kept = set(heads(base)), []
    packages = versions(base).keys()
    for block in blocks(text):
        head = _head(block)
        if head in shared:
            continue
        if _package(head) in packages:
            msg = f"{name}: {head} differs from its base's"
            raise ValueError(msg)
        kept.append(block)
    return with_options("".join(kept))


def blocks(text: str) -> list[str]:
    """Each pin with its hashes."""
    return re.findall(r"^[a-z0-9][^\n]*==[^\n]*\n(?:    [^\n]*\n?)*", text, re.MULTILINE)


def heads(text: str) -> list[str]:
    """Each pin without its hashes: `name==version ; marker`."""
    return [_head(block) for block in blocks(text)]


def versions(text: str) -> dict[str, set[str]]:
    """Package -> its version, or its versions for different platforms."""
    found: dict[str, set[str]] = {}
    for head in heads(text):
        found.setdefault(_package(head), set()).add(head.partition("==")[2].split()[0])
    return found


def uv() -> str:
    """Path of uv. Exits with 2 if it is missing."""
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        print(f"uv is not on PATH; install it: {sys.executable} -m pip install uv", file=sys.stderr)
        sys.exit(2)
    return found


def _head(block: str) -> str:
    return block.partition("\n")[0].removesuffix("\\").strip()


def _package(head: str) -> str:
    return re.split(r"[\[=]", head, maxsplit=1)[0]


def _order(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
