"""Settings of PyTorch's CUDA allocator, as PyTorch reads them: `key:value` pairs joined by commas.

Keys and bounds: github.com/pytorch/pytorch, c10/core/AllocatorConfig.cpp and c10/cuda/CUDAAllocatorConfig.cpp. PyTorch
stops at the first use of a card if it cannot read a setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from fleet.model.base import Form
from fleet.source.redaction import shown

VARIABLES = ("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_HIP_ALLOC_CONF", "PYTORCH_ALLOC_CONF")
"""Environment variables that hold these settings."""

_BLOCK_MB_MIN = 21
"""Blocks of 20 MiB are the allocator's own; some versions refuse 20, others smaller sizes."""

_THREADS_MAX = 128
_LENGTH_MAX = 500
_FORM = "write it like max_split_size_mb:128,garbage_collection_threshold:0.8"
_PAIR = re.compile(r"([^:,\[\]]+):(\[[^\[\]]*\]|[^:,\[\]]+)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_FRACTION = re.compile(r"0?\.[0-9]{1,9}")


def _is_whole(text: str, least: int = 0) -> bool:
    return _NUMBER.fullmatch(text) is not None and int(text) >= least


def _is_power(text: str) -> bool:
    return _is_whole(text, 1) and int(text) & (int(text) - 1) == 0


def _is_divisions(text: str) -> bool:
    if not text.startswith("["):
        return _is_power(text)
    pairs = [pair.partition(":") for pair in text[1:-1].split(",")]
    return all((size == ">" or _is_power(size)) and (part == "0" or _is_power(part)) for size, _, part in pairs)


def _is_fraction(text: str) -> bool:
    return _FRACTION.fullmatch(text) is not None and float(text) > 0


_SWITCH: tuple[Callable[[str], bool], str] = (lambda text: text in ("True", "False"), "True or False")
_SIZE: tuple[Callable[[str], bool], str] = (lambda text: _is_whole(text, _BLOCK_MB_MIN), f"{_BLOCK_MB_MIN} or more")
_VALUES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "backend": (lambda text: text in ("native", "cudaMallocAsync"), "native or cudaMallocAsync"),
    "expandable_segments": _SWITCH,
    "garbage_collection_threshold": (_is_fraction, "a fraction between 0 and 1, like 0.8"),
    "graph_capture_record_stream_reuse": _SWITCH,
    "max_non_split_rounding_mb": _SIZE,
    "max_split_size_mb": _SIZE,
    "pinned_num_register_threads": (
        lambda text: _is_power(text) and int(text) <= _THREADS_MAX,
        f"a power of two up to {_THREADS_MAX}",
    ),
    "pinned_reserve_segment_size_mb": (lambda text: _is_whole(text, 1), "1 or more"),
    "pinned_use_background_threads": _SWITCH,
    "pinned_use_cuda_host_register": _SWITCH,
    "release_lock_on_cudamalloc": _SWITCH,
    "roundup_power2_divisions": (_is_divisions, "a power of two, or a list like [256:1,512:2,>:4]"),
}


def allocator_problem(text: str) -> tuple[str, str] | None:
    """(problem, remedy) of settings that PyTorch cannot read; None for valid ones."""
    rest = text.replace(" ", "")
    if len(text) > _LENGTH_MAX:
        return f"{len(text)} characters are too many for allocator settings", _FORM
    if not rest:
        return f"{shown(text)} is not a list of allocator settings", _FORM
    while rest:
        pair = _PAIR.match(rest)
        if pair is None:
            return f"{shown(text)} is not a list of allocator settings", _FORM
        key, value = pair[1], pair[2]
        if key not in _VALUES:
            return f"PyTorch's allocator has no setting {shown(key)}", f"use {', '.join(_VALUES)}"
        is_valid, form = _VALUES[key]
        if not is_valid(value):
            return f"{key} {shown(value)} is not a value of PyTorch's allocator", f"write {form}"
        rest = rest[pair.end() :]
        if rest and (not rest.startswith(",") or rest == ","):
            return f"{shown(text)} is not a list of allocator settings", _FORM
        rest = rest[1:]
    return None


def _readable(text: str) -> str:
    if found := allocator_problem(text):
        raise ValueError("; ".join(found))
    return text


AllocatorSettings = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.,:\[\]>-]+$", max_length=_LENGTH_MAX),
    AfterValidator(_readable),
    Form("write it like max_split_size_mb:128"),
]
