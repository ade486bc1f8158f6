"""The commands that mend a machine or show more of it, ready to be copied."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from fleet.plan.deployment import Deployment

DAEMON_FILE = "/etc/docker/daemon.json"


@dataclass(frozen=True, slots=True)
class Mends:
    """Commands for one stack. `compose_file` is the file Docker Compose read, where it made the containers."""

    stack: str
    sandbox: bool
    connection: str
    compose_file: str | None = None

    @classmethod
    def of(cls, deployment: Deployment, compose_file: str | None = None) -> Mends:
        """The commands for a deployment."""
        return cls(deployment.stack, deployment.sandbox, deployment.machine.connection, compose_file)

    @property
    def stack_file(self) -> str:
        """Where the machine is described."""
        return f"Pulumi.{self.stack}.yaml"

    def docker(self, *words: str) -> str:
        """A Docker command against the stack's own daemon."""
        return " ".join(["docker", "-H", self.connection, *words])

    def logs(self, container: str) -> str:
        """Shows what a container printed last."""
        return self.docker("logs", "--tail", "20", container)

    def deploy(self) -> str:
        """Deploys what is missing."""
        if self.compose_file:
            return self._compose("up", "--wait", "-d")
        if self.sandbox:
            return f"make down up STACK={self.stack}"
        # Without a refresh Pulumi believes its state, which knows nothing of what was done by hand.
        return f"pulumi up --stack {self.stack} --refresh --policy-pack policy"

    def recreate(self, container: str) -> str:
        """Makes a container anew; its volumes stay."""
        if self.compose_file:
            return self._compose("up", "--wait", "-d", "--force-recreate", container)
        if self.sandbox:
            return self.deploy()
        # Pulumi does not read everything back, but sees that a container is gone.
        return f"{self.docker('rm', '-f', container)} && {self.deploy()}"

    def _compose(self, *words: str) -> str:
        return self.docker("compose", "-f", shlex.quote(self.compose_file or ""), *words)

    def on_machine(self, command: str) -> str:
        """A command for a shell of the machine itself."""
        if self.connection.startswith("ssh://"):
            address = urlsplit(self.connection)
            port = f"-p {address.port} " if address.port else ""
            user = f"{address.username}@" if address.username else ""
            return f"ssh -t {port}{user}{address.hostname} {shlex.quote(command)}"
        if self.connection.startswith("tcp://"):
            return f"on {urlsplit(self.connection).hostname}: {command}"
        return command

    def daemon_setting(self, setting: str) -> str:
        """Changes the daemon's own configuration."""
        restart = self.on_machine("sudo systemctl restart docker")
        return f"put {setting} into {DAEMON_FILE} of the machine, then {restart}"
