"""Resolves the requirements of each container into a lock of its own: `locks/<group>[-<sidecar>].txt`.

    .venv/bin/python images/agent/renew_locks.py [NAME ...]

Needs `uv`, on the path or in this Python's environment. A lock holds for Python 3.11 and later, amd64 and arm64, and
pins what the agent host uses to the host's own versions, since both share one environment. Whatever exists only as
source is named in the lock, so that the image's builder knows it needs a compiler.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

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


def resolve(requirements: list[str]) -> str:
    """The text of a lock. Raises CalledProcessError, after uv has said why, where the list does not resolve."""
    command = [
        *(_uv(), "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *("--only-binary", ":all:", *(word for package in ONLY_AS_SOURCE for word in ("--no-binary", package))),
        *("--constraints", str(IMAGES / "agent-host" / "requirements.txt")),
    ]
    wanted = [*requirements, *(need for listed in requirements for need in UNDECLARED_DEPENDENCIES.get(listed, ()))]
    pins = subprocess.run(command, input="\n".join(wanted), text=True, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  (our words)
    from_source = [name for name in ONLY_AS_SOURCE if f"\n{name}==" in f"\n{pins}"]
    # In this order: for pip, the later of the two options wins.
    return "\n".join(["--only-binary :all:", *(f"--no-binary {name}" for name in from_source), pins])


def _uv() -> str:
    """Path of uv. Exits with 2 if it is missing."""
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        print(f"uv is not on PATH; install it: {sys.executable} -m pip install uv", file=sys.stderr)
        sys.exit(2)
    return found


def main(names: list[str]) -> int:
    """Renews the named locks, or all. Returns exit code 1 if one did not resolve, 2 for an unknown name."""
    lists = requirement_lists()
    if unknown := sorted(set(names) - lists.keys()):
        print(f"no requirements: {', '.join(unknown)}; use one of {', '.join(sorted(lists))}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or lists:
        reason = why_no_lock(lists[name])
        if reason:
            print(f"{name}: left out: {reason}")
            continue
        try:
            text = resolve(lists[name])
        except subprocess.CalledProcessError:
            failed += 1
            print(f"{name}: does not resolve", file=sys.stderr)
        else:
            (LOCKS / f"{name}.txt").write_text(text, encoding="utf-8")
            print(f"{name}: {len(text) // 1024} KiB")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
