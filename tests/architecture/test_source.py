"""House rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.source import PACKAGE, ROOT, modules, name, tree

MOST_LINES = 400

CATCHES_EVERYTHING = {
    "desktop_app/services/task.py": "the task scope: a defect in one task must reach the person, not end the window",
    "desktop_app/app/crash.py": "the crash handler",
}
RUNS_IN_THE_SANDBOX = ("/sandboxed/", "/runner/")
"""Code that meets hostile files, inside the sandbox: there anything may be raised."""

OWN = [*modules(PACKAGE), *modules(ROOT / "installers")]
EVERYTHING = [*OWN, *modules(ROOT / "tests")]


def nodes(paths: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    for path in paths:
        for node in ast.walk(tree(path)):
            yield f"{name(path)}:{getattr(node, 'lineno', 0)}", node


def test_no_module_outgrows_its_reader() -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EVERYTHING}
    assert {module for module, count in lines.items() if count > MOST_LINES} == set()


def catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {part.id if isinstance(part, ast.Name) else "" for part in caught if part is not None}
    reraises = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
    return (node.type is None or bool(names & {"Exception", "BaseException"})) and not reraises


def test_only_two_places_catch_everything() -> None:
    found = {where for where, node in nodes(OWN) if catches_everything(node)}
    unexpected = {
        where
        for where in found
        if where.split(":")[0] not in CATCHES_EVERYTHING and not any(part in where for part in RUNS_IN_THE_SANDBOX)
    }
    assert unexpected == set()


@pytest.mark.parametrize("forbidden", ["print", "processEvents", "QThread", "asyncSlot"])
def test_nobody_uses(forbidden: str) -> None:
    found = [where for where, node in nodes(modules(PACKAGE)) if uses(node, forbidden)]
    assert found == []


def uses(node: ast.AST, forbidden: str) -> bool:
    match node:
        case ast.Name(id=used) | ast.Attribute(attr=used) | ast.alias(name=used):
            return used == forbidden
    return False


def test_colours_come_from_the_theme() -> None:
    colour = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
    found = [
        where
        for where, node in nodes([path for path in modules(PACKAGE / "gui") if "theme" not in path.parts])
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and colour.fullmatch(node.value.strip())
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile("#.*\\b(" + "TO" + "DO|FIX" + "ME|X" + "XX)\\b")
    found = [name(path) for path in EVERYTHING if later.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_tests_fake_the_network_only() -> None:
    found = [where for where, node in nodes(modules(ROOT / "tests")) if uses(node, "Mock") or uses(node, "MagicMock")]
    assert found == []
