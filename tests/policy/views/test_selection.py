"""Indexes give what comparing every selector with every pod gives, in the same order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policy.views.kubernetes import DisruptionBudgetView, PodView, ScalerView
from policy.views.label_selectors import Requirement, Selector
from policy.views.selection import PodIndex, Scalers, SelectorIndex

KEYS, VALUES = st.sampled_from(["app", "tier", "job-name"]), st.sampled_from(["a", "b", "c"])
LABELS = st.dictionaries(KEYS, VALUES, max_size=3)
OPERATORS = st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist", "Unheard"])
REQUIREMENTS = st.builds(Requirement, KEYS, OPERATORS, st.lists(VALUES, max_size=3).map(tuple))
SELECTORS = st.builds(Selector, LABELS, st.lists(REQUIREMENTS, max_size=2).map(tuple))
WHERE = {
    "subject": st.just("x"),
    "name": VALUES,
    "host": st.sampled_from(["one", "other"]),
    "namespace": st.sampled_from(["agents", "tools"]),
    "unknown": st.sampled_from([frozenset(), frozenset({"namespace"})]),
}
PODS = st.lists(
    st.builds(PodView, kind=st.sampled_from(["Deployment", "StatefulSet", "Job"]), pod_labels=LABELS, **WHERE),
    max_size=12,
)
BUDGETS = st.lists(
    st.builds(DisruptionBudgetView, kind=st.just("PodDisruptionBudget"), selector=SELECTORS, **WHERE), max_size=12
)


@given(PODS, BUDGETS)
def test_pods_are_found_by_the_labels_they_run_with(pods: list[PodView], budgets: list[DisruptionBudgetView]) -> None:
    index = PodIndex(pods)
    for budget in budgets:
        assert budget.selector
        candidates = index.candidates(budget.place, budget.selector)
        found = [pod for pod in candidates if budget.selector.matches(pod.run_labels)]
        plain = [p for p in pods if p.place and p.place == budget.place and budget.selector.matches(p.run_labels)]
        assert [id(pod) for pod in found] == [id(pod) for pod in plain]


@given(PODS, BUDGETS)
def test_what_selects_a_pod_is_found_by_its_labels(pods: list[PodView], budgets: list[DisruptionBudgetView]) -> None:
    index = SelectorIndex((budget, budget.selector) for budget in budgets if budget.selector)
    for pod in pods:
        found = [b for b in index.candidates(pod) if b.selector and b.selector.matches(pod.pod_labels)]
        plain = [
            b for b in budgets if b.place and b.place == pod.place and b.selector and b.selector.matches(pod.pod_labels)
        ]
        assert [id(budget) for budget in found] == [id(budget) for budget in plain]


@given(
    PODS,
    st.lists(
        st.builds(
            ScalerView,
            kind=st.just("HorizontalPodAutoscaler"),
            target_kind=st.sampled_from(["Deployment", "StatefulSet"]),
            target_name=VALUES,
            **WHERE,
        ),
        max_size=8,
    ),
)
def test_the_first_scaler_of_a_workload_is_found(pods: list[PodView], scalers: list[ScalerView]) -> None:
    index = Scalers(scalers)
    for pod in pods:
        plain = (
            scaler
            for scaler in scalers
            if (scaler.target_kind, scaler.target_name) == (pod.kind, pod.name)
            and scaler.place
            and scaler.place == pod.place
        )
        assert index.of(pod) is next(plain, None)


def test_a_selector_is_compared_with_few_of_many_pods() -> None:
    def pod(number: int) -> PodView:
        names = {"app": f"app-{number}", "team": "all"}
        return PodView(subject="", kind="Deployment", name=f"app-{number}", namespace="agents", pod_labels=names)

    pods = [pod(number) for number in range(500)]
    selector = Selector({"team": "all", "app": "app-7"})
    assert list(PodIndex(pods).candidates(pods[0].place, selector)) == [pods[7]]
