"""How a container gets its secrets: as files, or as environment variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetJsonSchemaHandler,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fleet.model.base import Breach, BreachesError, EnvName, Model, Name, rule
from fleet.source.redaction import shown

_NAME = TypeAdapter(Name)


class Secret(Model):
    """How a container reads a secret. With neither key, `<NAME>_FILE` holds the path of its file."""

    env: EnvName | None = None
    """Variable that holds the value; excludes the file. Only for programs that read no file."""
    file_env: EnvName | None = None
    """Variable that holds the file's path, in place of `<NAME>_FILE`; such as POSTGRES_PASSWORD_FILE."""

    def variable(self, name: str) -> str:
        """The variable of the secret `name`: of its value, or of its file's path."""
        return self.env or self.file_env or f"{name.replace('-', '_').upper()}_FILE"

    @rule
    def _is_a_file_or_a_variable(self) -> Iterator[Breach]:
        if self.env and self.file_env:
            yield ("env",), "is set with file_env; keep file_env if the image reads the file, else env"


def variable_breaches(secrets: Mapping[str, Secret], env: Mapping[str, str]) -> Iterator[Breach]:
    """Secrets of one container with the same variable, or with one of its `env`."""
    first: dict[str, str] = {}
    for name, use in secrets.items():
        variable = use.variable(name)
        if variable in first:
            place = ("secrets", name, "env" if use.env else "file_env")
            yield place, f"{variable} is the variable of {first[variable]}; use another"
        elif use.env in env:
            yield ("env", variable), f"is set from secrets.{name}; keep one"
        first.setdefault(variable, name)


def _by_name(value: object) -> object:
    """A list of names as the map of files that it stands for."""
    if not isinstance(value, list | tuple):
        return value
    found: dict[str, dict[str, str]] = {}
    breaches: list[Breach] = []
    for index, item in enumerate(value):
        if problem := _problem(item):
            breaches.append(((index,), problem))
        elif item in found:
            breaches.append(((index,), f"lists {item} twice; keep one"))
        else:
            found[item] = {}
    if breaches:
        raise BreachesError(breaches)
    return found


def _problem(item: object) -> str | None:
    if isinstance(item, dict):
        return "is a mapping in a list; write `secrets: {<name>: {env: <VARIABLE>}}` without dashes"
    try:
        _NAME.validate_python(item)
    except ValidationError:
        return f"{shown(item)} is not the name of a secret; use lower-case words joined by hyphens, like hub-token"
    return None


class _OrList:
    """The schema also takes a list of names."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Offers editors both forms."""
        names: dict[str, Any] = {"type": "array", "items": _NAME.json_schema(), "uniqueItems": True}
        return {"anyOf": [names, handler(schema)]}


Secrets = Annotated[
    Mapping[Name, Secret],
    BeforeValidator(_by_name),
    AfterValidator(lambda value: MappingProxyType(dict(value))),
    PlainSerializer(dict),
    _OrList(),
]
"""Name of a secret -> how the container reads it; a list of names for files."""
