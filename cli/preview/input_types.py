"""What an engine rejects and mocks accept: duplicate URNs, and inputs that differ from the SDK's types at any depth."""

from __future__ import annotations

import inspect
import json
import types
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Literal, Union, get_args, get_origin

import pulumi

# Private to the SDK, but the only source of its input names: `start_period` is `startPeriod`.
from pulumi._types import input_type_py_to_pulumi_names, input_type_types, is_input_type

from cli.preview.recorder import SECRET
from fleet.suggest import suggestion
from policy.views.registered import UNKNOWN, Registered

_SCALARS: Mapping[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}
_PROVIDER = "pulumi:providers:"

_fields = cache(input_type_types)


def refusals(resources: Sequence[Registered]) -> list[str]:
    """What an engine would reject in these resources, one sentence each."""
    return [*_duplicates(resources), *(fault for resource in resources for fault in _input_faults(resource))]


def _duplicates(resources: Sequence[Registered]) -> Iterator[str]:
    for urn, times in Counter(resource.urn for resource in resources).items():
        if times > 1:
            yield f"{urn.split('::')[-1]}: registered {times} times under one URN ({urn}); give each its own name"


def _input_faults(resource: Registered) -> Iterator[str]:
    if resource.type.startswith("fleet:"):
        return
    args = _args_type(resource.type)
    if args is not None:
        decode = _decoded if resource.type.startswith(_PROVIDER) else lambda value: value
        inputs = {key: decode(value) for key, value in resource.inputs.items() if key != "version"}
        for path, problem in _object_faults(args, inputs, ""):
            yield f"{resource.name}: {resource.type} {path}: {problem}"
    elif not _is_custom_resource(resource.type):
        yield f"{resource.name}: no installed SDK has the type {resource.type}; install the provider's package"


def _object_faults(args: type, value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    known = _fields(args)
    for key, item in value.items():
        if key not in known:
            yield f"{prefix}{key}", f"is not an input of the provider; {suggestion(key, known)}"
        elif item is not None:
            yield from _value_faults(known[key], item, f"{prefix}{key}")
    for key in _required(args):
        if value.get(key) is None:
            yield f"{prefix}{key}", "is required but missing; set it"


def _value_faults(expected: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is UNKNOWN or value == SECRET:
        return
    options = _options(expected)
    container, arguments = _container(options[0]), get_args(options[0])
    if len(options) == 1 and _is_args(options[0]) and isinstance(value, Mapping):
        yield from _object_faults(options[0], value, f"{path}.")
    elif container is Mapping and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _value_faults(arguments[1], item, f"{path}.{key}")
    elif container is Sequence and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_faults(arguments[0], item, f"{path}[{index}]")
    elif not any(_accepts(option, value) for option in options):
        names = " or ".join(_type_name(option) for option in options)
        yield path, f"{value!r} is not of type {names}; correct it"


def _accepts(expected: Any, value: Any) -> bool:
    if expected is Any or expected is object:
        return True
    if get_origin(expected) is Literal:
        return value in get_args(expected)
    if container := _container(expected):
        return isinstance(value, (list, Mapping)) and issubclass(type(value), container)
    if expected in _SCALARS:
        # bool is an int in Python, but not for providers.
        return isinstance(value, _SCALARS[expected]) and (expected is bool) == isinstance(value, bool)
    if isinstance(expected, type) and issubclass(expected, str):
        return isinstance(value, str)
    return _is_args(expected) and isinstance(value, Mapping)


@cache
def _options(expected: Any) -> tuple[Any, ...]:
    """Members of a union, nested ones included, without None, outputs and awaitables."""
    if get_origin(expected) in (Union, types.UnionType):
        return tuple(option for argument in get_args(expected) for option in _options(argument)) or (Any,)
    origin = get_origin(expected) or expected
    if origin is type(None) or (isinstance(origin, type) and issubclass(origin, (pulumi.Output, Awaitable))):
        return ()
    return (expected,)


@cache
def _required(args: type) -> tuple[str, ...]:
    parameters = list(inspect.signature(args.__init__).parameters.values())[1:]  # type: ignore[misc]
    wire_names = input_type_py_to_pulumi_names(args)
    return tuple(wire_names.get(one.name, one.name) for one in parameters if one.default is inspect.Parameter.empty)


@cache
def _is_args(expected: Any) -> bool:
    return isinstance(expected, type) and is_input_type(expected)


@cache
def _container(expected: Any) -> type | None:
    """Mapping or Sequence for a generic type of one; else None."""
    origin = get_origin(expected)
    if not isinstance(origin, type):
        return None
    return next((kind for kind in (Mapping, Sequence) if issubclass(origin, kind)), None)


def _type_name(expected: Any) -> str:
    if get_origin(expected) is Literal:
        return " or ".join(map(repr, get_args(expected)))
    if container := _container(expected):
        return "a mapping" if container is Mapping else "a list"
    return getattr(expected, "__name__", str(expected))


@cache
def _args_type(token: str) -> type | None:
    """The SDK's input class of a type token: `docker:index/container:Container` -> `pulumi_docker.ContainerArgs`."""
    if token.startswith(_PROVIDER):
        return _attribute(f"pulumi_{token.removeprefix(_PROVIDER).replace('-', '_')}", "ProviderArgs")
    package, module, name = token.split(":")
    # The SDK's module of `networking.k8s.io` is `networking`.
    parts = [part for part in module.replace(".k8s.io", "").split("/") if part != "index"]
    root = f"pulumi_{package.replace('-', '_')}"
    modules = (".".join([root, *parts[:depth]]) for depth in range(len(parts), -1, -1))
    return next(filter(None, (_attribute(module, f"{name}Args") for module in modules)), None)


def _is_custom_resource(token: str) -> bool:
    """Whether a CRD defines it: such a group is a domain."""
    package, module, _ = token.split(":")
    return package == "kubernetes" and "." in module.partition("/")[0]


def _attribute(module: str, name: str) -> type | None:
    try:
        found = getattr(import_module(module), name, None)
    except ImportError:
        return None
    return found if isinstance(found, type) else None


def _decoded(value: Any) -> Any:
    """A provider's input: anything but text is JSON in a string."""
    try:
        decoded = json.loads(value)
    except (TypeError, ValueError):
        return value
    return decoded if isinstance(decoded, (list, dict, bool)) else value
