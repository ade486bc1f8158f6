"""Settings of PyTorch's allocator: what it reads is taken, anything else is refused."""

from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from fleet.model import Gpu
from fleet.model.allocator import allocator_problem

GOOD = (
    "max_split_size_mb:128", "max_split_size_mb:21", "expandable_segments:True", "backend:cudaMallocAsync",
    "garbage_collection_threshold:0.8,max_split_size_mb:512", "roundup_power2_divisions:8",
    "roundup_power2_divisions:[256:1,512:2,1024:4,>:8]", "pinned_num_register_threads:8",
    "pinned_use_cuda_host_register:False", "pinned_use_background_threads:True", "max_non_split_rounding_mb:64",
)  # fmt: skip
BAD = (
    "garbage", "garbage:garbage", "max_split_size_mb", "max_split_size_mb:", "max_split_size_mb:abc",
    "max_split_size_mb:10", "max_split_size_mb:20", "max_split_size_mb:-1", "max_split_size_mb:1.5", "foo:1",
    "max_split_size_mb:128,foo:1", "max_split_size_mb:128,", ",max_split_size_mb:128", "max_split_size_mb:128:1",
    "max_split_size_mb:64,,backend:native", "expandable_segments:true", "expandable_segments:1", "backend:jemalloc",
    "garbage_collection_threshold:0", "garbage_collection_threshold:1", "garbage_collection_threshold:80",
    "roundup_power2_divisions:3", "roundup_power2_divisions:[256:3]", "roundup_power2_divisions:[]",
    "roundup_power2_divisions:[256", "pinned_num_register_threads:256", "max_split_size_mb=128", ":", ",", "[]", "[",
)  # fmt: skip


def test_settings_are_those_that_pytorch_reads() -> None:
    assert {text: allocator_problem(text) for text in GOOD if allocator_problem(text)} == {}
    assert [text for text in (*BAD, "", " ") if allocator_problem(text) is None] == []


def test_a_card_takes_no_others() -> None:
    for text in BAD:
        with pytest.raises(ValidationError):
            Gpu.model_validate({"model": "x", "memory": "8GiB", "allocator": text})
    for text in GOOD:
        assert Gpu.model_validate({"model": "x", "memory": "8GiB", "allocator": text}).allocator == text


def test_the_message_says_what_to_write() -> None:
    assert allocator_problem("max_split_size_mb:10") == (
        'max_split_size_mb "10" is not a value of PyTorch\'s allocator',
        "write 21 or more",
    )


def test_a_long_text_takes_no_time() -> None:
    before = time.perf_counter()
    for text in ("[" * 100_000, "a:1," * 25_000, "a" * 100_000, "max_split_size_mb:64," * 24):
        assert allocator_problem(text)
    assert time.perf_counter() - before < 0.5
