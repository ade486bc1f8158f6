"""A stack on the page: usage of its machine, groups by wave, endpoints and policy results."""

from __future__ import annotations

from collections.abc import Iterator

import htpy as h

from cli.view import memory
from cli.view.report.bars import memory_bar
from cli.view.report.drawing import anchor
from cli.view.report.facts import Facts
from cli.view.report.layout import group_note, machine_note
from cli.view.report.table import table
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.targets.registry import profile
from fleet.text import plural


def machine_section(facts: Facts) -> h.Renderable:
    """Everything of one stack."""
    deployment = facts.deployment
    heading = f"{deployment.stack}: {deployment.machine.title}"
    return h.section(id=deployment.stack, aria_labelledby=f"{deployment.stack}-heading")[
        h.h2(id=f"{deployment.stack}-heading")[heading],
        h.p(class_="muted")[f"{machine_note(deployment)}, ", h.code[deployment.machine.connection]],
        h.fragment[_bars(deployment)],
        _groups(deployment),
        _endpoints(deployment),
        _policies(facts),
        _changes(deployment),
    ]


def _bars(deployment: Deployment) -> Iterator[h.Renderable]:
    machine = deployment.machine
    for card in deployment.cards:
        yield memory_bar(f"Card {card.name}{_deployed(deployment.mode)}", memory.of_card(card))
    for mode, cards in deployment.modes.items():
        for card in cards if mode != deployment.mode else ():
            yield memory_bar(f"Card {card.name}, mode {mode}", memory.of_card(card), "not deployed now")
    if deployment.off:
        yield h.p(class_="muted")[f"Of other modes, their volumes kept: {', '.join(deployment.off)}"]
    for use in deployment.pools:
        yield memory_bar("Pool of cards", memory.of_pool(use), f"{use.gpu.sharing}; {memory.copies(use)}")
    if machine.cluster:
        yield memory_bar("Main memory of the nodes", memory.of_nodes(deployment, machine.cluster))
    elif not machine.cloud:
        yield memory_bar("Main memory", memory.of_host(deployment))


def _deployed(mode: str | None) -> str:
    return f", mode {mode}, which is deployed" if mode else ""


def _groups(deployment: Deployment) -> h.Renderable:
    rows = [
        h.tr(id=anchor(deployment.stack, group.name), tabindex="-1")[
            h.td(class_="wave")[str(group.wave)],
            h.th(scope="row")[group.name],
            h.td[group_note(group, deployment)],
            h.td[", ".join(_beside(group, deployment))],
        ]
        for group in (*deployment.sharing, *deployment.groups)
    ]
    headings = ("wave", "group", "takes", "more")
    made = h.table[
        h.caption["Groups by the wave they start in"],
        h.thead[h.tr[(h.th(scope="col", class_="wave" if words == "wave" else None)[words] for words in headings)]],
        h.tbody[rows],
    ]
    return h.div(class_="scroll", tabindex="0", role="region", aria_label=f"Groups of {deployment.stack}")[made]


def _beside(group: PlannedGroup, deployment: Deployment) -> Iterator[str]:
    cloud = deployment.machine.cloud
    if cloud:
        yield f"{str(cloud.service(group.name).kind).replace('-', ' ')} in {', '.join(cloud.regions)}"
    if group.start_after:
        yield f"after {', '.join(group.start_after)}"
    if group.tenant:
        yield f"tenant {group.tenant}"
    if group.serves:
        yield f"serves {', '.join(group.serves)}"
    state = group.operation.state
    if state and state.candidate:
        yield f"{100 - state.percent} % to {state.track}, {state.percent} % to {state.track.other}"
    sidecars = [container.key for container in group.containers if container.key != "main"]
    if sidecars:
        yield f"with {', '.join(sidecars)}"
    if group.name in deployment.gpus_dropped:
        yield "asks for a GPU and gets none"
    volumes = [key for key, volume in deployment.volumes.items() if volume.group == group.name]
    if volumes:
        yield f"volume{'s' if len(volumes) > 1 else ''} {', '.join(volumes)}"


def _endpoints(deployment: Deployment) -> h.Renderable:
    outside = {
        endpoint.ref: f"{deployment.machine.lan_address}:{endpoint.port.host_port}, for {', '.join(users)}"
        for endpoint, users in deployment.published
    }
    for group in deployment.groups:
        if group.operation.exposure:
            found = f"{group.name}/{group.operation.exposure.port}".removesuffix("/main")
            outside[found] = f"https://{group.operation.exposure.host}"
    rows = [
        (ref, h.code[address], h.code[outside[ref]] if ref in outside else "-")
        for ref, address in sorted(deployment.endpoints.items())
    ]
    edges = [
        (edge.source, f"{edge.target}:{edge.port}", edge.name or "-")
        for edge in deployment.edges
    ]  # fmt: skip
    edges += [(group.name, host, "internet") for group in deployment.groups for host in group.operation.outside]
    return h.fragment[
        _fold(
            f"{plural(len(rows), 'endpoint')}, {len(outside)} reached from other machines",
            table(f"Endpoints of {deployment.stack}", ("endpoint", "on its machine", "from elsewhere"), rows),
        ),
        _fold(
            f"{plural(len(edges), 'connection')} its groups may open",
            table(f"Connections of {deployment.stack}", ("from", "to", "on another machine as"), edges),
        )
        if edges
        else None,
    ]


def _policies(facts: Facts) -> h.Renderable:
    judged = facts.judged
    if judged.failed:
        return h.p[h.span(class_="bad")["Not judged: "], judged.failed]
    rows: dict[str, list[tuple[h.Node, ...]]] = {}
    for found in judged.found:
        rows.setdefault(f"{found.rule} {found.name} ({found.standing})", []).append(
            (found.resource or facts.name, found.message, h.code[found.place] if found.place else "-")
        )
    word = h.span(class_="bad")["violated"] if judged.violated else h.span(class_="good")["keeps every rule"]
    told = h.fragment["Policies: ", word if judged.violated or not rows else h.span(class_="good")["advised"]]
    waived = sum(found.waived for found in judged.found)
    summary = h.fragment[
        told, f"; {judged.rules_held} of {judged.rules_run} rules passed{f', {waived} waived' if waived else ''}"
    ]
    if not rows:
        return h.p(class_="told")[summary]
    headings = ("resource", "what it says", "where")
    tables = [table(rule, headings, found, of=facts.name) for rule, found in rows.items()]
    return h.details(open=judged.violated)[h.summary[summary], tables]


def _changes(deployment: Deployment) -> h.Renderable | None:
    target = deployment.machine.target
    everyone = len(deployment.groups)
    rows = [
        (
            str(feature),
            "all" if len(groups) == everyone else ", ".join(groups),
            profile(target).capabilities[feature].how,
        )
        for feature, groups in deployment.degradations.items()
    ]
    unbuilt = [h.li[h.code[image], f": {why}"] for image, why in deployment.unbuilt.items()]
    return h.fragment[
        _fold(
            f"{plural(len(rows), 'feature')} handled differently on {target}",
            table(f"What changes on {target}", ("feature", "groups", "what happens"), rows, of=deployment.stack),
        )
        if rows
        else None,
        _fold(f"{plural(len(unbuilt), 'image')} to bring yourself", h.ul[unbuilt]) if unbuilt else None,
    ]


def _fold(summary: str, *inside: h.Renderable) -> h.Renderable:
    return h.details[h.summary[summary], inside]
