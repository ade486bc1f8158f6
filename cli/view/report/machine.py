"""A stack on the page: what is taken of its machine, its groups in waves, where they answer, what the rules say."""

from __future__ import annotations

from collections.abc import Iterator

from cli.view import memory
from cli.view.report.bars import memory_bar
from cli.view.report.drawing import anchor
from cli.view.report.facts import Facts
from cli.view.report.layout import group_note, machine_note
from cli.view.report.markup import Markup, joined, table, tag
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.targets.registry import profile


def machine_section(facts: Facts) -> Markup:
    """Everything of one stack."""
    deployment = facts.deployment
    heading = f"{deployment.stack}: {deployment.machine.title}"
    return tag(
        "section",
        tag("h2", heading, id=f"{deployment.stack}-heading"),
        tag("p", f"{machine_note(deployment)}, ", tag("code", deployment.machine.connection), class_="muted"),
        joined(*_bars(deployment)),
        _groups(deployment),
        _endpoints(deployment),
        _policies(facts),
        _changes(deployment),
        id=deployment.stack,
        aria_labelledby=f"{deployment.stack}-heading",
    )


def _bars(deployment: Deployment) -> Iterator[Markup]:
    machine = deployment.machine
    for card in deployment.cards:
        yield memory_bar(f"Card {card.name}{_deployed(deployment.mode)}", memory.of_card(card))
    for mode, cards in deployment.modes.items():
        for card in cards if mode != deployment.mode else ():
            yield memory_bar(f"Card {card.name}, mode {mode}", memory.of_card(card), "not deployed now")
    if deployment.off:
        yield tag("p", f"Of other modes, their volumes kept: {', '.join(deployment.off)}", class_="muted")
    for use in deployment.pools:
        yield memory_bar("Pool of cards", memory.of_pool(use), f"{use.gpu.sharing}; {memory.copies(use)}")
    if machine.cluster:
        yield memory_bar("Main memory of the nodes", memory.of_nodes(deployment, machine.cluster))
    elif not machine.cloud:
        yield memory_bar("Main memory", memory.of_host(deployment))


def _deployed(mode: str | None) -> str:
    return f", mode {mode}, which is deployed" if mode else ""


def _groups(deployment: Deployment) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", str(group.wave), class_="wave"),
            tag("th", group.name, scope="row"),
            tag("td", group_note(group, deployment)),
            tag("td", ", ".join(_beside(group, deployment))),
            id=anchor(deployment.stack, group.name),
            tabindex="-1",
        )
        for group in (*deployment.sharing, *deployment.groups)
    ]
    headings = ("wave", "group", "takes", "more")
    made = tag(
        "table",
        tag("caption", "Groups by the wave they start in"),
        tag(
            "thead",
            tag(
                "tr", *(tag("th", words, scope="col", class_="wave" if words == "wave" else None) for words in headings)
            ),
        ),
        tag("tbody", *rows),
    )
    return tag("div", made, class_="scroll", tabindex="0", role="region", aria_label=f"Groups of {deployment.stack}")


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


def _endpoints(deployment: Deployment) -> Markup:
    outside = {
        endpoint.ref: f"{deployment.machine.lan_address}:{endpoint.port.host_port}, for {', '.join(users)}"
        for endpoint, users in deployment.published
    }
    for group in deployment.groups:
        if group.operation.exposure:
            found = f"{group.name}/{group.operation.exposure.port}".removesuffix("/main")
            outside[found] = f"https://{group.operation.exposure.host}"
    rows = [
        (ref, tag("code", address), tag("code", outside[ref]) if ref in outside else "-")
        for ref, address in sorted(deployment.endpoints.items())
    ]
    edges = [
        (edge.source, f"{edge.target}:{edge.port}", edge.name or "-")
        for edge in deployment.edges
    ]  # fmt: skip
    edges += [(group.name, host, "internet") for group in deployment.groups for host in group.operation.outside]
    return joined(
        _fold(
            f"{len(rows)} endpoint{_s(len(rows))}, {len(outside)} reached from elsewhere",
            table(f"Endpoints of {deployment.stack}", ("endpoint", "on its machine", "from elsewhere"), rows),
        ),
        _fold(
            f"{len(edges)} connection{_s(len(edges))} its groups may open",
            table(f"Connections of {deployment.stack}", ("from", "to", "on another machine as"), edges),
        )
        if edges
        else None,
    )


def _policies(facts: Facts) -> Markup:
    judged = facts.judged
    if judged.failed:
        return tag("p", tag("span", "Not judged: ", class_="bad"), judged.failed)
    rows: dict[str, list[tuple[str, ...]]] = {}
    for found in judged.found:
        rows.setdefault(f"{found.rule} {found.name} ({found.standing})", []).append(
            (found.resource or facts.name, found.message, tag("code", found.place) if found.place else "-")
        )
    word = tag("span", "violated", class_="bad") if judged.violated else tag("span", "keeps every rule", class_="good")
    told = joined("Policies: ", word if judged.violated or not rows else tag("span", "advised", class_="good"))
    waived = sum(found.waived for found in judged.found)
    summary = joined(
        told, f"; {judged.rules_run} rules, {judged.rules_held} hold{f', {waived} waived' if waived else ''}"
    )
    if not rows:
        return tag("p", summary, class_="told")
    headings = ("resource", "what it says", "where")
    tables = [table(rule, headings, found, of=facts.name) for rule, found in rows.items()]
    opened = "" if judged.violated else None
    return tag("details", tag("summary", summary), *tables, open=opened)


def _changes(deployment: Deployment) -> Markup | None:
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
    unbuilt = [tag("li", tag("code", image), f": {why}") for image, why in deployment.unbuilt.items()]
    return joined(
        _fold(
            f"{len(rows)} thing{_s(len(rows))} that {target} does in another way",
            table(f"What changes on {target}", ("a group's need", "groups", "what happens"), rows, of=deployment.stack),
        )
        if rows
        else None,
        _fold(f"{len(unbuilt)} image{_s(len(unbuilt))} to bring your own", tag("ul", *unbuilt)) if unbuilt else None,
    )


def _fold(summary: str, *inside: Markup) -> Markup:
    return tag("details", tag("summary", summary), *inside)


def _s(count: int) -> str:
    return "" if count == 1 else "s"
