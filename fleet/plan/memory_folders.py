"""Folders in memory and /dev/shm of a container: the kernel charges what is in them to its memory limit."""

from __future__ import annotations

from fleet.model import Container, Hardening


def fitted(container: Container, hardening: Hardening, cap_mib: int) -> tuple[Hardening, int]:
    """The hardening and the MiB of /dev/shm, each half of the limit at most where the group's file sets no size.

    The model refuses stated sizes that exceed the limit together; a stand-in has a lower limit, so they shrink too.
    """
    half, lowered = cap_mib // 2, cap_mib < container.memory.cap_mib
    shared, tmpfs = container.shared_memory_mib, hardening.tmpfs
    if lowered or "shared_memory_mib" not in container.model_fields_set:
        shared = min(shared, half)
    if tmpfs and (lowered or "tmpfs" not in hardening.model_fields_set):
        tmpfs = {path: min(size, max(half // len(tmpfs), 1)) for path, size in tmpfs.items()}
        hardening = hardening.model_copy(update={"tmpfs": tmpfs})
    return hardening, min(shared, cap_mib)
