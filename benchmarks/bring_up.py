"""Times Docker Compose bringing up MainPC's groups with stand-ins: our export against a bare hand-written file.

`python -m benchmarks.bring_up` prints a table. Both files have the same image, agent host settings, health check and
waves; the bare one has no limits, hardening, volumes or ports. They run in turn on a separate Docker daemon, which
requires root (tools/lab/two-machines).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks.timing import Command, seconds
from tests.docker.lab import (
    LabError,
    Machine,
    compose_call,
    load_agent_host,
    missing,
    save_agent_host,
    two_machines,
)
from tests.docker.project import Project

STACK = "mainpc"
RUNS = 3
RATIO = 1.1

WAVES = (
    ("core-platform",),
    ("memory-stack",),
    ("model-manager-gpu",),
    ("language-stack-gpu", "reasoning-gpu", "utility-gpu", "utility-gpu-helpers", "vision-gpu"),
    ("audio-emotion", "audio-emotion-streams"),
)
WAITS_FOR = {1: "core-platform", 2: "memory-stack", 3: "model-manager-gpu", 4: "language-stack-gpu"}
"""Zero-based wave -> the container that must be healthy before it starts."""
TAKEN = ("image", "environment", "healthcheck")
"""Keys that the bare services share with ours."""


def main() -> None:
    """Prints the table, or exits with the reason why nothing can be measured."""
    lack = missing()
    if lack:
        sys.exit(f"bring-up: not measured, {lack}")
    with tempfile.TemporaryDirectory() as name:
        try:
            with two_machines(Path(name)) as machines:
                times = _medians(Path(name), machines[STACK], Project(Path(name) / "project", machines))
        except LabError as error:
            sys.exit(f"bring-up: not measured, {error}")
    ratio = times["ours"] / times["bare"]
    print(f"{'what':<34} {'ours s':>7} {'bare s':>7} {'ratio':>6}   budget")
    verdict = "holds" if ratio <= RATIO else "MISSED"
    what = f"compose up, {STACK} with stand-ins"
    print(f"{what:<34} {times['ours']:7.2f} {times['bare']:7.2f} {ratio:6.2f}   {RATIO} x bare: {verdict}")


def _medians(folder: Path, machine: Machine, project: Project) -> dict[str, float]:
    ours = project.export(STACK)
    exported: dict[str, Any] = yaml.safe_load(ours.read_text())["services"]
    bare = folder / "bare.yaml"
    bare.write_text(yaml.safe_dump(_bare(exported)))
    image = folder / "agent-host.tar"
    save_agent_host(image)
    load_agent_host(machine, image, {service["image"] for service in exported.values()})
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(RUNS + 1):
        for name, file in {"ours": ours, "bare": bare}.items():
            took = seconds(_compose(machine, file, "up", "--detach", "--wait"))
            # The first turn warms the caches.
            if turn:
                times[name].append(took)
            seconds(_compose(machine, file, "down"))
    return {name: statistics.median(values) for name, values in times.items()}


def _bare(exported: dict[str, Any]) -> dict[str, Any]:
    services = {}
    for wave, names in enumerate(WAVES):
        for name in names:
            services[name] = {key: exported[name][key] for key in TAKEN}
            if wave:
                services[name]["depends_on"] = {WAITS_FOR[wave]: {"condition": "service_healthy"}}
    return {"name": "bare", "services": services}


def _compose(machine: Machine, file: Path, *arguments: str) -> Command:
    call = compose_call() or ()
    return Command([*call, "--file", str(file), *arguments], file.parent, {"DOCKER_HOST": machine.connection})


if __name__ == "__main__":
    main()
