"""Makers of cards, and what a card's model tells of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Vendor(StrEnum):
    """Maker of a card, and so its driver, device files and libraries."""

    NVIDIA = "nvidia"
    """CUDA: the container toolkit, or NVIDIA's device plugin."""
    AMD = "amd"
    """ROCm: /dev/kfd and a render node, or AMD's device plugin."""
    INTEL = "intel"
    """oneAPI, OpenVINO or media: a render node, or Intel's device plugin."""


_MODELS: Mapping[Vendor, re.Pattern[str]] = {
    Vendor.NVIDIA: re.compile(r"\b(nvidia|geforce|quadro|tesla|rtx|gtx|jetson|dgx)\b", re.IGNORECASE),
    Vendor.AMD: re.compile(
        r"\b(amd|radeon|instinct|rx\s?[4-9]\d{2,3}|mi\d{2,3}x?|strix halo|ryzen ai)\b", re.IGNORECASE
    ),
    Vendor.INTEL: re.compile(r"\b(intel|arc|iris|uhd|battlemage|b580|b60)\b", re.IGNORECASE),
}
_UNIFIED = re.compile(r"\b(jetson|orin|xavier|thor|strix halo|ryzen ai|gb10|dgx spark)\b", re.IGNORECASE)


def maker_of(model: str) -> Vendor | None:
    """The maker that a model's name tells plainly; None if it tells none, or several."""
    found = [vendor for vendor, names in _MODELS.items() if names.search(model)]
    return found[0] if len(found) == 1 else None


def shares_memory(model: str) -> bool:
    """Whether a model's name is that of a card in the machine's main memory."""
    return _UNIFIED.search(model) is not None
