"""The fraction of a card that a framework allocates, by its command line and environment.

Configuration in files of the image or in a program's code is not visible here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from posixpath import basename

from fleet.frozen import dataclass
from fleet.source.redaction import shown
from policy.core.parsing.agents import agents_of
from policy.core.parsing.images import parse_image
from policy.views.container import ContainerView
from policy.views.scalars import as_number

_WORDS_MAX = 4096
_OFF = ("0", "false", "no")
_PARALLEL = (
    ("--tensor-parallel-size", "-tp", "--tp-size", "--tp"),
    ("--pipeline-parallel-size", "-pp", "--pp-size"),
    ("--data-parallel-size", "-dp", "--dp-size"),
    ("--num-shard",),
    ("--nproc-per-node", "--nproc_per_node"),
)
"""Options of vLLM, SGLang, text-generation-inference and torchrun; each multiplies the cards."""
_SHARDS = "NUM_SHARD"
"""Variable of text-generation-inference for `--num-shard`."""
_RANKS_MAX = 64
_SHELLS = ("sh", "bash", "python", "python3", "torchrun", "ray")


@dataclass(frozen=True, slots=True)
class Claim:
    """A fraction of each card that a framework allocates. `field` is the view's; `what` names the setting."""

    field: str
    what: str
    fraction: float | None
    """None if the value is not a number."""
    per_process: bool = False
    """Each process of the container allocates it."""
    with_context: bool = False
    """It includes the context of a CUDA process."""
    held: bool = False
    """It is allocated at the start and kept, so no other container can have it at any time."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Cards that a command spreads its processes over. `field` is the view's; `what` names the setting."""

    field: str
    what: str
    cards: int


@dataclass(frozen=True, slots=True)
class _Server:
    """A program that has an option for its fraction."""

    name: str
    option: str
    image: str
    """Prefix of the last part of its image's name."""
    default: float | None = None
    """Its default; None if there is no single one."""
    source: str = ""
    """Source of the default."""
    variable: str = ""


_SERVERS = (
    # Third-party guides state 0.9 for every release they describe; the vendor's page was not checked for each.
    _Server("vLLM", "--gpu-memory-utilization", "vllm-openai", 0.9, "its default, unverified"),
    _Server("SGLang", "--mem-fraction-static", "sglang"),
    _Server(
        "text-generation-inference", "--cuda-memory-fraction", "text-generation-inference",
        1.0, "its default, unverified", "CUDA_MEMORY_FRACTION",
    ),
)  # fmt: skip
_JAX_DEFAULT = 0.75
"""https://docs.jax.dev/en/latest/201/gpu-memory.html, which also names the variables."""
_JAX_FRACTIONS = ("XLA_CLIENT_MEM_FRACTION", "XLA_PYTHON_CLIENT_MEM_FRACTION")
_JAX_PREALLOCATES = "XLA_PYTHON_CLIENT_PREALLOCATE"
_JAX_ALLOCATOR = "XLA_PYTHON_CLIENT_ALLOCATOR"
_TORCH = ("PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF")
_TORCH_FRACTION = re.compile(r"(?:^|,)\s*per_process_memory_fraction\s*:\s*([^,\s]{1,32})")


def claims(container: ContainerView) -> Iterator[tuple[Claim, ...]]:
    """What frameworks allocate, one entry per framework."""
    environment = dict(container.env)
    yield tuple(_of_servers(container, environment))
    yield tuple(_of_jax(environment))
    yield tuple(_of_torch(environment))


def ranks(container: ContainerView) -> Iterator[Ranks]:
    """Commands of a container that need several cards."""
    agents = agents_of(container)
    commands = [("args", container.args), *(("env", each) for each in (agents.commands.values() if agents else ()))]
    for field, command in commands:
        words = _words(command)
        if (cards := _cards(words)) > 1:
            given = {names[0]: _option(words, names) for names in _PARALLEL}
            what = " and ".join(f"{name} is {shown(value)}" for name, value in given.items() if value is not None)
            yield Ranks(field, what, cards)
    shards = dict(container.env).get(_SHARDS)
    if (cards := _whole(shards)) > 1:
        yield Ranks("env", f"env {_SHARDS} is {shown(shards)}", cards)


