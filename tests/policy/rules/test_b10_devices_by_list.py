"""B10 devices-by-list."""

from __future__ import annotations

import pytest

from fleet.labels import DEVICES
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, foreign_container, judged, violation

B10 = rule("B10")


def _with_devices(*paths: str, named: str = "") -> Registered:
    return container(tags={DEVICES: named}, devices=[{"hostPath": path, "containerPath": path} for path in paths])


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        pytest.param((), "", id="none"),
        pytest.param(("/dev/snd",), "/dev/snd", id="the sound devices, named"),
        pytest.param(("/dev/video0", "/dev/snd"), "/dev/snd, /dev/video0", id="two, named in another order"),
        pytest.param(("/dev/nvidia0", "/dev/kfd", "/dev/dri"), "", id="a GPU's, which another rule minds"),
        pytest.param(("/dev/apex_0", "/dev/hailo0"), "/dev/apex_0,/dev/hailo0", id="accelerators that are no GPUs"),
        pytest.param(("/dev/ttyACM0",), "/dev/ttyACM0", id="a radio"),
    ],
)
def test_it_holds_with(paths: tuple[str, ...], named: str) -> None:
    assert judged(B10, _with_devices(*paths, named=named)) == {}


@pytest.mark.parametrize(
    ("path", "named", "says"),
    [
        pytest.param("/dev/snd", "", "which its group does not list", id="one of the list that nobody named"),
        pytest.param("/dev/sda", "/dev/sda", "which is not an allowed device", id="a disk, named"),
        pytest.param("/dev/bus/usb", "/dev/bus/usb", "which is not an allowed device", id="all USB devices"),
        pytest.param("/dev/kmsg", "", "which is not an allowed device", id="the kernel's log"),
        pytest.param("/dev/snd/../mem", "/dev/snd/../mem", "which is not an allowed device", id="a way round"),
    ],
)
def test_it_fails_with(path: str, named: str, says: str) -> None:
    message = violation(B10, _with_devices(path, named=named))
    assert f'devices holds "{path}"' in message
    assert says in message


def test_the_way_out_is_the_group_s_file_or_the_label() -> None:
    assert "list it under containers.main.devices" in violation(B10, _with_devices("/dev/snd"))
    foreign = foreign_container(devices=[{"hostPath": "/dev/snd"}])
    assert "list it in the label fleet.devices" in violation(B10, foreign)


def test_the_list_is_a_setting() -> None:
    assert judged(B10, _with_devices("/dev/ttyS0", named="/dev/ttyS0"), devices=["/dev/ttyS*"]) == {}
