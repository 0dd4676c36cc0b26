"""The Dockerfile: what can be said of it without Docker.

Its steps were followed by hand as a plain user; no daemon of Docker runs where the tests do.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
STAGES = [
    part for part in re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE) if part[:4] == "FROM"
]


def steps(stage, name):
    return re.findall(rf"^{name} (.*)$", stage, re.MULTILINE)


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_it_runs_as_a_plain_user_whose_workspace_is_a_volume():
    last = STAGES[-1]
    (user,) = steps(last, "USER")
    assert user.split(":")[0].isdecimal()
    assert int(user.split(":")[0]) > 0
    after = last[last.index("USER ") :]
    assert steps(after, "RUN") == steps(after, "COPY") == [], "nothing is made after root is gone"
    assert steps(last, "VOLUME") == steps(last, "WORKDIR") == ["/workspace"]
    assert steps(last, "ENTRYPOINT") == ['["newsgrain"]']


def test_what_is_installed_from_the_registry_has_its_hash_in_the_lock():
    installs = [
        shlex.split(run) for stage in STAGES for run in steps(stage, "RUN") if "pip install" in run
    ]
    online = [words for words in installs if "--no-deps" not in words]
    assert len(online) == 2
    for words in online:
        assert "--require-hashes" in words
        assert words[words.index("-c") + 1] == "requirements.lock"
    pinned = set(map(canonical, re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE)))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [canonical(re.match(r"[\w.-]+", one)[0]) for one in project["dependencies"]]
    assert [name for name in ["hatchling", *names] if name not in pinned] == []


def test_the_list_of_dependencies_is_made_as_the_step_says():
    (run,) = (run for stage in STAGES for run in steps(stage, "RUN") if "tomllib" in run)
    command, target = run.split(" > ")
    words = [sys.executable, *shlex.split(command)[1:]]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert done.stdout.splitlines() == project["dependencies"]
    assert any(target in other for other in steps(STAGES[0], "RUN") if other != run)


def test_all_that_it_copies_is_there_and_let_through():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = [
        word
        for stage in STAGES
        for copy in steps(stage, "COPY")
        if "--from" not in copy
        for word in copy.split()[:-1]
    ]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in copied if f"!{name}" not in ignored] == []
    assert ignored[1] == "*", "what is not named stays outside"


@pytest.mark.parametrize("stage", STAGES, ids=["build", "run"])
def test_no_cache_and_no_secret_is_left_in_a_layer(stage):
    assert [
        run for run in steps(stage, "RUN") if "pip " in run and "--no-cache-dir" not in run
    ] == []
    assert not re.search(r"(?i)password|token|secret", stage)
