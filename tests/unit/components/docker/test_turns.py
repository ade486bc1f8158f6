"""A switch of modes: the containers that go are stopped before those that come are created."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from docker.errors import DockerException

from components.docker.turns import NotStoppedError, Turns
from components.ending import Ending
from fleet import labels
from tests.unit.components.registering import run

_REASON = ("no room\nat all",)


class _Container:
    def __init__(self, name: str, group: str, grace: int | None = None) -> None:
        self.name, self.labels, self.short_id = name, {labels.GROUP: group}, "4711"
        self.attrs = {"Config": {} if grace is None else {"StopTimeout": grace}}
        self.done: list[Any] = []

    def stop(self, timeout: int) -> None:
        self.done.append(timeout)

    def rename(self, name: str) -> None:
        self.done.append(name)


class _Daemon:
    def __init__(self, *found: _Container) -> None:
        self.found, self.lists, self.containers = found, 0, self

    def list(self, **asked: Any) -> tuple[_Container, ...]:
        assert asked == {"all": True, "filters": {"label": labels.GROUP}}
        self.lists += 1
        return self.found


PLANNED = {"both": (), "stays": (), "seed": ("page", "page-helper")}


def _turns(daemon: Any) -> Turns:
    off = {"goes": ("goes",), "both": ("sun",), "sandbox-goes": ("goes",)}
    return Turns(lambda: daemon, off, PLANNED, Ending())


def test_only_containers_of_groups_that_go_are_stopped_and_one_whose_name_is_needed_makes_room() -> None:
    goes, both = _Container("goes", "goes", 60), _Container("both", "sun")
    others = [_Container("stays", "stays"), _Container("both", "moon"), _Container("elsewhere", "goes")]
    _turns(_Daemon(goes, both, *others)).stop("stays")
    assert (goes.done, both.done) == ([60], [10, "both-4711"])
    assert [other.done for other in others] == [[], [], []]


def test_every_container_that_is_created_waits_and_the_first_alone_stops() -> None:
    daemon = _Daemon(_Container("goes", "goes"))
    turns = _turns(daemon)
    hooks: list[pulumi.ResourceHook] = []
    run(lambda: hooks.append(turns.hook("pi")), "pi", preview=False)

    async def create_some() -> None:
        arguments = pulumi.ResourceHookArgs("urn", "", "pi-stays-main", "docker", new_inputs={})
        await asyncio.gather(*(call for _ in range(5) if (call := hooks[0](arguments))))

    asyncio.run(create_some())
    assert (daemon.lists, daemon.found[0].done) == (1, [10])


def test_a_daemon_that_refuses_is_an_error_of_one_line() -> None:
    class Refusing(_Daemon):
        def list(self, **asked: Any) -> tuple[_Container, ...]:
            raise DockerException(*_REASON)

    with pytest.raises(
        NotStoppedError, match=r"^the containers that must not run with stays cannot be stopped \(no room\)$"
    ):
        _turns(Refusing()).stop("stays")


def test_what_waits_for_a_container_is_stopped_before_that_is_created_again() -> None:
    page, helper, other = (_Container(name, "page") for name in ("page", "page-helper", "stays"))
    daemon = _Daemon(page, helper, other)
    turns = _turns(daemon)
    for created in ("stays", "page", "seed"):
        turns.stop(created)
    assert [container.done for container in (page, helper, other)] == [[10], [10], []]
