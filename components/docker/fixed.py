"""Fields of a Docker machine's resources that no key decides, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_HARDENED = "the same for every container: hardened by default, and nothing gives it back"
_MPS = "the daemon that shares a card is the fleet's own: fleet/plan/mps.py says what it needs"
_SANDBOX = "a stand-in's own, the same for each: fleet/targets/reserved.py and images/agent-host"

FIXED: Mapping[str, str] = {
    "Container.capabilities.drops": f"{_HARDENED}; hardening.capabilities adds some back beside it",
    "Container.privileged": _HARDENED,
    "Container.init": "the same for every container: a process that reaps the ones that ended",
    "Container.wait": "the provider's own waiting sees an exited container only at its timeout; a health hook waits",
    "Container.mustRun": "the provider starts what it creates, and keeps it running",
    "Container.logDriver": "logs are bounded for every container: three files of 10 MB",
    "Container.logOpts.*": "logs are bounded for every container: three files of 10 MB",
    "Container.networkMode": "the provider creates on the bridge, then joins the networks of networks_advanced alone",
    "Container.ulimits.nproc.name": "the name of the limit; machine.process_limit is its figure",
    "Container.envs.BIND_ADDRESS": "inside the container's own network, every address is its own",
    "Container.envs.PORT_OFFSET": "each group has a network of its own, so that no port is ever shifted",
    "Container.envs.HOME": "the writable folder of a read-only root",
    "Container.envs.SERVICE_DISCOVERY_MODE": "containers find each other by the names Docker gives them",
    "Container.envs.CROSS_MACHINE_SYNC": "no peer elsewhere has a port whose service is discovery or observability",
    "Container.envs.FLEET_CONTAINER": "every group has a container of this key, by which it is known",
    "Container.labels.fleet.container": "every group has a container of this key, by which it is known",
    "Container.healthcheck.startInterval": "what starts is asked every second, so that it is known within one",
    "Container.healthcheck.tests": _SANDBOX,
    "Container.labels.fleet.self-healing": f"the agent host ends itself when its agents fail; {_SANDBOX}",
    "ContainerGroup.wave": "it starts after no group of this stack",
    "*-gpu-sharing-*/*": _MPS,
    "AgentImages.images": "stand-ins need one image: the agent host's",
    "Image.build.args.LOCK": "the locked requirements lie beside the image that they are for",
    "Image.build.builderVersion": "BuildKit: its caches are what makes a second build short",
    "Image.build.context": "the folder of images/ that holds its Dockerfile",
    "Image.build.dockerfile": "the folder of images/ that holds its Dockerfile",
    "Image.build.target": "the stage of its Dockerfile that is made",
    "Image.buildOnPreview": "a preview must neither take long nor need the machine",
    "Image.skipPush": "an image that is built on the machine stays there",
    "Network.driver": "a bridge: the only driver that needs nothing but one host",
    "Volume.driver": "Docker's own driver, also for a folder of the host",
    "docker.sshOpts": "one connection a machine, kept open for a minute: each costs a fifth of a second",
}
"""`<Kind>.<path>` or `<logical name>/<Kind>.<path>`, with * for anything -> why; the first that fits counts."""
