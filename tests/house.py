"""The rules of the house, each as a function on source text: what it returns is forbidden."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("cleaners", "newsgrain", "crawler")
FORBIDDEN_STEMS = frozenset(
    {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

# Upward imports, by the package that must not make them.
UPWARD = {
    "cleaners": ("newsgrain", "crawler"),
    "newsgrain": ("crawler",),
    "crawler": (),
}
# Who alone may import a package: a prefix of the importing module's name.
ONLY_IN = {
    "trafilatura": "cleaners.body",
    "scrapy": "crawler",
    "twisted": "crawler",
}
# What would make the same bytes give another answer on another machine or another day.
IMPURE_MODULES = (
    "aiohttp",
    "asyncio",
    "ftplib",
    "http.client",
    "http.server",
    "httpx",
    "logging.config",
    "multiprocessing",
    "os",
    "random",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "time",
    "urllib.request",
    "urllib3",
)
IMPURE_METHODS = frozenset({"now", "today", "utcnow"})
# `hash` of a string differs from process to process.
IMPURE_BUILTINS = frozenset({"exec", "eval", "hash", "input", "open", "print"})

# Written so that this file does not contain what it looks for.
STRAY_ADDRESS = re.compile(
    r"--(?:extra-)?index-url|--find-[l]inks"
    r"|(?:pypi|files\.pythonhosted)\.org/(?:simple|packages)/"
    r"|file:///(?:opt|root|work|home|Users)/"
    r"|(?<![\w.{}$/-])/(?:root|work|home|Users)/\w"
)


def is_within(module: str, package: str) -> bool:
    """Whether a dotted name is a package or lies in it."""
    return module == package or module.startswith(f"{package}.")


def _names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the dotted names that one statement or call imports, also by `import_module`."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            parents = package.split(".")
            above = ".".join(parents[: len(parents) - level + 1]) if level else ""
            origin = ".".join(part for part in (above, module) if part)
            yield from (f"{origin}.{alias.name}" for alias in names)
        case ast.Call(
            func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name
        case _:
            return


def imports(source: str, package: str = "") -> set[str]:
    """Return every name imported anywhere: at the top, in functions, and for types alone.

    ``from a import b`` gives ``a.b``; relative imports are resolved within `package`.
    """
    tree = ast.parse(source)
    return {name for node in ast.walk(tree) for name in _names(node, package)}


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that importing a module executes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if _is_for_types(child):
            continue
        yield child
        yield from _executed(child)


def imports_at_load(source: str, package: str = "") -> set[str]:
    """Return the names imported when the module is loaded: not those in functions or for types."""
    nodes = _executed(ast.parse(source))
    return {name for node in nodes for name in _names(node, package)}


def misplaced_imports(source: str, module: str, package: str = "") -> list[str]:
    """Return imports against the direction, or of a package that belongs to another room."""
    upward = UPWARD[module.partition(".")[0]]
    found = imports(source, package)
    return sorted(
        name
        for name in found
        if any(is_within(name, above) for above in upward)
        or any(
            is_within(name, owned) and not is_within(module, owner)
            for owned, owner in ONLY_IN.items()
        )
    )


def impurities(source: str) -> list[str]:
    """Return what in a module of `cleaners` reads more than its arguments."""
    found = [
        f"import {name}"
        for name in imports(source)
        if any(is_within(name, module) for module in IMPURE_MODULES)
    ]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in IMPURE_METHODS:
                found.append(f"line {node.lineno}: {name}()")
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS:
                found.append(f"line {node.lineno}: {name}()")
            case _:
                pass
    return sorted(found)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether a handler only tidies up: it ends with a bare `raise`, and no way leads past it."""
    last = handler.body[-1]
    way_out = (ast.Return, ast.Break, ast.Continue)
    leaves = any(isinstance(node, way_out) for node in ast.walk(handler))
    return isinstance(last, ast.Raise) and last.exc is None and not leaves


def _catches_everything(node: ast.AST) -> bool:
    everything = {"Exception", "BaseException"}
    match node:
        case ast.ExceptHandler() if _raises_again(node):
            return False
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.expr() as caught):
            return any(isinstance(n, ast.Name) and n.id in everything for n in ast.walk(caught))
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
            return any(isinstance(n, ast.Name) and n.id in everything for n in args)
        case _:
            return False


def broad_handlers(source: str) -> list[int]:
    """Return the lines that swallow every exception: the bare one, `Exception`, `suppress`.

    A handler that undoes what was begun and raises again swallows nothing.
    """
    nodes = ast.walk(ast.parse(source))
    return sorted(n.lineno for n in nodes if _catches_everything(n))  # type: ignore[attr-defined]


def long_functions(source: str) -> list[str]:
    """Return the functions longer than `MAX_FUNCTION_LINES`, docstring included."""
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    ]


def stray_addresses(text: str) -> list[str]:
    """Return lines that name a path of one machine, or the address of a package index."""
    return [
        f"line {number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if STRAY_ADDRESS.search(line)
    ]
