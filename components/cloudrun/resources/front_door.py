"""The front door: one address and certificate for a service in several regions, through a global load balancer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    Part,
    api_key,
    cloud_of,
    project_of,
    run_key,
)
from components.listing import Ref
from fleet.model.cloud import FrontDoor
from fleet.plan.deployment import Deployment

_SCHEME = "EXTERNAL_MANAGED"
_WAF_RULES = ("sqli", "xss", "lfi", "rce", "protocolattack")
_WAF_VERSION = "v33-stable"
_LAST_RULE = 2147483647
_ALL_ADDRESSES: Object = {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}}
_EJECTED_S = 30
_ERRORS_IN_A_ROW = 5
_HALF = 50
_HASH_LENGTH = 8


def front_door(deployment: Deployment) -> Iterator[CloudResource]:
    """Everything of the front door; nothing where a stack has none."""
    door = cloud_of(deployment).front_door
    if door is None:
        return
    yield from _backends(door, deployment)
    yield from _entrances(door, deployment)


def _backends(door: FrontDoor, deployment: Deployment) -> Iterator[CloudResource]:
    regions = cloud_of(deployment).regions
    for region in regions:
        args: Object = {
            "name": f"{door.group}-{region}",
            "region": region,
            "network_endpoint_type": "SERVERLESS",
            "cloud_run": {"service": door.group},
        }
        yield _made(f"door-{region}", "RegionNetworkEndpointGroup", args, deployment, run_key(door.group, region))
    if door.armor or door.requests_per_minute:
        yield _made("door-armor", "SecurityPolicy", _armor(door, deployment), deployment)
    backend: Object = {
        "name": _name(deployment, "backend"),
        "protocol": "HTTPS",
        "load_balancing_scheme": _SCHEME,
        "backends": [{"group": Ref(f"door-{region}")} for region in regions],
        # A load balancer asks no health of serverless backends: a region that fails is left out for what it answers.
        "outlier_detection": {
            "consecutive_errors": _ERRORS_IN_A_ROW,
            "enforcing_consecutive_errors": 100,
            "interval": {"seconds": 1},
            "base_ejection_time": {"seconds": _EJECTED_S},
            "max_ejection_percent": _HALF,
        },
        "log_config": {"enable": True, "sample_rate": 1.0},
    }
    if door.armor or door.requests_per_minute:
        backend["security_policy"] = Ref("door-armor")
    yield _made("door-backend", "BackendService", backend, deployment)


def _entrances(door: FrontDoor, deployment: Deployment) -> Iterator[CloudResource]:
    name = _name(deployment, "door")
    yield _made("door-address", "GlobalAddress", {"name": name}, deployment)
    # Its host is part of its name: another host is another certificate, made before the old one goes.
    certificate = {"name": f"{name}-{_digest(door.host)}", "managed": {"domains": [door.host]}}
    yield _made("door-certificate", "ManagedSslCertificate", certificate, deployment)
    routes = {"name": name, "default_service": Ref("door-backend")}
    yield _made("door-routes", "URLMap", routes, deployment)
    proxy = {
        "name": name,
        "url_map": Ref("door-routes"),
        "ssl_certificates": [Ref("door-certificate")],
        "quic_override": "NONE",
    }
    yield _made("door-https", "TargetHttpsProxy", proxy, deployment)
    yield _made("door-in", "GlobalForwardingRule", _entrance(name, "door-https", "443"), deployment)
    redirect = {
        "name": f"{name}-redirect",
        "default_url_redirect": {
            "https_redirect": True,
            "strip_query": False,
            "redirect_response_code": "MOVED_PERMANENTLY_DEFAULT",
        },
    }
    yield _made("door-redirect", "URLMap", redirect, deployment)
    plain = {"name": f"{name}-redirect", "url_map": Ref("door-redirect")}
    yield _made("door-http", "TargetHttpProxy", plain, deployment)
    yield _made("door-in-plain", "GlobalForwardingRule", _entrance(f"{name}-plain", "door-http", "80"), deployment)


def _entrance(name: str, proxy: str, port: str) -> Object:
    return {
        "name": name,
        "ip_address": Ref("door-address", "address"),
        "ip_protocol": "TCP",
        "port_range": port,
        "target": Ref(proxy),
        "load_balancing_scheme": _SCHEME,
    }


def _armor(door: FrontDoor, deployment: Deployment) -> Object:
    rules: list[Object] = []
    if door.armor:
        rules += [
            {
                "priority": 1000 + index,
                "action": "deny(403)",
                "match": {
                    "expr": {"expression": f"evaluatePreconfiguredWaf('{rule}-{_WAF_VERSION}', {{'sensitivity': 1}})"}
                },
                "description": rule,
            }
            for index, rule in enumerate(_WAF_RULES)
        ]
    if door.requests_per_minute:
        rules.append(
            {
                "priority": 2000,
                "action": "throttle",
                "match": _ALL_ADDRESSES,
                "rate_limit_options": {
                    "conform_action": "allow",
                    "exceed_action": "deny(429)",
                    "enforce_on_key": "IP",
                    "rate_limit_threshold": {"count": door.requests_per_minute, "interval_sec": 60},
                },
                "description": "requests a minute",
            }
        )
    # Every policy has this rule; one that is not stated differs from what the API gives back.
    rules.append({"priority": _LAST_RULE, "action": "allow", "match": _ALL_ADDRESSES, "description": "default rule"})
    return {"name": _name(deployment, "armor"), "type": "CLOUD_ARMOR", "rules": rules}


def _made(key: str, kind: str, args: Object, deployment: Deployment, *needs: str) -> CloudResource:
    everything = {**args, "project": project_of(deployment)}
    return CloudResource(key, f"compute.{kind}", everything, part=Part.FRONT_DOOR, needs=(api_key("compute"), *needs))


def _name(deployment: Deployment, role: str) -> str:
    return f"{deployment.machine.name}-{role}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
