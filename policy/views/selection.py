"""Which pods selectors match, without comparing every selector with every pod.

Both indexes file by place (cluster and namespace) and label. They give candidates in order of registration: everything
that matches and little else, so a caller still asks `Selector.matches`. What is in an unknown namespace is in none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Generic, TypeVar

from policy.views.kubernetes import ObjectView, Place, PodView, ScalerView
from policy.views.label_selectors import Selector

ViewT = TypeVar("ViewT", bound=ObjectView)

_Pair = tuple[str, str | None] | None
"""(key, value) of a label; value None is any value, no pair at all any labels."""


class PodIndex:
    """Pods by the labels that they run with."""

    def __init__(self, pods: Iterable[PodView]) -> None:
        self._pods = tuple(pods)
        self._filed: dict[tuple[Place, _Pair], list[int]] = defaultdict(list)
        for number, pod in enumerate(self._pods):
            if pod.place:
                for pair in (None, *pod.run_labels.items(), *((key, None) for key in pod.run_labels)):
                    self._filed[pod.place, pair].append(number)

    def candidates(self, place: Place | None, selector: Selector) -> Iterator[PodView]:
        """The pods of a place that a selector may match."""
        if place is None:
            return
        options = [[self._filed.get((place, pair), []) for pair in pairs] for pairs in _required(selector)]
        fewest = min(options, key=lambda lists: sum(map(len, lists)))
        for number in merge(*fewest):
            yield self._pods[number]


class SelectorIndex(Generic[ViewT]):
    """Network policies, disruption budgets and others by the pods they may select."""

    def __init__(self, views: Iterable[tuple[ViewT, Selector]]) -> None:
        given = [(view, view.place, list(_required(selector))) for view, selector in views]
        self._views = tuple(view for view, _, _ in given)
        self._filed: dict[tuple[Place, _Pair], list[int]] = defaultdict(list)
        times = Counter((place, pair) for _, place, required in given for pairs in required for pair in pairs)
        for number, (_, place, required) in enumerate(given):
            if place:
                rarest = min(required, key=lambda pairs: sum(times[place, pair] for pair in pairs))
                for pair in rarest:
                    self._filed[place, pair].append(number)

    def candidates(self, pod: PodView) -> Iterator[ViewT]:
        """The views whose selectors may match a pod."""
        if pod.place is None:
            return
        pairs = (None, *pod.pod_labels.items(), *((key, None) for key in pod.pod_labels))
        for number in merge(*(self._filed.get((pod.place, pair), []) for pair in pairs)):
            yield self._views[number]


class Scalers:
    """Autoscalers by target."""

    def __init__(self, scalers: Iterable[ScalerView]) -> None:
        self._by_target: dict[tuple[Place | None, str, str], ScalerView] = {}
        for scaler in scalers:
            if scaler.place:
                self._by_target.setdefault((scaler.place, scaler.target_kind, scaler.target_name), scaler)

    def of(self, pod: PodView) -> ScalerView | None:
        """The autoscaler of a workload; the first of several."""
        return self._by_target.get((pod.place, pod.kind, pod.name))


def _required(selector: Selector) -> Iterator[list[_Pair]]:
    """Lists of pairs; what a selector matches has one pair of each."""
    yield [None]
    for key, value in selector.labels.items():
        yield [(key, value)]
    for need in selector.requirements:
        if need.operator == "In":
            yield [(need.key, value) for value in dict.fromkeys(need.values)]
        elif need.operator == "Exists":
            yield [(need.key, None)]
