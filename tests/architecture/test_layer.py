"""Imports point down, and nothing below the window needs Qt."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.harness.source import PACKAGE, ROOT, modules, name, tree

BELOW_THE_WINDOW = ("domain", "system", "stores", "engine", "backends", "services")

IMPORT_WITHOUT_QT = """
import importlib, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync"}:
            raise ImportError(f"{name} is not installed")

sys.meta_path.insert(0, NoQt())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_below_the_window() -> list[Path]:
    return [path for layer in BELOW_THE_WINDOW for path in modules(PACKAGE / layer)]


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    report = subprocess.run([lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.returncode == 0, report.stdout


def test_everything_below_the_window_imports_without_qt() -> None:
    importable = [path for path in modules_below_the_window() if not is_program(path)]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in importable]
    command = [sys.executable, "-c", IMPORT_WITHOUT_QT, *(module.removesuffix(".__init__") for module in names)]
    report = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert report.returncode == 0, report.stderr


def is_program(path: Path) -> bool:
    """Return whether a module is only ever started by its path, in another process: it ends in a call."""
    last = tree(path).body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


def test_the_domain_needs_the_standard_library_only() -> None:
    foreign = {
        f"{name(path)} imports {module}"
        for path in modules(PACKAGE / "domain")
        for node in ast.walk(tree(path))
        for module in imported(node)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("desktop_app.domain")
    }
    assert foreign == set()


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_every_module_below_the_window_says_what_it_is_for() -> None:
    silent = [name(path) for path in modules_below_the_window() if not ast.get_docstring(tree(path))]
    assert silent == []
