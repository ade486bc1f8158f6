"""A card: MPS serves as many clients as its CUDA version, and no size is a slip of the unit."""

from __future__ import annotations

from typing import Any

from fleet.model import Gpu
from tests.unit.fleet.models import problem


def make_gpu(**changes: Any) -> Gpu:
    return Gpu.model_validate({"model": "RTX 4090", "memory": "24GiB", **changes})


def test_mps_has_the_clients_of_its_cuda_version() -> None:
    for cuda, clients in (("12.8", 48), ("13.0", 48), ("13.1", 60), ("14.0", 60), (None, 60)):
        assert make_gpu(cuda=cuda, mps={"clients_max": clients}).mps
    for cuda in ("9.0", "12.8", "13.0"):
        message = f"mps.clients_max: MPS of CUDA {cuda} serves 48 clients, not 49; "
        assert problem(make_gpu, cuda=cuda, mps={"clients_max": 49}).startswith(f"Value error, {message}")


def test_sizes_too_small_for_cuda_are_refused() -> None:
    for mib in (1, 49):
        assert "less than a CUDA context takes; use 50MiB" in problem(make_gpu, context=f"{mib}MiB")
    for mib in (1, 63):
        assert "too little for MPS and its clients; use 64MiB" in problem(make_gpu, mps={"shared_memory": f"{mib}MiB"})
    assert make_gpu(context="50MiB", mps={"shared_memory": "64MiB"}).context_mib == 50
