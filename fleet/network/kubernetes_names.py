"""Names of a cluster's objects, for those who render them and those who check that they are unique."""

from __future__ import annotations

from fleet.model import Track

DEFAULT_DENY = "default-deny"
"""The network policy that denies what no other allows."""

DNS_POLICY = "names"
"""The network policy that allows DNS."""

DEFAULT_ACCOUNT = "default"
"""The service account that Kubernetes creates in every namespace."""


def workload_name(group: str, track: Track | None) -> str:
    """Name of everything a group owns, or of what one of its versions owns."""
    return f"{group}-{track}" if track else group


def certificate_name(group: str) -> str:
    """Name of the secret in which cert-manager keeps the certificate of an exposed group."""
    return f"{group}-tls"
