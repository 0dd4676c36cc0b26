"""Takes one guard away at a time, and says of which no test is the wiser.

    python -m tests.guards [WORD...]   # those whose promise or test has one of the words

Works on a copy of the checkout. It takes a minute a guard, for many of them need a whole crawl;
what can be seen at once of the list, `tests/test_guards.py` looks at every day.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_COPIED = ("cleaners", "crawler", "newsgrain", "tests", "datasets", "docs")
_FAILED = 1  # what pytest exits with if a test failed, and for nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Something that protects.

    Attributes:
        promise: what it keeps, in a few words.
        file: where it is.
        guard: its code.
        without: the code in its place, if it were forgotten.
        test: the test that must fail then.
    """

    promise: str
    file: str
    guard: str
    without: str
    test: str

    def remove(self, root: Path) -> None:
        """Take it away in a checkout."""
        path = root / self.file
        path.write_text(path.read_text().replace(self.guard, self.without))

    def put_back(self, root: Path) -> None:
        """Undo `remove`."""
        shutil.copy2(ROOT / self.file, root / self.file)

    def is_missed(self, root: Path) -> bool:
        """Say whether the test fails without it."""
        self.remove(root)
        try:
            # Compiled files are told by time and size: none is written of a changed one.
            command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n", "0", self.test]
            done = subprocess.run(command, cwd=root, capture_output=True, check=False)
        finally:
            self.put_back(root)
        return done.returncode == _FAILED


def read_guards() -> list[Guard]:
    """Return what `guards.toml` lists."""
    tables = tomllib.loads((ROOT / "tests" / "guards.toml").read_text())["guard"]
    return [Guard(**table) for table in tables]


def main(words: list[str]) -> int:
    """Return 1 if a guard could be taken away unnoticed, else 0."""
    chosen = [
        one
        for one in read_guards()
        if not words or any(word in one.promise or word in one.test for word in words)
    ]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in _COPIED:
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "pyproject.toml", root)
        unnoticed = 0
        for one in chosen:
            is_missed = one.is_missed(root)
            unnoticed += not is_missed
            sys.stdout.write(f"{'missed   ' if is_missed else 'UNNOTICED'} {one.promise}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(chosen)} guards, {unnoticed} of them could go unnoticed\n")
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
