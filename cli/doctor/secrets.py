"""Checks that the stack's config has the secrets that the daemon gets from it; no value is read. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, expect, unknown
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import MachineFacts
from components.docker.render import config_secrets
from fleet.plan.deployment import Deployment
from fleet.source.locations import SECRETS, set_secret

_CHECK = "secret value"


def secret_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """One check per secret that is a variable or the password of a registry."""
    config = facts.config
    for name in config_secrets(deployment) if config else ():
        subject, command = f"{SECRETS}{name}", set_secret(deployment.stack, name)
        missing = f"is not in {fixes.stack_file}"
        if config and config.has_environment and name not in config.secrets:
            yield unknown(subject, _CHECK, f"{missing}; its Pulumi environment may have it", command)
        else:
            passed = config and name in config.secrets
            yield expect(subject, _CHECK, passed, f"in {fixes.stack_file}, encrypted", missing, command)
