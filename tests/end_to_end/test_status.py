"""What a person sees in between: status, and a run with and without a contact."""

from __future__ import annotations

from tests.end_to_end.conftest import newsgrain


def test_status_shows_every_source_and_what_is_published(two_nights):
    done = newsgrain("status", "--workspace", two_nights.workspace)
    assert done.returncode == 0
    lines = {line.split()[0]: line.split() for line in done.stdout.splitlines()}
    assert lines["source"][:7] == ["source", "known", "new", "edited", "gone", "failed", "waiting"]
    assert lines["courrier-du-large"][1:7] == ["26", "1", "0", "1", "0", "0"]
    assert lines["wexmere-herald"][1:7] == ["25", "0", "1", "0", "0", "0"]
    assert lines["wexmere-herald"][7] > "2026-11-20", "when a young article is looked at again"
    assert 1 < float(lines["wexmere-herald"][9]) < 3, "requests per article, in all"
    assert "51 articles, 52 revisions" in done.stdout


def test_status_of_an_empty_folder_says_that_nothing_is_published(tmp_path):
    done = newsgrain("status", "--workspace", tmp_path)
    assert (done.returncode, done.stdout) == (0, "nothing is published yet\n")


def test_status_of_a_folder_that_is_not_there_is_an_error(tmp_path):
    done = newsgrain("status", "--workspace", tmp_path / "none")
    assert done.returncode == 2
    assert "there is no such folder" in done.stderr


def test_the_version_is_printed():
    assert newsgrain("--version").stdout.startswith("newsgrain 0.")
