"""Keys of a stack's `config`: ours, Pulumi's own, and those of providers."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fleet.model import Stack
from fleet.source.document import Document
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, SECRETS, is_encrypted
from fleet.source.redaction import shown
from fleet.source.similar import closest
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
NAMESPACES = frozenset({"pulumi", SECRETS.removesuffix(":"), *_NAMES.split()})
"""Namespaces other than `fleet`: of secret values, Pulumi's own, and those of its verified providers, by
pulumi.com/registry."""

_DEFAULT_PROVIDERS = "pulumi:disable-default-providers"
_ABSENT = object()
_TEXT_MAX = 1000

_OURS = frozenset(field.alias or name for name, field in Stack.model_fields.items()) - {"name"}


def ensure_config_keys_are_known(document: Document) -> Iterator[Fault]:
    """Each key of a stack's `config` is in our namespace, in Pulumi's or in a provider's: no other has an effect."""
    for key in document.value["config"]:
        if not key.startswith(NAMESPACE) and (found := _rejection(key)):
            source, line = document.place(("config", key))
            yield Fault(source, line, key[:80], *found)


def ensure_groups_are_listed(document: Document) -> Iterator[Fault]:
    """A stack lists its groups, also if it has none: a lost list would remove what runs."""
    keys = [key.removeprefix(NAMESPACE) for key in document.value["config"] if key.startswith(NAMESPACE)]
    # A misspelt key is a fault of its own.
    if "groups" not in keys and not any(closest(key, _OURS) == ("groups",) for key in keys):
        source, line = document.place(("config",))
        remedy = f"add `{NAMESPACE}groups: []` under config, with the groups it runs"
        yield Fault(source, line, "groups", "is missing", remedy)


def ensure_keys_are_in_clear(document: Document) -> Iterator[Fault]:
    """No key of ours is encrypted: only Pulumi could read it, and plans would take it for absent."""
    for name in sorted(_OURS):
        key = f"{NAMESPACE}{name}"
        if is_encrypted(document.value["config"].get(key)):
            remedy = "write it in clear; only values under secrets: are encrypted"
            yield Fault(*document.place(("config", key)), name, "is encrypted, so that no check can read it", remedy)


def ensure_default_providers_are_off(document: Document) -> Iterator[Fault]:
    """Pulumi creates no provider from the environment, such as DOCKER_HOST: every resource of ours names its own.

    The engine reads a list, or its JSON as text (pkg/resource/deploy/default_providers.go of Pulumi 3).
    """
    value = document.value["config"].get(_DEFAULT_PROVIDERS, _ABSENT)
    if _bars_all(value):
        return
    source, line = document.place(("config", _DEFAULT_PROVIDERS) if value is not _ABSENT else ("config",))
    problem = "is missing" if value is _ABSENT else f"{shown(value)} lets Pulumi use the providers of the environment"
    yield Fault(source, line, _DEFAULT_PROVIDERS, problem, f'write `{_DEFAULT_PROVIDERS}: ["*"]` under config')


def _bars_all(value: object) -> bool:
    if isinstance(value, str):
        try:
            value = json.loads(value) if len(value) <= _TEXT_MAX else None
        except (ValueError, RecursionError):
            return False
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return False
    return "*" in {each.strip() for each in value}


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
