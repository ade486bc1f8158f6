"""Google's own descriptions of its APIs (discovery documents): which request is one, and what its body may say.

They come with the Go module `google.golang.org/api` (`go mod download google.golang.org/api@v0.293.0`), or lie in a
folder of the same layout that FLEET_GOOGLE_APIS names. None is kept in this repository.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = "FLEET_GOOGLE_APIS"
DOCUMENTS = (
    "artifactregistry/v1",
    "billingbudgets/v1",
    "cloudbuild/v1",
    "cloudresourcemanager/v1",
    "compute/v0.beta",
    "iam/v1",
    "logging/v2",
    "monitoring/v1",
    "monitoring/v3",
    "pubsub/v1",
    "run/v2",
    "secretmanager/v1",
    "serviceusage/v1",
    "serviceusage/v1beta1",
    "sqladmin/v1beta4",
    "storage/v1",
)
_MODULE = "google.golang.org"
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    """A request that an API knows."""

    api: str
    id: str
    """`run.projects.locations.services.create`."""
    http: str
    path: re.Pattern[str]
    query: frozenset[str]
    schemas: Mapping[str, Schema] = field(repr=False)
    request: str | None
    response: str | None

    @property
    def verb(self) -> str:
        """The last word of its id: `create`."""
        return self.id.rpartition(".")[2]


def folder() -> Path | None:
    """Where the documents are; None where they are not on this machine."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    go = shutil.which("go")
    if go is None:
        return None
    cached = subprocess.run([go, "env", "GOMODCACHE"], capture_output=True, text=True, check=False).stdout.strip()
    found = [path for path in (Path(cached) / _MODULE).glob("api@*") if (path / "run/v2/run-api.json").is_file()]
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)], default=None)


def missing() -> str | None:
    """What keeps tests from reading the documents; None where nothing does."""
    if folder() is None:
        return f"Google's descriptions of its APIs are not on this machine (go mod download {_MODULE}/api, or {FOLDER})"
    return None


@cache
def methods() -> tuple[Method, ...]:
    """All requests of all APIs; those with a verb in the path first."""
    found = [method for document in DOCUMENTS for method in _methods(document)]
    return tuple(sorted(found, key=lambda method: -method.path.pattern.count(":")))


def find(api: str, http: str, path: str) -> Method | None:
    """The request that a path below an API's host is, or None."""
    return next((m for m in methods() if (m.api, m.http) == (api, http) and m.path.fullmatch(path)), None)


def camel_case(name: str) -> str:
    """`repository_id` -> `repositoryId`: APIs take either."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def faults(body: Any, name: str, schemas: Mapping[str, Schema]) -> list[str]:
    """What the API's description does not allow in a body, a line each."""
    return list(_faults(body, {"$ref": name}, schemas, name))


def shown(body: Any, name: str, schemas: Mapping[str, Schema]) -> Any:
    """A body as the API would give it back: what is zero is left out, 64 bits are text."""
    return _shown(body, {"$ref": name}, schemas)


def _methods(document: str) -> Iterator[Method]:
    base = folder()
    if base is None:
        return
    api = document.partition("/")[0]
    text = json.loads((base / document / f"{api}-api.json").read_text())
    everywhere = set(text.get("parameters", ()))
    for method in _below(text):
        path = text["servicePath"] + method.get("flatPath", method["path"])
        query = {name for name, parameter in method.get("parameters", {}).items() if parameter["location"] == "query"}
        yield Method(
            api,
            method["id"],
            method["httpMethod"],
            re.compile(re.sub(r"\\{[^}]*\\}", "[^/:]+", re.escape(path))),
            frozenset(query | everywhere),
            text["schemas"],
            method.get("request", {}).get("$ref"),
            method.get("response", {}).get("$ref"),
        )


def _below(level: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for inner in level.get("resources", {}).values():
        yield from inner.get("methods", {}).values()
        yield from _below(inner)


def _resolved(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    return schemas[schema["$ref"]] if "$ref" in schema else schema


def _faults(value: Any, given: Schema, schemas: Mapping[str, Schema], where: str) -> Iterator[str]:
    schema = _resolved(given, schemas)
    kind = schema.get("type", "any")
    if value is None or kind == "any":
        return
    if not isinstance(value, _TYPES[kind]) and not (kind in _TEXT_TOO and isinstance(value, str)):
        yield f"{where}: {value!r} is no {kind}"
    elif kind == "object":
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, inner in value.items():
            if key not in known and others is None:
                yield f"{where}.{key}: no such field"
            else:
                yield from _faults(inner, known.get(key, others), schemas, f"{where}.{key}")
    elif kind == "array":
        for index, inner in enumerate(value):
            yield from _faults(inner, schema["items"], schemas, f"{where}[{index}]")
    elif "enum" in schema and value and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {', '.join(schema['enum'])}"
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str, int),  # 64 bits are text, and a plain number is taken too
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_TEXT_TOO = frozenset({"integer", "number"})


def _shown(value: Any, given: Schema, schemas: Mapping[str, Schema]) -> Any:
    schema = _resolved(given, schemas)
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        if not known:
            return {key: _shown(inner, others, schemas) for key, inner in value.items()}
        inside = {key: _shown(inner, known.get(key, {}), schemas) for key, inner in value.items()}
        return {key: inner for key, inner in inside.items() if not _is_zero(inner, known.get(key, {}), schemas)}
    if isinstance(value, list):
        return [_shown(inner, schema.get("items", {}), schemas) for inner in value]
    is_wide = schema.get("format") in ("int64", "uint64") and isinstance(value, int)
    return str(value) if is_wide else value


def _is_zero(value: Any, given: Schema, schemas: Mapping[str, Schema]) -> bool:
    """Whether protocol buffers leave a field out of JSON. A message without content is still there."""
    schema = _resolved(given, schemas)
    if isinstance(value, dict):
        return not value and "additionalProperties" in schema
    wide = schema.get("format") in ("int64", "uint64")
    return value is None or value in (False, 0, "") or value == [] or (wide and value == "0")
