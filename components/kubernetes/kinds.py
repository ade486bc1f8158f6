"""Registers objects of the API with the SDK's classes, imported when the first object of a kind is registered."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

_MODULES: Mapping[str, str] = {
    "v1": "core.v1",
    "apps/v1": "apps.v1",
    "autoscaling/v2": "autoscaling.v2",
    "batch/v1": "batch.v1",
    "discovery.k8s.io/v1": "discovery.v1",
    "networking.k8s.io/v1": "networking.v1",
    "policy/v1": "policy.v1",
    "scheduling.k8s.io/v1": "scheduling.v1",
}
"""API group and version -> module of the SDK; any other is a custom resource."""


def register(name: str, manifest: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Registers an object of the API under a logical name."""
    body = {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind")}
    version, kind = manifest["apiVersion"], manifest["kind"]
    if version not in _MODULES:
        return CustomResource(name, api_version=version, kind=kind, opts=options, **body)
    resource = getattr(import_module(f"pulumi_kubernetes.{_MODULES[version]}"), kind)
    created: pulumi.CustomResource = resource(name, opts=options, **{_snake(key): value for key, value in body.items()})
    return created


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
