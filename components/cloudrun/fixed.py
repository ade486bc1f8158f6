"""Reasons of constant fields of a project: glob of `<Kind>.<path>` or `<logical name>/<Kind>.<path>` -> reason."""

from __future__ import annotations

REASONS = {
    "Service.invokerIamDisabled": "every caller of a service must be authenticated",
    "Service.disable*": "the project may use the API outside this stack",
    "Repository.cleanupPolicies.*": "untagged images are deleted after a week, the newest are kept",
}
