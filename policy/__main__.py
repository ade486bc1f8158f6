"""Starts the policy pack: the engine runs this file and talks to the server that `PolicyPack` starts and keeps up."""

from __future__ import annotations

from pulumi_policy import EnforcementLevel, PolicyPack

from policy.engine.pack import policies

PolicyPack("fleet", policies=policies(), enforcement_level=EnforcementLevel.MANDATORY)
