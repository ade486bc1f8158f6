"""The agent host belongs to an image, not to the project's packages: it is imported from where its image gets it."""

from __future__ import annotations

import sys
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "images" / "agent-host" / "src"

sys.path.insert(0, str(SOURCE))
