"""Images on a machine that would not start as planned."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.cli.trial_machine import alpha, amiss, examined, machine, reported, with_container


def test_a_supervisor_below_dockers_init_is_found() -> None:
    images = dict(machine().images)
    reference = next(c.image for c in alpha().containers if c.name == "hub")
    images[reference] = replace(images[reference], entrypoint=("/init",))
    assert reported(examined(machine(images=images)), "hub", "process 1") == (
        "wrong",
        "the image starts /init, which must be process 1, but Docker's init is",
        "set init: false in containers.main of group hub",
    )
    assert amiss(examined(machine(images=images), with_container("hub", init=False))) == []
    assert amiss(examined(machine(images=images), with_container("hub", entrypoint=("/bin/hub",)))) == []
    assert amiss(examined(machine(), with_container("hub", entrypoint=("/init",)))) == [("hub", "process 1", "wrong")]
