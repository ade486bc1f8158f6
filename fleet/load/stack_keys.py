"""Keys of a stack's `config`: ours, Pulumi's own, and those of providers."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Stack
from fleet.source.document import Document
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE
from fleet.suggest import did_you_mean

_NAMES = """
aiven akamai alicloud archive artifactory auth0 aws aws-native awsx azure azure-native azuread azuredevops
cloudflare cloudinit command confluentcloud consul databricks datadog digitalocean dnsimple docker docker-build ec
eks elasticstack exoscale external fastly fortios gcp github gitlab google-native grafana harness hcloud hcp http
kafka keycloak kong kubernetes linode local mailgun minio mongodbatlas mysql newrelic nomad ns1 null oci okta
onelogin openstack opsgenie ovh pagerduty postgresql proxmoxve pulumiservice rabbitmq rancher2 random rke scaleway
sentry signalfx slack snowflake spotinst splunk std sumologic tailscale terraform tls unifi upcloud vault venafi
volcengine vsphere vultr wavefront xenorchestra yandex zitadel
"""
NAMESPACES = frozenset({"pulumi", *_NAMES.split()})
"""Namespaces other than ours: Pulumi's own, and those of its verified providers, by pulumi.com/registry."""

_OURS = frozenset(field.alias or name for name, field in Stack.model_fields.items()) - {"name"}


def ensure_config_keys_are_known(document: Document) -> Iterator[Fault]:
    """Each key of a stack's `config` is in our namespace, in Pulumi's or in a provider's: no other has an effect."""
    for key in document.value["config"]:
        if not key.startswith(NAMESPACE) and (found := _rejection(key)):
            source, line = document.place(("config", key))
            yield Fault(source, line, key[:80], *found)


def _rejection(key: str) -> tuple[str, str] | None:
    """Problem and remedy of a key outside our namespace."""
    namespace, colon, name = key.rpartition(":")
    if not colon:
        return "key without a namespace, which Pulumi and fleet read differently", _rename(name)
    if name.strip() in _OURS or namespace not in NAMESPACES:
        return f'unknown namespace "{namespace[:60]}"', _rename(name.strip())
    return None


def _rename(name: str) -> str:
    if name in _OURS:
        return f"write {NAMESPACE}{name}"
    ours = did_you_mean(name, _OURS, "")
    return (
        f"{ours[:-1].replace('you mean ', f'you mean {NAMESPACE}')}?"
        if ours
        else (f"use {NAMESPACE}, pulumi: or the name of a provider, or remove the key")
    )
