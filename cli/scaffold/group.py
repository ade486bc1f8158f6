"""Template of a container group."""

from __future__ import annotations


def group_text(name: str) -> str:
    """A group of one agent that no stack runs yet; name: that of its file."""
    agent = "".join(word.capitalize() for word in name.split("-"))
    return f"""\
# yaml-language-server: $schema=../../schemas/group.schema.json
description: Say in one sentence what {name} does.
# Remove this line once a stack runs the group: a group must run somewhere unless it is optional.
optional: true
# Groups it connects to, and hosts on the internet: peers: [core-platform], outside: ["api.anthropic.com:443"]
peers: []
containers:
  main:
    # Your agents and their pip requirements; `image: {{reference: ...}}` instead runs an existing image.
    build:
      requirements: []
    # The default module of an agent is <system>.<group>.<agent> in snake case; see module, script and program.
    agents:
      {agent}: {{}}
    # Reserved, and at most.
    memory: {{request: 512MiB, limit: 1GiB}}
    cpu: {{request: 250m, limit: 1}}
    # With a GPU: build.variant: cuda, and
    # gpu: {{request: 1GiB, limit: 2GiB, enforcement: framework}}
"""
