"""D08 cuda-runs."""

from __future__ import annotations

import pytest

from fleet import labels
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import card, container, gpu_container, judged, machine, violation
from tests.policy.kubernetes_builders import blamed, cluster, gpu_workload, node_pool

D08 = rule("D08")


def _with(image: str) -> dict[str, str]:
    return {labels.IMAGE_CUDA: image}


def _driver(cuda: str) -> Registered:
    return machine(gpus={"gpu0": card(cuda=cuda)})


def _pool(cuda: str) -> Registered:
    return cluster(nodePools={"gpu": node_pool(cuda=cuda)})


@pytest.mark.parametrize(
    ("image", "driver"),
    [
        pytest.param("12.4", "12.4", id="the same"),
        pytest.param("12.4", "13.0", id="an older image"),
        pytest.param("12.9", "12.10", id="numbers, not text"),
        pytest.param("12.4", "", id="a driver nobody has stated"),
        pytest.param("", "12.4", id="an image nobody has stated"),
        pytest.param("new", "12.4", id="no version"),
    ],
)
def test_it_holds_with(image: str, driver: str) -> None:
    assert judged(D08, _driver(driver), gpu_container(tags=_with(image))) == {}
    assert judged(D08, _pool(driver), gpu_workload(tags=_with(image))) == {}


@pytest.mark.parametrize(
    ("image", "driver", "says"),
    [
        pytest.param("13.0", "12.8", "so it cannot use the card", id="another major version"),
        pytest.param("12.8", "12.4", "NVIDIA's own images do not start", id="a newer minor version"),
    ],
)
def test_it_fails_with(image: str, driver: str, says: str) -> None:
    message = violation(D08, gpu_container(tags=_with(image)), _driver(driver))
    assert f'label fleet.image.cuda is "{image}", and the driver of gpu0 of mainpc supports "{driver}"' in message
    assert says in message
    assert f'pool gpu of cluster supports "{driver}"' in blamed(D08, gpu_workload(tags=_with(image)), _pool(driver))


def test_what_computes_on_no_card_is_not_judged() -> None:
    assert judged(D08, _driver("12.4"), container(tags=_with("13.0"))) == {}


def test_a_fleet_whose_programs_do_with_the_major_version_says_so() -> None:
    newer = gpu_container(tags=_with("12.8"))
    assert judged(D08, _driver("12.4"), newer, same_major_suffices=True) == {}
    assert judged(D08, _driver("11.8"), newer, same_major_suffices=True) != {}


def test_each_card_of_a_container_runs_its_image() -> None:
    both = gpu_container(tags={**_with("13.0"), labels.GPU_CARD: "gpu0,gpu1"})
    cards = machine(gpus={"gpu0": card(cuda="13.0"), "gpu1": card(cuda="12.4")})
    assert "the driver of gpu1 of mainpc supports" in violation(D08, both, cards)


def test_a_card_of_another_maker_runs_no_cuda() -> None:
    image = gpu_container("bad", tags=_with("12.4"))
    message = violation(D08, image, machine(gpus={"gpu0": card(vendor="amd")}))
    assert 'label fleet.image.cuda is "12.4", but gpu0 of mainpc is of amd, which runs no CUDA' in message
    pool = cluster(nodePools={"gpu": node_pool(gpuVendor="intel")})
    assert "pool gpu of cluster is of intel" in blamed(D08, gpu_workload("bad", tags=_with("12.4")), pool)
    assert judged(D08, machine(gpus={"gpu0": card(vendor="amd")}), gpu_container()) == {}
