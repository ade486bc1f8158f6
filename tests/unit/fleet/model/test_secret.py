"""How a container reads its secrets."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.load.validate import validate
from fleet.model import Container, ContainerGroup
from fleet.source.document import Document

_REST = {"image": {"reference": "a/b"}, "memory": {"request": "64MiB"}, "cpu": {"limit": 1}}


def _container(secrets: Any, **more: Any) -> Container:
    return Container.model_validate({**_REST, "secrets": secrets, **more})


def _faults(secrets: Any, **more: Any) -> list[str]:
    main = {**_REST, "secrets": secrets, **more}
    data = {"name": "hub", "system": "trial", "containers": {"main": main}}
    _, faults = validate(ContainerGroup, data, Document("hub.yaml", data, {}))
    return [f"{fault.path}: {fault.problem}; {fault.remedy}" for fault in faults]


def test_a_list_of_names_is_a_map_of_files() -> None:
    assert _container(["hub-token", "db-key"]) == _container({"hub-token": {}, "db-key": {}})


def test_the_variable_of_a_file_is_named_after_it_or_by_the_image() -> None:
    found = _container({"hub-token": {}, "db-password": {"file_env": "POSTGRES_PASSWORD_FILE"}})
    assert found.secret_files == {"HUB_TOKEN_FILE": "hub-token", "POSTGRES_PASSWORD_FILE": "db-password"}
    assert found.secret_env == {}


def test_a_secret_read_as_a_variable_has_no_file() -> None:
    found = _container({"openai-key": {"env": "OPENAI_API_KEY"}})
    assert (found.secret_env, found.secret_files) == ({"OPENAI_API_KEY": "openai-key"}, {})


def test_what_cannot_be_is_refused_with_its_place_and_fix() -> None:
    at = "containers.main.secrets"
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (["a-key", "a-key"], {}, f"{at}.1: lists a-key twice; keep one"),
        (["Bad Name"], {}, f'{at}.0: "Bad Name" is not the name of a secret; use lower-case words joined by hyphens'),
        ([4711], {}, f"{at}.0: 4711 is not the name of a secret"),
        ([{"a-key": {"env": "KEY"}}], {}, f"{at}.0: is a mapping in a list; write `secrets: {{<name>: {{env:"),
        ("a-key", {}, f'{at}: "a-key" is not a mapping'),
        ({"hub": None}, {}, f"{at}.hub: null is not a mapping"),
        ({"Bad Name": {}}, {}, f'{at}.Bad Name: "Bad Name" is not a valid name'),
        ({"hub": {"env": "A KEY"}}, {}, f'{at}.hub.env: "A KEY" has an invalid format'),
        ({"a-key": {"file": "A"}}, {}, f"{at}.a-key.file: unknown key; did you mean file_env?"),
        ({"a-key": {"env": "A", "file_env": "B"}}, {}, f"{at}.a-key.env: is set with file_env; keep file_env if"),
        ({"a-key": {"env": "K"}, "b-key": {"env": "K"}}, {}, f"{at}.b-key.env: K is the variable of a-key; use"),
        ({"a-key": {}, "b-key": {"file_env": "A_KEY_FILE"}}, {}, f"{at}.b-key.file_env: A_KEY_FILE is the variable"),
        ({"a-key": {"env": "K"}}, {"env": {"K": "1"}}, "containers.main.env.K: is set from secrets.a-key; keep one"),
    ]
    wrong = []
    for secrets, more, expected in cases:
        found = _faults(secrets, **more)
        wrong += [] if len(found) == 1 and found[0].startswith(expected) else [(secrets, expected, found)]
    assert wrong == []


@pytest.mark.parametrize("secrets", [["a-key"], {"a-key": {"env": "KEY"}}])
def test_a_model_is_read_again_from_its_data(secrets: Any) -> None:
    found = _container(secrets)
    assert Container.model_validate({**_REST, "secrets": found.model_dump()["secrets"]}).secrets == found.secrets
