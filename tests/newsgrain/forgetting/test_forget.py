"""What is forgotten is in no byte of the workspace, does not come back, and harms nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cleaners.urls import url_key
from crawler.configuration import Source
from crawler.frontier import Frontier
from crawler.listing import Found
from newsgrain import load
from newsgrain.archive import Archive, read_body
from newsgrain.catalog import Catalog
from newsgrain.errors import ConfigError, NewsgrainError
from newsgrain.forget import forget
from newsgrain.history import read_history
from newsgrain.nights import cite, list_nights
from newsgrain.page_shares import page_shares
from newsgrain.removal import Removal
from newsgrain.state import open_state
from newsgrain.tombstones import read_tombstones
from newsgrain.verify import verify
from tests.newsgrain.archive.exchanges import passes_warcio_check
from tests.newsgrain.forgetting.papers import (
    ALIAS,
    AWAY,
    BENCHES,
    CHOIR,
    NAME,
    NEIGHBOUR,
    OPENING,
    QUOTED,
    SALE,
    TITLE,
    URL,
    Desk,
    article,
    faults,
    forget_article,
    forget_person,
    traces,
)

CHECKOUT = Path(__file__).resolve().parents[3]
OF_ARTICLE = (URL, ALIAS, TITLE, OPENING, QUOTED, url_key(URL), "doe-buys-the-ferry")


def test_the_search_of_these_tests_finds_it_everywhere_before(desk):
    places = {name.partition("/")[0] for name, _ in traces(desk.workspace.root, *OF_ARTICLE)}
    assert places == {"archive", "datasets", "logs", "reports", "inspections"}
    found = {what for _, what in traces(desk.workspace.root, *OF_ARTICLE)}
    assert found == set(OF_ARTICLE)


def test_no_byte_of_the_workspace_holds_a_forgotten_article(desk, capsys):
    done = forget_article(desk)
    assert traces(desk.workspace.root, *OF_ARTICLE) == []
    assert faults(desk) == []
    assert passes_warcio_check(desk.workspace.archive, capsys)
    assert sorted(path.name for path in done.deleted) == ["one.html", "one.html"]
    assert {row["url"] for row in desk.rows("articles")} == {NEIGHBOUR, AWAY}


def test_other_articles_stay_as_they_were(desk):
    before = {row["url"]: row for row in desk.rows("articles")}
    forget_article(desk)
    after = {row["url"]: row for row in desk.rows("articles")}
    assert after[AWAY] == before[AWAY]
    assert after[NEIGHBOUR]["text"] == before[NEIGHBOUR]["text"]
    blocks = [row["text"] for row in desk.rows("blocks") if row["url"] == NEIGHBOUR]
    assert any("█" in text for text in blocks)
    assert any(BENCHES[0] in text for text in blocks)


def test_pages_that_showed_it_can_be_cleaned_again_without_it(desk):
    forget_article(desk)
    with Archive.open(desk.workspace.archive) as archive:
        pages = [page for page in archive.pages() if page.url == NEIGHBOUR]
        bodies = [read_body(page, archive.folder).decode() for page in pages]
    assert len(bodies) == 2
    assert all(BENCHES[0] in body and TITLE not in body and "█" in body for body in bodies)


def test_counts_of_requests_and_outcomes_stay_true(desk):
    before = {row["run_id"]: row for row in desk.rows("runs")}
    pages = len(desk.rows("pages"))
    forget_article(desk)
    assert {row["run_id"]: row for row in desk.rows("runs")} == before
    assert len(desk.rows("pages")) == pages
    gone = [row for row in desk.rows("pages") if row["kind"] == "forgotten"]
    assert len(gone) == 4
    kept = {"page_id", "run_id", "source", "kind", "url", "is_final", "fetched_at", "status"}
    assert {name for row in gone for name, value in row.items() if value is not None} == kept
    assert {row["url"] for row in gone} == {"urn:newsgrain:forgotten"}


def test_every_kept_night_and_every_derived_one_is_without_it(desk):
    forget_article(desk)
    nights = list_nights(desk.workspace.datasets, Catalog())
    assert [night.is_kept for night in nights] == [True] * 3
    for night in nights:
        articles = load(
            "articles", workspace=desk.workspace.root, as_of=night.run_id, engine="arrow"
        )
        assert sorted(articles["url"].to_pylist()) == sorted([NEIGHBOUR, AWAY])


def test_snapshots_of_an_older_schema_are_given_up(desk):
    root = desk.workspace.datasets
    (manifest,) = root.glob("manifests/00000001-*.json")
    manifest.write_text(manifest.read_text().replace('"schema_version": 2', '"schema_version": 1'))
    forget_article(desk)
    assert sorted(path.name[:8] for path in (root / ".snapshots").iterdir()) == [
        "00000002", "00000003"
    ]  # fmt: skip
    assert traces(desk.workspace.root, *OF_ARTICLE) == []


def test_what_was_cited_before_is_explained_and_not_called_damage(desk):
    root = desk.workspace.datasets
    cited = cite(root, Catalog(), "2")
    assert not cited.is_changed
    forget_article(desk)
    (finding,) = [one for one in verify(root, Catalog()) if one.check == "forgotten"]
    assert finding.is_good
    assert "runs 00000001" in finding.detail
    again = cite(root, Catalog(), "2")
    assert again.manifest_sha256 != cited.manifest_sha256
    assert again.articles == cited.articles - 1
    manifest = (root / "manifests" / f"{cited.run_id}.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == cited.manifest_sha256


def test_it_is_never_asked_for_again_whoever_lists_it(desk):
    forget_article(desk)
    tombstones = read_tombstones(desk.workspace.root)
    with Archive.open(desk.workspace.archive) as archive:
        frontier = Frontier(archive, ["harbour"], tombstones)
        source = Source(name="harbour", url="https://www.harbour.example/")
        spellings = [URL, ALIAS, f"{URL}?utm_source=feed", URL.replace("https", "http")]
        added = frontier.add(source, [Found(url=url, source="feed") for url in spellings], desk.now)
        assert added.new == frozenset()
        assert URL not in frontier.states()


def test_it_is_not_published_again_when_it_comes_under_another_address(desk):
    forget_article(desk)
    amp, copy = URL.replace("/town/", "/amp/"), URL.replace("/town/", "/print/")
    page = article(TITLE, SALE, author="Tom Reed")
    page = page.replace("<head>", f'<head><link rel="canonical" href="{URL}">')
    tombstones = read_tombstones(desk.workspace.root)
    published = desk.night(
        {"url": URL, "body": page},
        {"url": copy, "body": page},
        {"url": amp, "body": page.replace("in green", "in red")},
        tombstones=tombstones,
    )
    assert published.refused == (copy, amp)
    assert {row["url"] for row in desk.rows("articles")} == {NEIGHBOUR, AWAY}
    reasons = [row["reason"] for row in desk.rows("verdicts") if row["run_id"][:8] == "00000004"]
    assert reasons == ["forgotten"]
    for url in published.refused:
        forget_article(desk, url)
    assert traces(desk.workspace.root, *OF_ARTICLE, amp, copy) == []
    assert read_tombstones(desk.workspace.root).holds(amp)
    assert faults(desk) == []


def test_a_tombstone_tells_nothing_without_the_key(desk):
    forget_article(desk)
    forget_person(desk)
    text = (desk.workspace.root / "forgotten.json").read_text()
    plain = json.loads(text)
    assert [set(entry) for entry in plain["entries"]] == [{"kind", "digests", "day", "reason"}] * 2
    assert url_key(URL) not in text
    (desk.workspace.root / ".newsgrain.key").unlink()
    with pytest.raises(NewsgrainError, match="without it nobody can tell what was forgotten"):
        read_tombstones(desk.workspace.root)


def test_a_person_is_nowhere_named_and_their_items_are_gone(desk):
    forget_person(desk)
    assert traces(desk.workspace.root, NAME) == []
    assert faults(desk) == []
    rows = {row["url"]: row for row in desk.rows("articles")}
    assert set(rows) == {URL, NEIGHBOUR, AWAY}
    assert rows[NEIGHBOUR]["authors"] == []
    assert "Ms ███ will have the hull painted" in rows[URL]["text"]
    assert rows[AWAY]["quotes"][0]["text"].startswith("████ ███ paid for the chairs, and ███ ")
    assert {row["name"] for row in desk.rows("speakers")} == {"Peter Marsh", "Anna Field"}
    assert {row["speaker"] for row in desk.rows("quotes")} == {"Peter Marsh", "Anna Field"}
    for table in ("authors", "speakers", "quotes"):
        for url in rows:
            order = [row["ord"] for row in desk.rows(table) if row["url"] == url]
            assert sorted(order) == list(range(len(order)))


def test_an_address_that_holds_the_name_stays_and_what_links_to_it_does_not_name_it(desk):
    url = "https://www.harbour.example/by/Jane%20Doe-9"
    page = article("A pier", [*BENCHES, "Jane Doe paid."], author="Jane Doe")
    linking = page.replace("</body>", '<a href="/by/Jane+Doe">more</a></body>')
    desk.night({"url": url, "body": linking})
    _note_in_frontier(desk, url)
    forget_person(desk, "Jane Doe")
    assert url in {row["url"] for row in desk.rows("articles")}
    with Archive.open(desk.workspace.archive) as archive:
        assert url in Frontier(archive, ["harbour"]).states()
        (row,) = [row for row in archive.pages() if row.url == url]
        body = read_body(row, archive.folder).decode()
    assert 'href="/by/████████"' in body
    assert "████ ███ paid." in body
    assert faults(desk) == []


def _note_in_frontier(desk: Desk, url: str) -> None:
    with Archive.open(desk.workspace.archive) as archive:
        source = Source(name="harbour", url="https://www.harbour.example/")
        Frontier(archive, ["harbour"]).add(source, [Found(url=url, source="feed")], desk.now)


def test_offsets_into_a_masked_text_stay_true(desk):
    forget_person(desk)
    texts = {row["article_id"]: row["text"] for row in desk.rows("articles")}
    quotes = [row for row in desk.rows("quotes") if row["start"] is not None]
    assert quotes
    assert all(
        row["text"] in texts[row["article_id"]][row["start"] - 1 : row["end"] + 1] for row in quotes
    )


def test_the_last_name_of_somebody_else_stays(desk):
    sale = [part.replace("Peter Marsh, the mayor", "Ida Doë, the mayor") for part in SALE]
    desk.night({"url": f"{URL}-2", "body": article("A ferry", sale, author="Ida Doë")})
    forget_person(desk)
    (row,) = [row for row in desk.rows("articles") if row["url"] == f"{URL}-2"]
    assert "Ida Doë, the mayor" in row["text"]
    assert "Ms Doë will have" in row["text"]
    assert NAME not in row["text"]


def test_a_forgotten_person_is_masked_in_what_comes_later(desk):
    forget_person(desk)
    page = article("Jane Doë sells the ferry", SALE, author="Jane Doë")
    tombstones = read_tombstones(desk.workspace.root)
    desk.night({"url": f"{URL}-3", "body": page}, tombstones=tombstones)
    (row,) = [row for row in desk.rows("articles") if row["url"] == f"{URL}-3"]
    assert row["title"] == "████ ███ sells the ferry"
    assert (row["authors"], row["speakers"]) == ([], [])
    assert traces(desk.workspace.root, NAME) == []
    assert faults(desk) == []


def test_an_article_that_names_a_forgotten_person_as_before_is_not_archived_again(desk):
    forget_person(desk)
    choir = article("A choir sings in the barn", CHOIR, author="Anna Field")
    desk.night({"url": AWAY, "body": choir}, tombstones=read_tombstones(desk.workspace.root))
    assert [row["outcome"] for row in desk.rows("verdicts") if row["url"] == AWAY][
        -1
    ] == "unchanged"
    assert traces(desk.workspace.root, NAME) == []
    assert faults(desk) == []


def test_a_night_after_it_goes_on_as_ever(desk):
    forget_article(desk)
    changed = [*BENCHES[:2], BENCHES[2].replace("fish market", "old mill")]
    desk.night({"url": NEIGHBOUR, "body": article("Four benches stand along the mole", changed,
                                                  author=NAME)})  # fmt: skip
    assert [row["revision"] for row in read_history(desk.workspace, NEIGHBOUR).revisions] == [1, 2]
    assert faults(desk) == []


def test_exports_are_deleted_and_what_is_not_published_is_forgotten_too(desk, tmp_path):
    from newsgrain.copies import note_copy

    target = tmp_path / "out"
    target.mkdir()
    (target / "articles.csv").write_text(URL)
    note_copy(desk.workspace, "export", target, desk.now)
    assert target in forget_article(desk).deleted
    assert not target.exists()
    forget_article(desk, "https://www.harbour.example/never-seen")
    assert len(read_tombstones(desk.workspace.root).entries) == 2


@pytest.mark.parametrize("name", ["", "Jo", " - "])
def test_a_name_that_is_none_is_refused(desk, name):
    with pytest.raises(ConfigError):
        forget_person(desk, name)


@pytest.mark.parametrize(
    "declared",
    ["https://www.harbour.example:99999/town/pier-1", "http://[x/pier-1"],
    ids=["port", "bracket"],
)
def test_a_page_that_declares_what_is_no_address_is_forgotten_like_any_other(desk, declared):
    url = "https://www.harbour.example/town/pier-1"
    page = article("A pier", BENCHES, author="Tom Reed")
    desk.night(
        {
            "url": url,
            "body": page.replace("<head>", f'<head><link rel="canonical" href="{declared}">'),
        }
    )
    forget_article(desk, url)
    with desk.workspace.lock():  # which finishes what was begun
        assert url not in {row["url"] for row in desk.rows("articles")}


def test_what_cannot_be_searched_for_is_refused_before_anything_is_written_down(desk):
    removal = Removal(
        kind="article", reason="erasure", day="", digests=(), urls=("http://a:99999/",)
    )
    with desk.workspace.lock(), pytest.raises(ConfigError, match="cannot be searched for"):
        forget(desk.workspace, removal)
    assert not (desk.workspace.root / ".forgetting.json").exists()


def test_pages_that_were_forgotten_are_no_site_in_the_shares_of_a_night(desk):
    forget_article(desk)
    state = open_state(desk.workspace.datasets, Catalog())
    runs = [row["run_id"] for row in desk.rows("runs")]
    shares = page_shares(state, min(runs), runs)
    assert {one.site: one.pages for one in shares} == {"harbour.example": 1, "upland.example": 1}


def kill(made: Path, scratch: Path, stride: int):
    command = [sys.executable, "-m", "tests.newsgrain.forgetting.killing"]
    done = subprocess.run(
        [*command, str(made), str(scratch), str(stride)],
        cwd=CHECKOUT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_killed_at_some_moments_it_is_finished_by_the_next_command(made, tmp_path):
    result = kill(made, tmp_path / "copy", stride=131)
    assert result["wrong"] == []
    assert result["kills"] > 3
