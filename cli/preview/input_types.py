"""What an engine refuses and mocks forgive: a URN registered twice, and inputs a provider's SDK does not know.

Inputs are held against the SDK's own input types, nested ones included: unknown keys, wrong types, missing ones.
"""

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

# The SDK keeps this table to itself; it is what makes `start_period` and `startPeriod` one field.
from pulumi._types import input_type_types, is_input_type

from cli.preview.recorder import SECRET
from fleet.suggest import suggestion
from policy.views.registered import UNKNOWN, Registered

_SCALARS: Mapping[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}
_PROVIDER = "pulumi:providers:"
_OWN_PACKAGE = "fleet"
_KUBERNETES_GROUPS = ".k8s.io"


def refusals(resources: Sequence[Registered]) -> list[str]:
    """What an engine would refuse of these resources, a sentence each."""
    return [*_duplicates(resources), *(fault for resource in resources for fault in _input_faults(resource))]


def _duplicates(resources: Sequence[Registered]) -> Iterator[str]:
    for urn, times in Counter(resource.urn for resource in resources).items():
        if times > 1:
            yield f"{urn.split('::')[-1]}: registered {times} times under one URN ({urn}); give each its own name"


def _input_faults(resource: Registered) -> Iterator[str]:
    if resource.type.startswith(f"{_OWN_PACKAGE}:"):
        return
    args = _args_type(resource.type)
    if args is None and _is_custom_resource(resource.type):
        return
    if args is None:
        yield f"{resource.name}: {resource.type} is a type of no installed SDK; install the provider's package"
        return
    is_provider = resource.type.startswith(_PROVIDER)
    inputs = {
        key: _decoded(value) if is_provider else value for key, value in resource.inputs.items() if key != "version"
    }
    for path, problem in _object_faults(args, inputs, ""):
        yield f"{resource.name}: {resource.type} {path}: {problem}"


def _object_faults(args: type, value: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    known = _fields(args)
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if key not in known:
            yield where, f"is no input of the provider; {suggestion(key, known)}"
        elif item is not None:
            yield from _value_faults(known[key], item, where)
    for key in _required(args):
        if value.get(key) is None:
            yield f"{path}.{key}" if path else key, "is required, and missing; set it"


def _value_faults(expected: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is UNKNOWN or value == SECRET:
        return
    options = _options(expected)
    origin = _generic(options[0])
    if len(options) == 1 and _is_args(options[0]) and isinstance(value, Mapping):
        yield from _object_faults(options[0], value, path)
    elif origin is not None and issubclass(origin, Mapping) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _value_faults(get_args(options[0])[1], item, f"{path}.{key}")
    elif origin is not None and issubclass(origin, Sequence) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_faults(get_args(options[0])[0], item, f"{path}[{index}]")
    elif not any(_accepts(option, value) for option in options):
        names = " or ".join(_type_name(option) for option in options)
        yield path, f"{value!r} is not of type {names}; correct it"


def _accepts(expected: Any, value: Any) -> bool:
    if expected is Any or expected is object:
        return True
    if get_origin(expected) is Literal:
        return value in get_args(expected)
    origin = _generic(expected)
    if origin is not None:
        return isinstance(value, (list, Mapping)) and issubclass(type(value), origin)
    if isinstance(expected, type) and expected in _SCALARS:
        # bool is an int to Python, and to no provider.
        return isinstance(value, _SCALARS[expected]) and (expected is bool) == isinstance(value, bool)
    if isinstance(expected, type) and issubclass(expected, str):
        return isinstance(value, str)
    return _is_args(expected) and isinstance(value, Mapping)


@cache
def _options(expected: Any) -> tuple[Any, ...]:
    """The types a value may have: unions flattened, without what only Python needs (None, outputs, awaitables)."""
    if get_origin(expected) in (Union, types.UnionType):
        return tuple(option for argument in get_args(expected) for option in _options(argument)) or (Any,)
    origin = get_origin(expected) or expected
    if origin is type(None) or (isinstance(origin, type) and issubclass(origin, (pulumi.Output, Awaitable))):
        return ()
    return (expected,)


@cache
def _fields(args: type) -> Mapping[str, Any]:
    return input_type_types(args)


@cache
def _required(args: type) -> tuple[str, ...]:
    parameters = list(inspect.signature(args.__init__).parameters.values())[1:]  # type: ignore[misc]
    names = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
    by_python_name = dict(zip(_python_names(args), _fields(args), strict=True))
    return tuple(by_python_name.get(name, name) for name in names)


def _python_names(args: type) -> list[str]:
    return [name for name, item in vars(args).items() if isinstance(item, property)]


def _is_args(expected: Any) -> bool:
    return isinstance(expected, type) and is_input_type(expected)


def _generic(expected: Any) -> type | None:
    """The class of a mapping or a list type; None for anything else."""
    origin = get_origin(expected)
    return origin if isinstance(origin, type) else None


def _type_name(expected: Any) -> str:
    if get_origin(expected) is Literal:
        return " or ".join(map(repr, get_args(expected)))
    origin = _generic(expected)
    if origin is not None:
        return "a mapping" if issubclass(origin, Mapping) else "a list"
    return getattr(expected, "__name__", str(expected))


@cache
def _args_type(token: str) -> type | None:
    """The SDK's input class of a type token: `docker:index/container:Container` -> `pulumi_docker.ContainerArgs`."""
    if token.startswith(_PROVIDER):
        return _attribute(f"pulumi_{token.removeprefix(_PROVIDER).replace('-', '_')}", "ProviderArgs")
    package, module, name = token.split(":")
    # The SDK names `networking.k8s.io` plainly `networking`.
    module = module.replace(_KUBERNETES_GROUPS, "")
    root = f"pulumi_{package.replace('-', '_')}"
    parts = [part for part in module.split("/") if part != "index"]
    for depth in range(len(parts), -1, -1):
        found = _attribute(".".join([root, *parts[:depth]]), f"{name}Args")
        if found is not None:
            return found
    return None


def _is_custom_resource(token: str) -> bool:
    """A kind that a cluster learns from its CRDs: its group is a domain of somebody else's."""
    package, module, _ = token.split(":")
    return package == "kubernetes" and "." in module.partition("/")[0]


def _attribute(module: str, name: str) -> type | None:
    try:
        found = getattr(import_module(module), name, None)
    except ImportError:
        return None
    return found if isinstance(found, type) else None


def _decoded(value: Any) -> Any:
    """A provider's input: anything but text travels as JSON in a string."""
    if not isinstance(value, str):
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if isinstance(decoded, (list, dict, bool)) else value
