"""A stack on the page: memory, groups by wave, endpoints, policy results and degradations."""

from __future__ import annotations

from collections.abc import Iterator

import htpy as h

from cli.view import memory
from cli.view.policy_words import rules_text
from cli.view.report.bars import memory_bar
from cli.view.report.drawing import anchor
from cli.view.report.facts import Facts
from cli.view.report.layout import group_note, machine_note
from cli.view.report.table import table
from cli.view.targets.base import view_of
from fleet.model import MAIN
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.targets.registry import profile
from fleet.text import plural


def machine_section(facts: Facts) -> h.Renderable:
    """The section of one stack."""
    deployment = facts.deployment
    return h.section(id=deployment.stack, aria_labelledby=f"{deployment.stack}-heading")[
        h.h2(id=f"{deployment.stack}-heading")[f"{deployment.stack}: {deployment.machine.title}"],
        h.p(class_="muted")[f"{machine_note(deployment)}, ", h.code[deployment.machine.connection]],
        h.fragment[_bars(deployment)],
        _groups(deployment),
        _network(deployment),
        _policies(facts),
        _degradations(deployment),
    ]


def _bars(deployment: Deployment) -> Iterator[h.Renderable]:
    deployed = f", mode {deployment.mode} (deployed)" if deployment.mode else ""
    for card in deployment.cards:
        yield memory_bar(f"Card {card.name}{deployed}", memory.of_card(card))
    for mode, cards in deployment.modes.items():
        for card in cards if mode != deployment.mode else ():
            yield memory_bar(f"Card {card.name}, mode {mode}", memory.of_card(card), "not deployed")
    if deployment.off:
        yield h.p(class_="muted")[f"Off in this mode, volumes kept: {', '.join(deployment.off)}"]
    for use in deployment.pools:
        yield memory_bar("GPU pool", memory.of_pool(use), f"{use.gpu.sharing}; {memory.copies(use)}")
    if main_memory := view_of(deployment.machine.target).main_memory(deployment):
        yield memory_bar(*main_memory)


def _groups(deployment: Deployment) -> h.Renderable:
    rows = [
        h.tr(id=anchor(deployment.stack, group.name), tabindex="-1")[
            h.td(class_="wave")[str(group.wave)],
            h.th(scope="row")[group.name],
            h.td[group_note(group, deployment)],
            h.td[", ".join(_details(group, deployment))],
        ]
        for group in (*deployment.sharing, *deployment.groups)
    ]
    headings = ("wave", "group", "resources", "details")
    groups = h.table[
        h.caption["Groups by start wave"],
        h.thead[h.tr[(h.th(scope="col", class_="wave" if words == "wave" else None)[words] for words in headings)]],
        h.tbody[rows],
    ]
    return h.div(class_="scroll", tabindex="0", role="region", aria_label=f"Groups of {deployment.stack}")[groups]


def _details(group: PlannedGroup, deployment: Deployment) -> Iterator[str]:
    if kind := view_of(deployment.machine.target).kind(group, deployment.machine):
        yield kind
    if group.start_after:
        yield f"after {', '.join(group.start_after)}"
    if group.tenant:
        yield f"tenant {group.tenant}"
    if group.serves:
        yield f"serves {', '.join(group.serves)}"
    state = group.operation.state
    if state and state.candidate:
        yield f"{100 - state.percent} % to {state.track}, {state.percent} % to {state.track.other}"
    if group.is_job:
        yield "runs once"
    if sidecars := [container.key for container in group.containers if container.key != MAIN]:
        yield f"with {', '.join(sidecars)}"
    if group.name in deployment.gpus_dropped:
        yield "requests a GPU and runs without"
    if volumes := [key for key, volume in deployment.volumes.items() if volume.group == group.name]:
        yield f"volume{'s' if len(volumes) > 1 else ''} {', '.join(volumes)}"


def _network(deployment: Deployment) -> h.Renderable:
    stack = deployment.stack
    lan = deployment.machine.lan_address
    outside = {e.ref: f"{lan}:{e.port.outer_port}, for {', '.join(users)}" for e, users in deployment.published}
    for endpoint, address in deployment.for_people:
        at = f"{address}:{endpoint.port.outer_port}, for people"
        outside[endpoint.ref] = f"{outside[endpoint.ref]}; {at}" if endpoint.ref in outside else at
    for group in deployment.groups:
        if exposure := group.operation.exposure:
            outside[f"{group.name}/{exposure.port}".removesuffix("/main")] = f"https://{exposure.host}"
    endpoints = [
        (ref, h.code[address], h.code[outside[ref]] if ref in outside else "-")
        for ref, address in sorted(deployment.endpoints.items())
    ]
    connections = [(edge.source, f"{edge.target}:{edge.port}", edge.name or "-") for edge in deployment.edges]
    connections += [(group.name, host, "internet") for group in deployment.groups for host in group.operation.outside]
    return h.fragment[
        h.details[
            h.summary[f"{plural(len(endpoints), 'endpoint')}, {len(outside)} reachable from outside"],
            table(f"Endpoints of {stack}", ("endpoint", "on its machine", "from outside"), endpoints),
        ],
        h.details[
            h.summary[f"{plural(len(connections), 'allowed connection')}"],
            table(f"Connections of {stack}", ("from", "to", "on another machine as"), connections),
        ]
        if connections
        else None,
    ]


def _policies(facts: Facts) -> h.Renderable:
    judged = facts.judged
    if judged.failed:
        return h.p[h.span(class_="bad")["Policies not checked: "], judged.failed]
    rows: dict[str, list[tuple[h.Node, ...]]] = {}
    for finding in judged.found:
        rows.setdefault(f"{finding.rule} {finding.name} ({finding.standing})", []).append(
            (finding.resource or facts.name, finding.message, h.code[finding.place] if finding.place else "-")
        )
    text = rules_text(judged.rules_held, judged.rules_run, [(found.rule, found.standing) for found in judged.found])
    summary = h.fragment["Policies: ", h.span(class_="bad" if judged.violated else "good")[text]]
    if not rows:
        return h.p(class_="summary")[summary]
    tables = [table(rule, ("resource", "message", "source"), found, of=facts.name) for rule, found in rows.items()]
    return h.details(open=judged.violated)[h.summary[summary], tables]


def _degradations(deployment: Deployment) -> h.Renderable:
    target = deployment.machine.target
    rows = [
        (
            str(feature),
            "all" if len(groups) == len(deployment.groups) else ", ".join(groups),
            profile(target).capabilities[feature].how,
        )
        for feature, groups in deployment.degradations.items()
    ]
    on_the_cpu = [h.li[h.code[name], f": {', '.join(found)}"] for name, found in deployment.on_the_cpu.items()]
    unbuilt = [h.li[h.code[image], f": {why}"] for image, why in deployment.unbuilt.items()]
    title = f"Handled differently on {target}"
    return h.fragment[
        h.details[
            h.summary[f"{plural(len(rows), 'feature')} handled differently on {target}"],
            table(title, ("feature", "groups", "difference"), rows, of=deployment.stack),
        ]
        if rows
        else None,
        h.details[h.summary["Compute on the CPU despite a card: compiled without nvcc"], h.ul[on_the_cpu]]
        if on_the_cpu
        else None,
        h.details[h.summary[f"{plural(len(unbuilt), 'image')} to bring yourself"], h.ul[unbuilt]] if unbuilt else None,
    ]
