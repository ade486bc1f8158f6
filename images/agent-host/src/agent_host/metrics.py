"""Prometheus metrics of a container's agents, collected at each scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from agent_host.processes import ProcessFacts, read_processes
from agent_host.settings import Settings
from agent_host.supervisor import AgentStatus

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_PLACE = ["group", "container", "machine"]
_AGENT = [*_PLACE, "agent"]


def render_metrics(settings: Settings, statuses: Sequence[AgentStatus], host_pid: int) -> bytes:
    """All metrics in Prometheus' text format.

    Memory and CPU of an agent include the processes it started; stand-ins have none of their own, they are the host's.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(settings, statuses, host_pid, read_processes()))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(
        self,
        settings: Settings,
        statuses: Sequence[AgentStatus],
        host_pid: int,
        processes: Iterable[ProcessFacts],
    ) -> None:
        self._place = [settings.group, settings.container, settings.machine]
        self._statuses = statuses
        self._host_pid = host_pid
        self._processes = tuple(processes)

    def collect(self) -> Iterator[Metric]:
        yield from self._states()
        yield from self._usage()

    def _states(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("fleet_agent_up", "1 while the agent runs or a stand-in answers for it", labels=_AGENT)
        stand_in = GaugeMetricFamily("fleet_agent_stand_in", "1 while a stand-in answers for the agent", labels=_AGENT)
        restarts = CounterMetricFamily("fleet_agent_restarts", "Restarts since the container started", labels=_AGENT)
        for status in self._statuses:
            labels = [*self._place, status.name]
            up.add_metric(labels, float(status.up))
            stand_in.add_metric(labels, float(status.stand_in))
            restarts.add_metric(labels, float(status.restarts))
        yield from (up, stand_in, restarts)

    def _usage(self) -> Iterator[Metric]:
        memory = GaugeMetricFamily("fleet_agent_memory_bytes", "Resident memory of the agent", labels=_AGENT)
        cpu = CounterMetricFamily("fleet_agent_cpu_seconds", "User and system time of the agent", labels=_AGENT)
        for status in self._statuses:
            if status.pid is not None:
                own = [process for process in self._processes if process.session == status.pid]
                memory.add_metric([*self._place, status.name], sum(process.memory_bytes for process in own))
                cpu.add_metric([*self._place, status.name], sum(process.cpu_s for process in own))
        host_memory = GaugeMetricFamily("fleet_host_memory_bytes", "Resident memory of the host", labels=_PLACE)
        host_cpu = CounterMetricFamily("fleet_host_cpu_seconds", "User and system time of the host", labels=_PLACE)
        for process in self._processes:
            if process.pid == self._host_pid:
                host_memory.add_metric(self._place, process.memory_bytes)
                host_cpu.add_metric(self._place, process.cpu_s)
        yield from (memory, cpu, host_memory, host_cpu)
