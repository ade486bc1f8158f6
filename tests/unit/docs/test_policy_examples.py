"""Policies shown in the documents are rules like any other: found, run on the shipped stacks, configured and tested."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

import policy.rules
from cli.preview.program import run_program
from policy.engine import catalogue
from policy.engine.config import parse_config
from policy.engine.judge import Kind, judge
from tests.unit.docs.markdown import ROOT, blocks, documents, name_of

_NAMED = re.compile(r"^# (policy/rules|tests/policy/rules)/([a-z0-9_]+)\.py$")
CONVENTION = (
    "begin it with a comment that names its file: `# policy/rules/x01_name.py` or "
    "`# tests/policy/rules/test_x01_name.py`"
)

WITH_PYTHON = [document for document in documents() if blocks(document, "python")]


@pytest.fixture
def catalogue_of_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules count as rules of the pack; all is as before afterwards."""
    monkeypatch.setattr(policy.rules, "__path__", [*policy.rules.__path__, str(tmp_path)])
    before = set(sys.modules)
    _forget()
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("policy.rules."):
            del sys.modules[name]
    _forget()


def _forget() -> None:
    catalogue.rules.cache_clear()
    catalogue._by_id.cache_clear()


@pytest.mark.parametrize("document", WITH_PYTHON, ids=name_of)
def test_the_python_of_a_document_works(
    document: Path, catalogue_of_a_reader: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shipped = {rule.id for rule in catalogue.rules()}
    _forget()
    tests: list[Path] = []
    for block in blocks(document, "python"):
        named = _NAMED.match(block.text.partition("\n")[0])
        assert named, f"{block.place}: this Python block does not say what file it is; {CONVENTION}"
        is_rule = named[1] == "policy/rules"
        file = (catalogue_of_a_reader if is_rule else tmp_path_factory.mktemp("shown")) / f"{named[2]}.py"
        file.write_text(block.text, encoding="utf-8")
        tests += [] if is_rule else [file]
    importlib.invalidate_caches()
    added = {rule.id for rule in catalogue.rules()} - shipped
    assert len(added) == len(list(catalogue_of_a_reader.glob("*.py"))), "a shown rule has the id of a shipped one"
    for test in tests:
        _run_tests(test)
    for settings in blocks(document, "json"):
        parse_config(settings.text, settings.place)
    judgement = judge(run_program(ROOT, "pc2").resources, None, date(2026, 11, 21))
    broken = [verdict.message for verdict in judgement.verdicts if verdict.id in added and verdict.kind is Kind.FAILED]
    assert broken == []


def _run_tests(file: Path) -> None:
    module = _module(file)
    tests = [getattr(module, name) for name in dir(module) if name.startswith("test_")]
    assert tests, f"{file.name} holds no test"
    for test in tests:
        test()


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"shown_{file.stem}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