def _of_servers(container: ContainerView, environment: Mapping[str, str]) -> Iterator[Claim]:
    agents = agents_of(container)
    own = _words(container.args)
    for server in _SERVERS:
        yield from _claim(server, own, environment, "args", runs=_runs(server, own) or _is_its_image(server, container))
        for command in agents.commands.values() if agents else ():
            words = _words(command)
            yield from _claim(server, words, environment, "env", runs=_runs(server, words))


def _claim(
    server: _Server, words: Sequence[str], environment: Mapping[str, str], field: str, *, runs: bool
) -> Iterator[Claim]:
    given = _option(words, (server.option,))
    if given is not None:
        yield Claim(field, f"{server.option} is {shown(given)}", _fraction(given), with_context=True, held=True)
    elif runs and server.variable in environment:
        value = environment[server.variable]
        what = f"env {server.variable} is {shown(value)}"
        yield Claim("env", what, _fraction(value), with_context=True, held=True)
    elif runs and server.default is not None and _option(words, ("--kv-cache-memory-bytes",)) is None:
        what = f"{server.option} is not set, so {server.name} takes {server.default:g} ({server.source})"
        yield Claim(field, what, server.default, with_context=True, held=True)


def _of_jax(environment: Mapping[str, str]) -> Iterator[Claim]:
    if environment.get(_JAX_PREALLOCATES, "").strip().lower() in _OFF:
        return  # It then allocates on demand, an unknown amount.
    if environment.get(_JAX_ALLOCATOR, "").strip().lower() == "platform":
        return
    for name in _JAX_FRACTIONS:
        if name in environment:
            value = environment[name]
            yield Claim("env", f"env {name} is {shown(value)}", _fraction(value), per_process=True, held=True)
            return
    if _JAX_PREALLOCATES in environment:
        what = f"env {_JAX_PREALLOCATES} is on and {_JAX_FRACTIONS[0]} is not set, so JAX takes {_JAX_DEFAULT:g}"
        yield Claim("env", what, _JAX_DEFAULT, per_process=True, held=True)


def _of_torch(environment: Mapping[str, str]) -> Iterator[Claim]:
    for name in _TORCH:
        if match := _TORCH_FRACTION.search(environment.get(name, "")):
            what = f"env {name} says per_process_memory_fraction:{match[1]}"
            yield Claim("env", what, _fraction(match[1]), per_process=True)
            return


def _words(command: Sequence[str]) -> list[str]:
    """Every word of a command, including one for a shell to split; options with `-` for `_`."""
    words = [word.strip("'\"") for text in command[:_WORDS_MAX] for word in text.split(maxsplit=_WORDS_MAX)]
    return [_dashed(word) if word.startswith("--") else word for word in words[:_WORDS_MAX]]


def _dashed(word: str) -> str:
    name, sign, value = word.partition("=")
    return f"{name.replace('_', '-')}{sign}{value}"


def _option(words: Sequence[str], names: Sequence[str]) -> str | None:
    """An option's value, `--name value` or `--name=value`; the last wins."""
    found = None
    for index, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in names:
            found = value if sign else "".join(words[index + 1 : index + 2])
    return found


def _cards(words: Sequence[str]) -> int:
    """Cards that a command's processes are spread over."""
    return min(_RANKS_MAX, math.prod(_whole(_option(words, names)) for names in _PARALLEL))


def _whole(text: str | None) -> int:
    """A number of cards; 1 for what is no such number, such as torchrun's `gpu`."""
    return min(_RANKS_MAX, max(1, int(_fraction(text) or 1)))


def _runs(server: _Server, words: Sequence[str]) -> bool:
    """Whether a command starts a server of that framework; its other programs allocate nothing."""
    if server.name == "vLLM":
        serves = any(basename(word) == "vllm" and after == "serve" for word, after in pairwise(words))
        return serves or any(word.startswith("vllm.entrypoints.") for word in words)
    return server.default is not None and any(basename(word) == "text-generation-launcher" for word in words)


def _is_its_image(server: _Server, container: ContainerView) -> bool:
    """Whether a container's image starts the server, unless its command starts another program."""
    image = parse_image(container.image)
    name = basename(image.repository) if image else ""
    others = bool(container.args) and basename(container.args[0].strip()) in _SHELLS
    return server.default is not None and name.startswith(server.image) and not others


def _fraction(text: str | None) -> float | None:
    number = as_number(text)
    return None if number is None or number < 0 else float(min(number, 1e6))
