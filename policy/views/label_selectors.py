"""Label selectors of Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from fleet.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One expression of a selector."""

    key: str
    operator: str
    """`In`, `NotIn`, `Exists` or `DoesNotExist`; any other matches nothing."""
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet it."""
        if self.operator == "Exists":
            return self.key in labels
        if self.operator == "DoesNotExist":
            return self.key not in labels
        if self.operator == "In":
            return labels.get(self.key) in self.values
        return self.operator == "NotIn" and labels.get(self.key) not in self.values


@dataclass(frozen=True, slots=True)
class Selector:
    """Labels and expressions that must all match; an empty one selects everything."""

    labels: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it selects everything."""
        return not self.labels and not self.requirements

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a pod with these labels is selected."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            requirement.matches(labels) for requirement in self.requirements
        )

    def __str__(self) -> str:
        pairs = [f"{key}={value}" for key, value in self.labels.items()]
        return ", ".join([*pairs, *(f"{need.key} {need.operator}" for need in self.requirements)]) or "everything"
