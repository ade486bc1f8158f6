"""Architectures that an image supports: from its own resource, else from its group's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fleet.labels import IMAGE_PLATFORMS
from policy.views.container import ContainerView
from policy.views.stack import ImageView

_OTHER_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


def archs_of_images(images: Iterable[ImageView]) -> Mapping[str, set[str]]:
    """Name of an image -> the architectures its resource states; images that state none are left out."""
    found: dict[str, set[str]] = {}
    for image in images:
        archs = {arch_of(platform) for platform in image.platforms}
        if archs and not image.unknown:
            found.update(dict.fromkeys(image.names, archs))
    return found


def archs_of(container: ContainerView, known: Mapping[str, set[str]]) -> set[str]:
    """Architectures that a container's image supports; empty if unknown."""
    given = container.labels.get(IMAGE_PLATFORMS, "").split(",")
    return known.get(container.image or "") or {arch_of(text) for text in given if text.strip()}


def arch_of(platform: str) -> str:
    """`arm64` of `linux/arm64/v8` or of `arm64`."""
    parts = platform.strip().lower().split("/")
    arch = parts[1] if len(parts) > 1 else parts[0]
    return _OTHER_NAMES.get(arch, arch)


def listed(archs: Iterable[str]) -> str:
    """`amd64 and arm64`."""
    return " and ".join(sorted(archs))
