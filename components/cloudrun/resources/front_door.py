"""The front door: a global load balancer with one address and certificate for a service in several regions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from components.cloudrun.resources.base import CloudResource, Object, Part, cloud_of, resource, run_key
from components.listing import Ref
from fleet.model.cloud import FrontDoor
from fleet.plan.deployment import Deployment

_SCHEME = "EXTERNAL_MANAGED"
_WAF_RULES = ("sqli", "xss", "lfi", "rce", "protocolattack")
_WAF_VERSION = "v33-stable"
_LAST_RULE = 2147483647
_ALL_ADDRESSES: Object = {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}}


def front_door(deployment: Deployment) -> Iterator[CloudResource]:
    """All resources of the front door, if the stack has one."""
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
        # Serverless backends have no health checks: a failing region is detected by its responses.
        "outlier_detection": {
            "consecutive_errors": 5,
            "enforcing_consecutive_errors": 100,
            "interval": {"seconds": 1},
            "base_ejection_time": {"seconds": 30},
            "max_ejection_percent": 50,
        },
        "log_config": {"enable": True, "sample_rate": 1.0},
    }
    if door.armor or door.requests_per_minute:
        backend["security_policy"] = Ref("door-armor")
    yield _made("door-backend", "BackendService", backend, deployment)


def _entrances(door: FrontDoor, deployment: Deployment) -> Iterator[CloudResource]:
    name = _name(deployment, "door")
    yield _made("door-address", "GlobalAddress", {"name": name}, deployment)
    # The name includes a digest of the host, so that a new host's certificate is created before the old one is deleted.
    digest = hashlib.sha256(door.host.encode()).hexdigest()[:8]
    certificate = {"name": f"{name}-{digest}", "managed": {"domains": [door.host]}}
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
    # The API adds this rule to every policy; without it here, each preview would show a change.
    rules.append({"priority": _LAST_RULE, "action": "allow", "match": _ALL_ADDRESSES, "description": "default rule"})
    return {"name": _name(deployment, "armor"), "type": "CLOUD_ARMOR", "rules": rules}


def _made(key: str, kind: str, args: Object, deployment: Deployment, *needs: str) -> CloudResource:
    return resource(deployment, key, f"compute.{kind}", args, *needs, api="compute", part=Part.FRONT_DOOR)


def _name(deployment: Deployment, role: str) -> str:
    return f"{deployment.machine.name}-{role}"
