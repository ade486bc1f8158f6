"""A cluster that has a bit of everything: what tests of the exports are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.helm import chart
from fleet.plan.deployment import Deployment
from fleet.plan.kubernetes_namespaces import moved
from fleet.plan.planner import plan_stack
from tests.unit.builders import load_project, small_group, write_project

REGISTRY = "registry.example/agents"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"

HUB = small_group(top="tier: critical\nports: {main: {port: 8000, scheme: http}}", main="agents: {Hub: {}}")
CRAWLER = small_group(
    top="scaling: {min: 2, max: 6, cpu_percent: 60}\npeers: [hub]\noutside: ['example.com:443']",
    main="agents: {Crawler: {}}\nenv: {TEMPLATE: '{{ .Values.mood }} {{{x}}} $(HOME)', EMPTY: '', YES: 'yes'}",
).replace("{request: 64MiB}", "{request: 128MiB}")
LEDGER = small_group(
    top="start_after: [hub]\npeers: [hub]\nrollout: {strategy: recreate}\n"
    "volumes: {ledger-data: {writers: one, size: 5GiB}}",
    main="agents: {Ledger: {}}\nmounts: {ledger-data: {path: /data}}\nsecrets: [ledger-key]",
) + (
    "  metrics:\n"
    f"    image: {{reference: 'docker.io/library/exporter:1.2@{DIGEST}', platforms: [amd64]}}\n"
    "    memory: {request: 32MiB, limit: 64MiB}\n"
    "    cpu: {request: 50m, limit: 200m}\n"
    "    health: {path: /metrics, port: 9100}\n"
)
FOX = small_group(top="tenant: red\npeers: [hub]", main="agents: {Fox: {}}\nsecrets: [fox-key]")
JAY = small_group(top="tenant: blue\ntier: experimental\npeers: [hub]", main="agents: {Jay: {}}")
PAINTER = small_group(
    image="build: {variant: cuda}",
    top="start_after: [hub]\npeers: [hub]",
    main="agents: {Painter: {}}\ngpu: {request: 2GiB, limit: 4GiB, enforcement: framework}",
).replace("{request: 64MiB}", "{request: 1GiB, limit: 2GiB}")
PORTAL = small_group(
    top="scaling: {min: 1, max: 3, signals: {waiting: {query: 'sum(waiting{job=\"portal\"})', per_replica: 5}}}\n"
    "rollout: {strategy: canary, steps: [{percent: 10, pause: 5m}, {percent: 100}]}\npeers: [hub]",
    main="agents: {Portal: {}}",
)
GROUPS = {
    "hub": HUB,
    "crawler": CRAWLER,
    "ledger": LEDGER,
    "fox": FOX,
    "jay": JAY,
    "painter": PAINTER,
    "portal": PORTAL,
}

INGRESS = "entrance: {issuer: letters, exposed: {hub: {host: hub.example.com, requests_per_second: 5}}}"
GATEWAY = (
    "entrance: {kind: gateway, class_name: envoy, namespace: envoy, issuer: letters, exposed: "
    "{portal: {host: portal.example.com}, hub: {host: hub.example.com}}}"
)
KEDA = f"autoscaler: keda\n      metrics: service-monitor\n      {GATEWAY}"
ROLLOUT = f"  fleet:rollouts: {{portal: {{candidate: {REGISTRY}/portal:0.2.0, percent: 10}}}}\n"

STACKS = {"plain": INGRESS, "woven": KEDA}
"""Stack -> what its cluster has: an Ingress and the built-in autoscaler; or a Gateway, KEDA and a rollout under way."""


def stack_file(name: str, groups: Iterable[str] = GROUPS) -> str:
    """Text of a cluster's stack file."""
    return (
        'config:\n  pulumi:disable-default-providers: ["*"]\n'
        "  fleet:machine:\n"
        f"    name: {name}\n"
        f"    title: {name}\n"
        "    class: container-service\n"
        "    target: kubernetes\n"
        f"    connection: kubeconfig://{name}\n"
        "    cluster:\n"
        "      node_pools:\n"
        "        general: {nodes: 2, cpus: 8, memory: 16GiB}\n"
        "        cards: {nodes: 1, cpus: 8, memory: 32GiB, gpu: {model: L4, memory: 24GiB, sharing: memory-amount}}\n"
        f"      {STACKS[name]}\n"
        f"  fleet:images: {{registry: {REGISTRY}}}\n"
        f"{ROLLOUT if name == 'woven' else ''}"
        f"  fleet:groups: [{', '.join(groups)}]\n"
    )


def write_cluster(folder: Path, stack: str, change: Callable[[str], str] = str, /, **groups: str | None) -> Path:
    """Writes a fleet whose one cluster runs the groups above: with a change of its file, and other texts for some
    groups, or None to leave one out."""
    kept = {name: text for name, text in {**GROUPS, **groups}.items() if text is not None}
    return write_project(folder, **{f"stack_{stack}": change(stack_file(stack, kept))}, **kept)


@cache
def planned_cluster(stack: str) -> tuple[Deployment, Deployment]:
    """The plan of a cluster, and its plan in the namespace that a chart is made from."""
    with TemporaryDirectory() as folder:
        fleet = load_project(write_cluster(Path(folder), stack)).fleet
    return plan_stack(fleet, stack), plan_stack(moved(fleet, stack, NAMESPACE_MARK), stack)


@cache
def cluster_chart(stack: str) -> Mapping[str, str]:
    """The chart of a cluster."""
    return chart(*planned_cluster(stack), "Made by a test.")
