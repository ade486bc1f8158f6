"""Resolves the requirements of each assistant container into a lock of its own: `locks/<group>[-<sidecar>].txt`.

    python3 images/agent/renew_locks.py [NAME ...]

Needs `uv` on the path, and PyYAML. A lock holds for Python 3.11 and later, amd64 and arm64, and pins what the agent
host uses to the host's own versions, since both share one environment. Whatever exists only as source is named in the
lock, so that the image's builder knows it needs a compiler.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

IMAGES = Path(__file__).resolve().parents[1]
GROUPS = IMAGES.parent / "groups" / "assistant"
LOCKS = IMAGES / "agent" / "locks"

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
    """Name of a lock -> the container's requirements as its group file lists them."""
    found = {}
    for path in sorted(GROUPS.glob("*.yaml")):
        containers = yaml.safe_load(path.read_text(encoding="utf-8"))["containers"]
        for key, container in containers.items():
            requirements = container.get("build", {}).get("requirements")
            if requirements:
                found[path.stem if key == "main" else f"{path.stem}-{key}"] = requirements
    return found


def why_no_lock(requirements: list[str]) -> str | None:
    """What of a list cannot be had, and why; None where all can."""
    return next((f"{name}: {why}" for name, why in UNAVAILABLE.items() if name in requirements), None)


def resolve(requirements: list[str]) -> str:
    """The text of a lock. Raises CalledProcessError, after uv has said why, where the list does not resolve."""
    command = [
        *("uv", "pip", "compile", "-", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *("--only-binary", ":all:", *(word for package in ONLY_AS_SOURCE for word in ("--no-binary", package))),
        *("--constraints", str(IMAGES / "agent-host" / "requirements.txt")),
    ]
    wanted = [*requirements, *(need for listed in requirements for need in UNDECLARED_DEPENDENCIES.get(listed, ()))]
    pins = subprocess.run(command, input="\n".join(wanted), text=True, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  (our words)
    from_source = [name for name in ONLY_AS_SOURCE if f"\n{name}==" in f"\n{pins}"]
    # In this order: for pip, the later of the two options wins.
    return "\n".join(["--only-binary :all:", *(f"--no-binary {name}" for name in from_source), pins])


def main(names: list[str]) -> int:
    """Renews the named locks, or all. Returns exit code 1 if one did not resolve."""
    failed = 0
    for name, requirements in requirement_lists().items():
        if names and name not in names:
            continue
        reason = why_no_lock(requirements)
        if reason:
            print(f"{name}: left out: {reason}")
            continue
        try:
            (LOCKS / f"{name}.txt").write_text(resolve(requirements), encoding="utf-8")
        except subprocess.CalledProcessError:
            failed += 1
            print(f"{name}: does not resolve", file=sys.stderr)
        else:
            print(f"{name}: {(LOCKS / f'{name}.txt').stat().st_size // 1024} KiB")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
