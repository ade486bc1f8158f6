"""Measures the packages of each lock: `locks/sizes.json`, lock -> processor -> bytes downloaded and on disk.

Sizes are exact for wheels: the index states that of the file, and the directory at the file's end those of its members,
which is all that is downloaded. Compiling adds `COMPILED` bytes per byte of Python source. A package that exists only
as source takes `BUILT` times its archive. The figures are for the images' Python: 3.12 on Debian 12.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

COMPILED = 1.17
"""Bytes of compiled code per byte of Python source; measured over the 2 500 modules of a development environment."""

BUILT = 1.5
"""Bytes on disk per byte of a source archive; llama-cpp-python's, the only large one, was measured at 1.5."""

PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}
PYTHON = (3, 12)
_GLIBC_MINOR = 36
_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_DIRECTORY_BYTES = (1 << 16, 1 << 20, 1 << 24)
"""How much of a wheel's end is read, until its directory is in it: 16 MiB lists 100 000 files."""


def renew_sizes(folder: Path, uv: str) -> None:
    """Measures the locks of a folder that changed since the last time, by a path of uv."""
    file = folder / "sizes.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    sizes = {}
    for lock in sorted(folder.glob("*.txt")):
        digest = lock_digest(lock)
        is_known = known.get(lock.stem, {}).get("lock") == digest
        sizes[lock.stem] = known[lock.stem] if is_known else {"lock": digest, **measure(lock, uv)}
    file.write_text(json.dumps(sizes, indent=2) + "\n", encoding="utf-8")


def lock_digest(lock: Path) -> str:
    """12 hex digits, to see whether figures are those of a lock."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:12]


def measure(lock: Path, uv: str) -> dict[str, dict[str, int]]:
    """Processor -> `download` and `disk` in bytes."""
    command = [uv, "pip", "compile", str(lock), "--quiet", "--universal", "--no-deps", "--format", "pylock.toml"]
    text = subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603  (our words)
    packages = tomllib.loads(text)["packages"]
    found = {}
    for arch, machine in PROCESSORS.items():
        files = [file for package in packages for file in _files(package, machine)]
        with ThreadPoolExecutor(16) as pool:
            disk = sum(pool.map(_installed, files))
        found[arch] = {"download": sum(file["size"] for file in files), "disk": disk}
    return found


def _files(package: dict[str, Any], machine: str) -> Iterator[dict[str, Any]]:
    """The file of a package that pip installs on a processor; none if its marker excludes that."""
    environment = {"python_full_version": "3.12.0", "python_version": "3.12", "platform_machine": machine}
    platform = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    if "marker" in package and not Marker(package["marker"]).evaluate({**environment, **platform}):
        return
    rank = {tag: place for place, tag in enumerate(_tags(machine))}
    fitting = [
        (min(rank[tag] for tag in tags), wheel["url"], wheel)
        for wheel in package.get("wheels", ())
        if (tags := parse_wheel_filename(wheel["url"].rpartition("/")[2].replace("%2B", "+"))[3] & rank.keys())
    ]
    if fitting:
        yield min(fitting)[2]
    elif "sdist" in package:
        yield package["sdist"]


def _tags(machine: str) -> list[Tag]:
    platforms = []
    for minor in range(_GLIBC_MINOR, 4, -1):
        platforms += [
            f"manylinux_2_{minor}_{machine}",
            *([f"{_OLD_NAMES[minor]}_{machine}"] if minor in _OLD_NAMES else []),
        ]
    platforms.append(f"linux_{machine}")
    return [*cpython_tags(PYTHON, platforms=platforms), *compatible_tags(PYTHON, platforms=platforms)]


def _installed(file: dict[str, Any]) -> int:
    """Bytes on disk of an installed file of the index."""
    if not file["url"].endswith(".whl"):
        return round(file["size"] * BUILT)
    members = _directory(file["url"])
    source = sum(member.file_size for member in members if member.filename.endswith(".py"))
    return sum(member.file_size for member in members) + round(source * COMPILED)


def _directory(url: str) -> list[zipfile.ZipInfo]:
    for count in _DIRECTORY_BYTES:
        request = urllib.request.Request(url, headers={"Range": f"bytes=-{count}"})  # noqa: S310  (uv gave the address)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  (uv gave the address)
            end = io.BytesIO(answer.read())
        try:
            return zipfile.ZipFile(end).infolist()
        except zipfile.BadZipFile:
            continue
    msg = f"{url}: its directory is larger than {_DIRECTORY_BYTES[-1]} bytes"
    raise ValueError(msg)
