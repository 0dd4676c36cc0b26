"""The Dockerfile: what can be said of it without Docker.

Its steps were followed by hand as a plain user; no daemon of Docker runs where the tests do.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
STAGES = [
    part for part in re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE) if part[:4] == "FROM"
]


def steps(stage, name):
    return re.findall(rf"^{name} (.*)$", stage, re.MULTILINE)


def test_it_runs_as_a_plain_user_whose_workspace_is_a_volume():
    last = STAGES[-1]
    (user,) = steps(last, "USER")
    assert user.split(":")[0].isdecimal()
    assert int(user.split(":")[0]) > 0
    after = last[last.index("USER ") :]
    assert steps(after, "RUN") == steps(after, "COPY") == [], "nothing is made after root is gone"
    assert steps(last, "VOLUME") == steps(last, "WORKDIR") == ["/workspace"]
    assert steps(last, "ENTRYPOINT") == ['["newsgrain"]']


def pins(name):
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"^([\w.-]+)==(\S+)(.*(?:\n    .*)*)", text, re.MULTILINE)
    return {(project.lower(), version): rest.count("--hash") for project, version, rest in found}


def test_what_is_installed_from_the_registry_has_its_hash():
    installs = [run for stage in STAGES for run in steps(stage, "RUN") if "pip install" in run]
    (online,) = (shlex.split(run) for run in installs if "--no-deps" not in run)
    assert "--require-hashes" in online
    assert online[online.index("-r") + 1] == "requirements-runtime.lock"
    assert min(pins("requirements-runtime.lock").values()) > 0


def test_its_lock_has_the_pins_of_the_other_one_and_every_dependency():
    runtime = pins("requirements-runtime.lock")
    assert runtime.keys() <= pins("requirements.lock").keys(), "make lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = {re.sub(r"[-_.]+", "-", name) for name, _ in runtime}
    needed = [re.match(r"[\w.-]+", one)[0].lower() for one in project["dependencies"]]
    assert {re.sub(r"[-_.]+", "-", name) for name in needed} | {"hatchling"} <= pinned
    assert "pytest" not in pinned


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
