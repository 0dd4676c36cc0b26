"""The rules of the house hold in every file, and each rule is able to fail."""

from __future__ import annotations

import shutil
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = sorted(path for package in house.PACKAGES for path in (ROOT / package).rglob("*.py"))
CODE = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py")), *(ROOT / "benchmarks").rglob("*.py")]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


def load_graph(package: str) -> dict[str, set[str]]:
    """Return which modules of one package each of its modules loads when it is imported."""
    paths = [path for path in PRODUCT if path.relative_to(ROOT).parts[0] == package]
    modules = {module_name(path) for path in paths}
    return {
        module_name(path): {
            name if name in modules else name.rpartition(".")[0]
            for name in house.imports_at_load(path.read_text("utf-8"), package_name(path))
            if name in modules or name.rpartition(".")[0] in modules
        }
        for path in paths
    }


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        return list(exc.args[1])
    return []


def tracked_texts() -> list[tuple[str, str]]:
    """Return name and text of every file that git tracks or would track."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files belong to the project is not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    texts = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            texts.append((name, content.decode("utf-8", "replace")))
    return texts


def test_the_product_was_found() -> None:
    assert {module_name(path).partition(".")[0] for path in PRODUCT} == set(house.PACKAGES)


@pytest.mark.parametrize("path", PRODUCT, ids=relative)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    source = path.read_text("utf-8")
    assert house.misplaced_imports(source, module_name(path), package_name(path)) == []


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import newsgrain", "cleaners.dates"),
        ("from crawler.cli import app", "cleaners.dates"),
        ("def f():\n    from crawler import runs", "newsgrain.store"),
        ("if TYPE_CHECKING:\n    from newsgrain.store import Store", "cleaners.dates"),
        ("importlib.import_module('crawler.cli')", "newsgrain"),
        ("from trafilatura.settings import use_config", "cleaners.lists"),
        ("import scrapy.http", "newsgrain.archive"),
        ("from twisted.internet import defer", "cleaners.body"),
    ],
)
def test_a_misplaced_import_is_seen(source: str, module: str) -> None:
    assert len(house.misplaced_imports(source, module)) == 1


def test_imports_downward_and_by_the_owner_are_allowed() -> None:
    assert house.misplaced_imports("import trafilatura", "cleaners.body") == []
    source = "import scrapy, cleaners\nfrom newsgrain.store import Store"
    assert house.misplaced_imports(source, "crawler.spiders.news") == []
    assert house.misplaced_imports("import crawlers, scrapyrt", "newsgrain.store") == []


def test_relative_imports_are_resolved() -> None:
    source = "from . import store\nfrom .archive import Archive\nfrom ..cli import app"
    expected = {"crawler.spiders.store", "crawler.spiders.archive.Archive", "crawler.cli.app"}
    assert house.imports(source, "crawler.spiders") == expected


@pytest.mark.parametrize("package", house.PACKAGES)
def test_no_package_has_an_import_cycle(package: str) -> None:
    assert find_cycle(load_graph(package)) == []


def test_an_import_cycle_is_seen_where_it_is_loaded() -> None:
    later = "if TYPE_CHECKING:\n    import p.b\ndef f():\n    import p.c"
    assert house.imports_at_load(later) == set()
    assert house.imports_at_load("try:\n    import p.a\nexcept ImportError:\n    pass") == {"p.a"}
    assert find_cycle({"p.a": {"p.b"}, "p.b": {"p.c"}, "p.c": {"p.a"}})
    assert find_cycle({"p.a": {"p.b", "p.c"}, "p.b": {"p.c"}, "p.c": set()}) == []


@pytest.mark.parametrize(
    "path", [path for path in PRODUCT if module_name(path).startswith("cleaners")], ids=relative
)
def test_cleaners_read_nothing_but_their_arguments(path: Path) -> None:
    assert house.impurities(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import time",
        "from os import environ",
        "import random",
        "datetime.now(UTC)",
        "dt.date.today()",
        "open('rules.txt')",
        "hash(text)",
    ],
)
def test_an_impurity_is_seen(source: str) -> None:
    assert len(house.impurities(source)) == 1


def test_pure_code_is_not_accused() -> None:
    source = "from datetime import UTC, time\nfrom urllib.parse import urlsplit\nimport posixpath"
    assert house.impurities(source) == []


def test_everything_is_caught_at_one_place_only() -> None:
    """A crash has one boundary: the one around a page."""
    found = {relative(path): house.broad_handlers(path.read_text("utf-8")) for path in PRODUCT}
    counts = {name: len(lines) for name, lines in found.items() if lines}
    assert counts == {"newsgrain/page_work.py": 1}


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    f()\nexcept:\n    pass",
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept (ValueError, BaseException) as exc:\n    pass",
        "with contextlib.suppress(Exception):\n    f()",
        "try:\n    f()\nexcept Exception as exc:\n    raise E from exc",
        "for x in y:\n  try:\n    f()\n  except:\n    if x:\n      break\n    raise",
    ],
)
def test_a_broad_handler_is_seen(source: str) -> None:
    assert len(house.broad_handlers(source)) == 1


def test_a_handler_that_undoes_and_raises_again_is_allowed() -> None:
    assert house.broad_handlers("try:\n    f()\nexcept BaseException:\n    undo()\n    raise") == []


def test_a_narrow_handler_is_allowed() -> None:
    source = (
        "try:\n    f()\nexcept (OSError, ValueError):\n    pass\nwith suppress(OSError):\n    f()"
    )
    assert house.broad_handlers(source) == []


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_files_and_functions_stay_short(path: Path) -> None:
    source = path.read_text("utf-8")
    lines = len(source.splitlines())
    assert lines <= house.MAX_FILE_LINES
    assert house.long_functions(source) == []


def test_a_long_function_is_seen() -> None:
    body = "    pass\n" * house.MAX_FUNCTION_LINES
    assert house.long_functions(f"def f():\n{body}") == ["f: 51 lines"]
    assert house.long_functions(f"async def f():\n{body}") == ["f: 51 lines"]
    assert house.long_functions("def f():\n" + "    pass\n" * 49) == []


def test_no_file_has_a_name_that_owns_nothing() -> None:
    assert [relative(path) for path in CODE if path.stem in house.FORBIDDEN_STEMS] == []


def test_datasets_holds_no_code() -> None:
    """Python there would shadow Hugging Face's `datasets` for a notebook in the checkout."""
    assert list((ROOT / "datasets").rglob("*.py")) == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = {name: house.stray_addresses(text) for name, text in tracked_texts()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "parts",
    [
        ("--index", "-url https://mirror.example/simple"),
        ("--extra-index", "-url x"),
        ("see /ro", "ot/project"),
        ("'/wo", "rk/main'"),
        ("/ho", "me/ada/news"),
        ("https://pypi", ".org/simple/lxml"),
        ("file:", "///opt/wheels"),
    ],
)
def test_a_stray_address_is_seen(parts: tuple[str, str]) -> None:
    assert house.stray_addresses("fine\n" + "".join(parts))[0].startswith("line 2: ")


def test_paths_of_web_pages_are_no_machine_paths() -> None:
    text = "https://paper.example/work/life and a/home/page, $HOME/news, https://x.example/root/a"
    assert house.stray_addresses(text) == []
