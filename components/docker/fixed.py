"""Reasons of a machine's constant fields: glob of `<Kind>.<path>` or `<logical name>/<Kind>.<path>` -> reason."""

from __future__ import annotations

REASONS = {
    "*-gpu-sharing-*/*": "set for every MPS daemon by fleet/plan/docker_mps.py",
    "Container.log*": "logs are bounded: three files of 10 MB",
    "Container.networkMode": "the container is created on the bridge, then joins networksAdvanced",
    "Container.wait": "a health hook waits instead: the provider sees an exited container only at its timeout",
    "Image.buildOnPreview": "a preview must not need the machine",
}
