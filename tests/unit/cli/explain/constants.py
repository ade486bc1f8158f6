"""Fields that no key decides: `<Kind>.<path>` or `<logical name>/<Kind>.<path>`, with * for anything."""

from __future__ import annotations

CONSTANTS = {
    "docker": (
        "Container.capabilities.drops", "Container.privileged", "Container.init", "Container.wait",
        "Container.mustRun", "Container.logDriver", "Container.logOpts.*", "Container.networkMode",
        "Container.ulimits.nproc.name", "Container.envs.BIND_ADDRESS", "Container.envs.PORT_OFFSET",
        "Container.envs.HOME", "Container.envs.USER", "Container.envs.LOGNAME",
        "Container.envs.SERVICE_DISCOVERY_MODE", "Container.envs.CROSS_MACHINE_SYNC",
        "Container.envs.FLEET_CONTAINER", "Container.labels.fleet.container", "Container.healthcheck.startInterval",
        "Container.healthcheck.tests", "Container.labels.fleet.self-healing", "ContainerGroup.wave",
        "*-gpu-sharing-*/*", "AgentImages.images", "Image.build.args.LOCK", "Image.build.builderVersion",
        "Image.build.context", "Image.build.dockerfile", "Image.build.target", "Image.buildOnPreview",
        "Image.skipPush", "Network.driver", "Volume.driver", "docker.sshOpts", "Container.ulimits.nofile.name",
        "DataVolume.kind",
    ),
    "kubernetes": (
        "*.apiVersion", "*.kind", "*app.kubernetes.io/managed-by", "*.fleet.track", "*.fleet.local/*.container",
        "*.env.BIND_ADDRESS", "*.env.PORT_OFFSET", "*.env.HOME", "*.env.SERVICE_DISCOVERY_MODE",
        "*.env.CROSS_MACHINE_SYNC", "*.env.FLEET_CONTAINER", "*.containers.*.name", "*.initialDelaySeconds",
        "*Probe.periodSeconds", "*Probe.failureThreshold", "*.imagePullPolicy", "*.capabilities.drop",
        "*.securityContext.privileged", "*.runAsNonRoot", "*.seccompProfile.type", "*.fsGroupChangePolicy",
        "*.automountServiceAccountToken", "*.enableServiceLinks", "*.ephemeral-storage", "*.volumeMounts.*",
        "*.medium", "*.podAffinityTerm.topologyKey", "*.preferredDuringSchedulingIgnoredDuringExecution.*.weight",
        "*.progressDeadlineSeconds", "*.revisionHistoryLimit", "*.strategy.type", "*.spec.replicas",
        "HorizontalPodAutoscaler.spec.behavior.*", "HorizontalPodAutoscaler.spec.metrics.*",
        "Ingress.metadata.annotations.*", "LimitRange.metadata.name", "ResourceQuota.metadata.name",
        "LimitRange.spec.limits.*", "Namespace.metadata.labels.pod-security.kubernetes.io/*",
        "NetworkPolicy.metadata.name", "NetworkPolicy.spec.policyTypes", "NetworkPolicy.spec.egress.*",
        "NetworkPolicy.spec.ingress.*.protocol",
        "PersistentVolumeClaim.*.fleet.local/volume.writers", "PersistentVolumeClaim.spec.accessModes",
        "PodDisruptionBudget.spec.maxUnavailable", "PriorityClass.*", "ResourceQuota.spec.hard.services.*",
        "ResourceQuota.spec.hard.requests.*", "Service.spec.type", "ServiceAccount.*", "ConfigMap.data.*",
        "*Group.wave", "kubernetes.enable*", "Namespace.metadata.labels.fleet.tenant",
    ),
    "cloudrun": (
        "*Group.wave", "Repository.cleanupPolicies.*", "Repository.cleanupPolicyDryRun",
        "Repository.dockerConfig.immutableTags", "Repository.format", "SecretIamMember.role",
        "Service.defaultUriDisabled", "Service.disableDependentServices", "Service.disableOnDestroy",
        "Service.service", "Service.invokerIamDisabled", "Service.location", "*.fleet.local/*.container",
        "*.envs.BIND_ADDRESS", "*.envs.PORT_OFFSET", "*.envs.HOME", "*.envs.SERVICE_DISCOVERY_MODE",
        "*.envs.CROSS_MACHINE_SYNC", "*.containers.*.name", "*.initialDelaySeconds", "*Probe.periodSeconds",
        "*Probe.successThreshold", "*Probe.failureThreshold", "*.startupCpuBoost",
        "*.template.scaling.minInstanceCount", "*.traffics.*", "gcp.addPulumiAttributionLabel",
        "gcp.userProjectOverride",
    ),
}  # fmt: skip
"""Target -> patterns."""
