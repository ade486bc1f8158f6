"""Defaults of keys that policies read too. Imports no models."""

from __future__ import annotations

DOMAIN = "fleet.local"
"""Prefix of annotations and node labels. As a registry: images built by the machine's daemon."""

POOL_LABEL = f"{DOMAIN}/pool"
"""Node label that names the pool, unless the cluster sets another one."""
