"""Readers: provider properties to views. One entry a resource type that holds containers."""

from __future__ import annotations

from collections.abc import Mapping

from policy.containers import Reader
from policy.readers.docker import docker_container

READERS: Mapping[str, Reader] = {
    "docker:index/container:Container": docker_container,
}
"""Type token -> reader of the containers in such a resource."""
