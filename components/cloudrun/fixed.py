"""Fields of Google Cloud's resources that no key decides, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_PROBED = "every instance is asked alike: components/cloudrun/resources/probes.py"
_KEPT = "images without a tag go after a week, the newest stay"

FIXED: Mapping[str, str] = {
    "*Group.wave": "it starts after no group of this stack",
    "Repository.cleanupPolicies.*": _KEPT,
    "Repository.cleanupPolicyDryRun": _KEPT,
    "Repository.dockerConfig.immutableTags": "a tag that moves is a version nobody reviewed",
    "Repository.format": "what Cloud Run pulls",
    "SecretIamMember.role": "reading is all that an instance needs of a secret",
    "Service.defaultUriDisabled": "peers call a service by the address that Cloud Run gives it",
    "Service.disableDependentServices": "what else the project uses must go on when this stack goes",
    "Service.disableOnDestroy": "what else the project uses must go on when this stack goes",
    "Service.service": "an API that what is registered here needs",
    "Service.invokerIamDisabled": "nobody calls a service without being named",
    "Service.location": "another region makes another service",
    "*.fleet.local/*.container": "every group has a container of this key, by which it is known",
    "*.envs.BIND_ADDRESS": "inside the instance, every address is its own",
    "*.envs.PORT_OFFSET": "each instance has an address of its own, so that no port is ever shifted",
    "*.envs.HOME": "the writable folder of an instance",
    "*.envs.SERVICE_DISCOVERY_MODE": "services find each other by their addresses in the address book",
    "*.envs.CROSS_MACHINE_SYNC": "no peer elsewhere has a port whose service is discovery or observability",
    "*.containers.*.name": "every group has a container of this key, by which it is known",
    "*.initialDelaySeconds": _PROBED,
    "*Probe.periodSeconds": _PROBED,
    "*Probe.successThreshold": _PROBED,
    "*Probe.failureThreshold": f"{_PROBED}; Cloud Run gives four minutes to start",
    "*.startupCpuBoost": "an instance that starts gets more CPU, which costs little and ends soon",
    "*.template.scaling.minInstanceCount": "instances are kept by the service, not by each revision",
    "*.traffics.*": "a group that is not being rolled out sends all requests to its latest revision",
    "gcp.addPulumiAttributionLabel": "a label that the provider adds by itself would be in no plan",
    "gcp.userProjectOverride": "budgets are asked for in the name of the project that pays",
}
"""`<Kind>.<path>` or `<logical name>/<Kind>.<path>`, with * for anything -> why; the first that fits counts."""
