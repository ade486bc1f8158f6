"""A plan as text: the machine and its memory, the waves, the policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.judging import found_of
from cli.preview.program import Run
from cli.terminal import trimmed
from cli.view.findings_text import show_finding
from cli.view.policy_words import rules_text
from cli.view.rows import labelled, line
from cli.view.targets.base import view_of
from fleet.model import MAIN, PoolGpu
from fleet.model.device import DeviceClass
from fleet.plan.deployment import Deployment, MonthlyCharge, PlannedGroup
from fleet.plan.planned_container import PlannedGpu
from fleet.targets.registry import profile
from fleet.text import dollars, gibibytes, plural, thousands
from policy.core.rule import Level
from policy.engine.judge import Judgement, Kind, Verdict
from policy.views.registered import Registered

_IN_FULL = 3
"""Advisories of one rule printed in full; of more, only the first."""

_WIDE = 110
"""Columns from which volumes and sidecars fit on the row of their group."""

_KINDS = ("group", "container", "image", "network", "volume", "provider", "component")


def show_plan(out: Console, run: Run, judgement: Judgement | None, seconds: float) -> None:
    """Prints the plan of a stack, made in `seconds`."""
    with trimmed(out):
        _show(out, run, judgement, seconds)


def _show(out: Console, run: Run, judgement: Judgement | None, seconds: float) -> None:
    deployment = run.deployment
    _headline(out, deployment, seconds)
    out.print()
    view_of(deployment.machine.target).show(out, deployment)
    if deployment.charge:
        labelled(out, "cost", _charge(deployment.charge))
    out.print()
    _waves(out, deployment)
    if any(container.files for container in deployment.containers):
        out.print("\nfiles of the project in containers:")
    for container in deployment.containers:
        for file in container.files:
            size = f"{thousands(len(file.content))} bytes"
            line(out, 2, f"{container.name}: {file.path} from {file.source}, {size}")
    if deployment.on_the_cpu:
        out.print("\non the CPU despite a card (compiled without nvcc, see images/README.md):")
        for name, packages in deployment.on_the_cpu.items():
            line(out, 2, f"{name}: {', '.join(packages)}")
    if deployment.unbuilt:
        out.print("\nimages to bring yourself (nothing builds them; use the name shown):")
        for name, reason in deployment.unbuilt.items():
            line(out, 2, f"{name}: {reason}")
    if deployment.replaced_images:
        out.print("\nstand-ins in place of images (stacks without stand-ins run these):")
        for name, folder in deployment.replaced_images.items():
            line(out, 2, f"{name}: {folder}")
    if deployment.gpus_dropped:
        out.print(f"\nwithout GPU: {', '.join(deployment.gpus_dropped)} request one and run without")
    if deployment.degradations:
        out.print(f"\nhandled differently on {deployment.machine.target}:")
    for feature, groups in deployment.degradations.items():
        names = "all groups" if len(groups) == len(deployment.groups) else ", ".join(groups)
        line(out, 2, f"{feature} ({names}): {profile(deployment.machine.target).capabilities[feature].how}")
    out.print(f"\n{_count(run)}")
    if judgement is None:
        out.print("policies: not checked (--no-policy)")
    else:
        _policies(out, run, judgement)


_CLASSES = {
    DeviceClass.GAMING_PC: "gaming PC",
    DeviceClass.CLOUD_VM: "cloud VM",
    DeviceClass.SINGLE_BOARD_COMPUTER: "single-board computer",
    DeviceClass.HPC: "HPC",
}
"""Classes that are not read as their words."""


def _headline(out: Console, deployment: Deployment, seconds: float) -> None:
    machine = deployment.machine
    facts = [
        _CLASSES.get(machine.device_class) or str(machine.device_class).replace("-", " "),
        " and ".join(machine.archs),
        *view_of(machine.target).capacity(machine),
        *([gpu.model for gpu in machine.cards.values()] if not deployment.stand_ins else []),
        machine.connection,
        *(["sandbox"] if deployment.sandbox else []),
        *(["stand-in agents"] if deployment.stand_ins else []),
    ]
    row = Table.grid(expand=True, padding=(0, 2, 0, 0))
    row.add_column(ratio=1)
    row.add_column(justify="right", no_wrap=True)
    title = Text(deployment.stack, "bold").append(f"   {', '.join(facts)}", "default")
    row.add_row(title, f"offline plan, {seconds:.1f} s")
    out.print(row)


def _charge(charge: MonthlyCharge) -> str:
    unpriced = f"; unpriced: {', '.join(charge.unknown)}" if charge.unknown else ""
    return (
        f"{dollars(charge.expected_usd)} expected, budget {dollars(charge.budget_usd)} a month; "
        f"idle {dollars(charge.idle_usd)}, maximum {dollars(charge.maximum_usd)}{unpriced}"
    )


def _waves(out: Console, deployment: Deployment) -> None:
    if not deployment.groups:
        out.print("no groups; list them under fleet:groups")
        return
    wide = out.width >= _WIDE
    table = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    table.add_column()
    with_gpu = any(container.gpu for container in deployment.containers)
    table.add_row("", "group", "", "memory", "GPU request / limit, MiB" if with_gpu else "", "", style="dim")
    wave = -1
    for group in (*deployment.sharing, *deployment.groups):
        table.add_row(
            f"wave {group.wave}" if group.wave != wave else "",
            group.name,
            "MPS daemon" if group in deployment.sharing else plural(group.agents, "agent"),
            gibibytes(sum(container.memory_request_mib for container in group.containers)),
            _gpu(group),
            _extras(group, deployment) if wide else "",
        )
        wave = group.wave
    out.print(table)
    extras = [f"{group.name}: {text}" for group in deployment.groups if (text := _extras(group, deployment))]
    if extras and not wide:
        labelled(out, "with", "\n".join(extras))


def _gpu(group: PlannedGroup) -> str:
    budgets = [container.gpu for container in group.containers if container.gpu and container.gpu.processes]
    return ", ".join(
        f"{_times(budget)}{budget.gpu.sharing}"
        if isinstance(budget.gpu, PoolGpu)
        else f"{_times(budget)}{thousands(budget.request_mib)} / {thousands(budget.limit_mib)}"
        for budget in budgets
    )


def _times(budget: PlannedGpu) -> str:
    return f"{budget.count} x " if budget.count > 1 else ""


def _extras(group: PlannedGroup, deployment: Deployment) -> str:
    volumes = [volume.key for volume in deployment.volumes.values() if volume.group == group.name]
    parts = [
        *([f"tenant {group.tenant}"] if group.tenant else []),
        *view_of(deployment.machine.target).operation(group),
        *([f"serves {'tenant' if len(group.serves) == 1 else 'tenants'} {', '.join(group.serves)}"]
          if group.serves else []),
        *(["runs once"] if group.is_job else []),
        *(f"{'first' if container.once else '+'} {container.key}" for container in group.containers
          if container.key != MAIN),
        *([f"{'volume' if len(volumes) == 1 else 'volumes'} {', '.join(volumes)}"] if volumes else []),
    ]  # fmt: skip
    return "; ".join(parts)


def _count(run: Run) -> str:
    kinds = Counter(_kind(resource) for resource in run.resources)
    parts = [plural(kinds[kind], kind) for kind in _KINDS if kinds[kind]]
    other = sum(count for kind, count in kinds.items() if kind not in _KINDS)
    return f"{plural(len(run.resources), 'resource')}: {', '.join([*parts, *([f'{other} other'] if other else [])])}"


def _kind(resource: Registered) -> str:
    name = resource.type.split(":")[-1]
    if resource.type.startswith("pulumi:providers:"):
        return "provider"
    if resource.type.startswith("fleet:"):
        return "group" if name in ("ContainerGroup", "CloudRunGroup") else "component"
    return name.lower()


def _policies(out: Console, run: Run, judgement: Judgement) -> None:
    mandatory = [verdict for verdict in judgement.verdicts if verdict.level == Level.MANDATORY]
    waived = [verdict for verdict in judgement.verdicts if verdict.kind is Kind.WAIVED]
    advisory = [v for v in judgement.verdicts if v.level != Level.MANDATORY and v.kind is not Kind.WAIVED]
    results = [(verdict.id, _level(verdict)) for verdict in judgement.verdicts]
    out.print(f"policies: {rules_text(judgement.rules_held, judgement.rules_run, results)}")
    by_rule: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in (*advisory, *waived):
        by_rule.setdefault((verdict.id, _level(verdict)), []).append(verdict)
    for verdicts in by_rule.values():
        _advisories(out, run, verdicts)
    for verdict in mandatory:
        show_finding(out, found_of(verdict, run))


def _advisories(out: Console, run: Run, verdicts: Sequence[Verdict]) -> None:
    """Advisories of one rule: a few in full; of many, the first in full and the other resources by name."""
    many = len(verdicts) > _IN_FULL
    for verdict in verdicts[:1] if many else verdicts:
        show_finding(out, found_of(verdict, run))
    if many:
        others = ", ".join(dict.fromkeys(verdict.resource for verdict in verdicts[1:]))
        line(out, 4, f"and {len(verdicts) - 1} more: {others}")


def _level(verdict: Verdict) -> str:
    return str(Kind.WAIVED if verdict.kind is Kind.WAIVED else verdict.level)
