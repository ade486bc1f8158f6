"""Suggestions of known names for an unknown one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from fleet.source.similar import closest

_LISTED_MAX = 60
"""Most names of a list to choose from."""

_SYNONYMS = {
    "run_as": "user uid gid group runAsUser runAsGroup runAsNonRoot",
    "capabilities": "cap_add cap_drop privileged",
    "no_new_privileges": "security_opt allowPrivilegeEscalation",
    "read_only_root": "read_only readonly readOnlyRootFilesystem",
    "open_files": "ulimits nofile",
    "host_ipc": "ipc ipc_mode hostIPC",
    "health": "healthcheck livenessProbe readinessProbe startupProbe",
    "env": "environment",
    "mounts": "volumes volumeMounts",
    "shared_memory": "shm_size",
    "stop_grace": "stop_grace_period terminationGracePeriodSeconds",
    "start_after": "depends_on",
    "scaling": "replicas",
}
"""Our key -> keys of Compose and Kubernetes for the same."""

_OURS = {theirs: ours for ours, names in _SYNONYMS.items() for theirs in names.split()}

_ALIKE = 0.5
"""Minimum similarity (0 to 1) of several suggestions; a single one needs more."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean X?`, or the alternative if no name is similar."""
    close = closest(name, known)
    return f"did you mean {close[0]}?" if close else otherwise


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean X?`, also for the name that Compose or Kubernetes has for it, or the list to choose from."""
    choices = tuple(known)
    if (ours := _OURS.get(name)) in choices:
        return f"did you mean {ours}?"
    return did_you_mean(name, choices, "") or (f"use one of {_listed(choices)}" if choices else "remove it")


@lru_cache(maxsize=64)
def _listed(choices: tuple[str, ...]) -> str:
    first = sorted(choices)[:_LISTED_MAX]
    return ", ".join(first) + (f" and {len(choices) - len(first)} more" if len(choices) > len(first) else "")


def nearest(name: str, known: Iterable[str], at_most: int) -> str:
    """Similar names and names that contain this one, for lists too long to print."""
    every = sorted(known)
    containing = sorted((each for each in every if name.lower() in each.lower()), key=len)
    similar = closest(name, every, at_most, _ALIKE)
    *head, last = list(dict.fromkeys([*similar, *containing]))[:at_most] or every[:at_most]
    choice = f"{', '.join(head)} or {last}" if head else last
    return f"did you mean {choice}?" if len(head) + 1 < len(every) else f"use one of {', '.join(every)}"
