"""The starting file of a container group."""

from __future__ import annotations


def group_text(name: str) -> str:
    """A group of one agent that no machine runs yet; `name` is its file's name."""
    agent = "".join(word.capitalize() for word in name.split("-"))
    return f"""\
# yaml-language-server: $schema=../../schemas/group.schema.json
description: Say in one sentence what {name} does.
# Drop this line once a stack names the group: from then on it must run somewhere.
optional: true
# Groups it talks to, and the internet: peers: [core-platform], outside: ["api.anthropic.com:443"]
peers: []
containers:
  main:
    # Agents of your own, with what pip installs for them; `image: {{reference: ...}}` instead runs a ready image.
    build:
      requirements: []
    # An agent's module is <system>.<group>.<agent> in snake case, unless module, script or program says otherwise.
    agents:
      {agent}: {{}}
    # What is set aside, and the cap.
    memory: {{request: 512MiB, limit: 1GiB}}
    cpu: {{request: 250m, limit: 1}}
    # With a GPU: build.variant: cuda, and
    # gpu: {{request: 1GiB, limit: 2GiB, enforcement: framework}}
"""
