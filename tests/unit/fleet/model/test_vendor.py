"""What the name of a card's model tells of its maker."""

from __future__ import annotations

from fleet.model.vendor import Vendor, maker_of, shares_memory

MODELS = {
    Vendor.NVIDIA: (
        "RTX 4090",
        "GeForce GTX 1080 Ti",
        "NVIDIA L4",
        "Tesla T4",
        "Jetson Orin Nano",
        "RTX A6000",
        "rtx 3090",
    ),
    Vendor.AMD: ("RX 7900 XTX", "rx7600", "Radeon Pro W7900", "Instinct MI300X", "MI210", "Ryzen AI Max+ 395"),
    Vendor.INTEL: ("Arc A770", "Intel UHD 770", "Arc Pro B60", "Iris Xe"),
    None: ("L4", "A", "H100", "L40", "A100", "Orin Nano", "My card", "Archer", "4090", "Matrix 100"),
}


def test_a_plain_name_tells_the_maker_and_any_other_none() -> None:
    wrong = {
        model: maker_of(model) for vendor, models in MODELS.items() for model in models if maker_of(model) != vendor
    }
    assert wrong == {}


def test_boards_with_one_memory_are_known() -> None:
    for model in ("Orin Nano", "Jetson AGX Xavier", "Strix Halo", "Ryzen AI Max+ 395", "GB10"):
        assert shares_memory(model), model
    for model in ("RTX 4090", "Authority", "RX 7900 XTX", "Arc A770", "Thorn"):
        assert not shares_memory(model), model
