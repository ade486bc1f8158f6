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


def test_the_maker_is_stated_where_the_model_is_plainly_anothers() -> None:
    message = 'model: "RX 7900 XTX" is not made by nvidia; set vendor: amd next to it'
    assert message in problem(make_gpu, model="RX 7900 XTX")
    assert "set vendor: intel next to it" in problem(make_gpu, model="Arc A770")
    assert make_gpu(model="RX 7900 XTX", vendor="nvidia").vendor == "nvidia"
    assert "uses the machine's main memory; set unified: true" in problem(make_gpu, model="Orin Nano")
    for unified in (True, False):
        assert make_gpu(model="Orin Nano", unified=unified).unified is unified


def test_the_card_of_another_maker_is_a_render_node() -> None:
    for vendor in ("amd", "intel"):
        for device, node in (("0", "renderD128"), ("1", "renderD129"), ("/dev/dri/renderD130", "renderD130")):
            assert make_gpu(model="X", vendor=vendor, device=device).render_node == f"/dev/dri/{node}"
        for device in ("GPU-0a1b", "nvidia.com/gpu=0"):
            assert "use the index or path of its render node" in problem(
                make_gpu, model="X", vendor=vendor, device=device
            )
    assert make_gpu().render_node == ""
    assert "is not for a card of nvidia" in problem(make_gpu, device="/dev/dri/renderD128")


def test_what_is_nvidias_is_refused_for_others() -> None:
    for field, value in (("cuda", "12.4"), ("driver", "nvidia"), ("driver", "cdi"), ("mps", {})):
        assert f"{field}: {field} is NVIDIA's, and the card is of amd; drop it" in problem(
            make_gpu, model="X", vendor="amd", **{field: value}
        )
    own = {"model": "X", "vendor": "intel", "allocator": "max_split_size_mb:128"}
    assert "PyTorch has no such settings" in problem(make_gpu, **own)
    assert make_gpu(model="X", vendor="amd", allocator="max_split_size_mb:128").allocator
    assert "group_ids has no effect on a card of nvidia" in problem(make_gpu, group_ids=[44])
    for group_ids in ([0], [44, 44], ["render"], [65536 * 65536], [True]):
        assert problem(make_gpu, model="X", vendor="amd", group_ids=group_ids)
