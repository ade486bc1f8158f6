"""Commands that fix a machine or show more of it, ready to be copied."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from cli.pulumi_cli import pulumi_command
from cli.terminal import project_root
from fleet.plan.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Fixes:
    """Commands for one deployment. compose_file: the file that Docker Compose deployed it from, if it did."""

    deployment: Deployment
    compose_file: str | None = None

    @property
    def stack_file(self) -> str:
        """The file that configures the machine."""
        return f"Pulumi.{self.deployment.stack}.yaml"

    def docker(self, *words: str) -> str:
        """A Docker command for the stack's daemon."""
        return " ".join(["docker", "-H", self.deployment.machine.connection, *words])

    def pulumi(self, *words: str) -> str:
        """A Pulumi command for the stack's state."""
        return pulumi_command(project_root(), *words, sandbox=self.deployment.sandbox)

    def logs(self, container: str) -> str:
        """Shows the last output of a container."""
        return self.docker("logs", "--tail", "20", container)

    def deploy(self) -> str:
        """Deploys what is missing."""
        if self.compose_file:
            return self._compose("up", "--wait", "-d")
        return f"fleet up {self.deployment.stack}"

    def recreate(self, container: str) -> str:
        """Recreates a container and keeps its volumes."""
        if self.compose_file:
            return self._compose("up", "--wait", "-d", "--force-recreate", container)
        # `fleet up` does not read every property back, but notices a missing container.
        return f"{self.docker('rm', '-f', container)} && {self.deploy()}"

    def _compose(self, *words: str) -> str:
        return self.docker("compose", "-f", shlex.quote(self.compose_file or ""), *words)

    def on_machine(self, command: str) -> str:
        """A command for a shell on the machine."""
        address = urlsplit(self.deployment.machine.connection)
        if address.scheme == "ssh":
            port = f"-p {address.port} " if address.port else ""
            user = f"{address.username}@" if address.username else ""
            return f"ssh -t {port}{user}{address.hostname} {shlex.quote(command)}"
        return f"on {address.hostname}: {command}" if address.scheme == "tcp" else command

    def daemon_setting(self, setting: str) -> str:
        """Changes the daemon's configuration."""
        restart = self.on_machine("sudo systemctl restart docker")
        return f"put {setting} into /etc/docker/daemon.json of the machine, then {restart}"

    def kernel_setting(self, setting: str) -> str:
        """Changes the kernel's command line."""
        reboot = self.on_machine("sudo update-grub && sudo reboot")
        return f"put {setting} into GRUB_CMDLINE_LINUX of /etc/default/grub, then {reboot}"
