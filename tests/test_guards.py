"""The list of guards is true of the code: each is there, once, and its test exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.guards import ROOT, Guard, read_guards


@pytest.mark.parametrize("guard", read_guards(), ids=lambda one: one.promise)
def test_a_guard_is_where_it_is_looked_for_and_has_a_test(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text().count(guard.guard) == 1
    path, _, test = guard.test.partition("::")
    names = {
        node.name
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert not test or test.partition("[")[0] in names


def test_the_tests_that_the_documentation_names_exist() -> None:
    folder = ROOT / "tests"
    for row in (ROOT / "docs" / "proofs.md").read_text().splitlines():
        first = folder
        for name in re.findall(r"`([\w/]+(?:\.py|/))`", row if row.startswith("| ") else ""):
            path = folder / name if "/" in name else first.parent / name
            assert path.exists(), name
            first = path
