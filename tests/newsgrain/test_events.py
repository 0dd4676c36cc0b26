"""One article at many addresses, gone and back: what is noted beside its revisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cleaners.records import Candidate
from cleaners.urls import url_key
from newsgrain.catalog import Catalog
from newsgrain.errors import StoreError
from newsgrain.history import _FIELDS, diff_lines, history_lines, read_history
from newsgrain.verify import verify
from newsgrain.workspace import Workspace
from tests.newsgrain.test_publish import Desk, desk  # noqa: F401, TC001 - a fixture
from tests.pages import page

SITE = "https://harbour.example"
STORY, AMP = f"{SITE}/quay", f"{SITE}/quay/amp"
TEXT = "The quay was swept, and the gulls went on as before. " * 12


def story(title: str = "The quay", text: str = TEXT, canonical: str = STORY) -> bytes:
    """Return a page with a date, as articles have one."""
    return (
        f'<html lang="en"><head><title>{title}</title><link rel="canonical" href="{canonical}">'
        f'<meta property="article:published_time" content="2026-11-18T08:00:00+00:00">'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f"</head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    ).encode()


def one_article(desk: Desk) -> dict:  # noqa: F811
    (row,) = desk.rows("articles")
    (revision,) = desk.rows("revisions")
    assert revision["revision"] == 1
    return row


@pytest.mark.parametrize("runs", [1, 2])
@pytest.mark.parametrize("first", [STORY, AMP])
def test_an_amp_page_and_its_article_are_one_row_in_whatever_order(desk, first, runs):  # noqa: F811
    second = AMP if first == STORY else STORY
    desk.fetch(first, body=story())
    if runs == 2:
        desk.publish()
    desk.fetch(second, body=story())
    desk.publish()
    row = one_article(desk)
    assert row["article_id"] == url_key(first)
    assert (row["url"], row["aliases"]) == (first, [second])
    assert desk.outcomes() == [("new", None), ("unchanged", None)]


def test_pages_of_one_content_are_one_article_without_any_link_between_them(desk):  # noqa: F811
    for number, url in enumerate((STORY, f"{SITE}/?p=12", f"{SITE}/print/quay", STORY)):
        desk.fetch(url, body=story(canonical=""))
        if number == 1:
            desk.publish()
    desk.publish()
    row = one_article(desk)
    assert (row["url"], row["aliases"]) == (STORY, [f"{SITE}/?p=12", f"{SITE}/print/quay"])


def test_short_pages_and_undated_ones_of_one_content_stay_apart(desk):  # noqa: F811
    for path in "ab":
        desk.fetch(
            f"{SITE}/{path}",
            body=story(text="The gulls went on as before. " * 6),
        )
        desk.fetch(f"{SITE}/undated/{path}", body=page("The same words on many pages"))
    desk.publish()
    assert len(desk.rows("articles")) >= 3


def test_an_edit_is_one_revision_though_the_amp_page_shows_it_first(desk):  # noqa: F811
    desk.fetch(STORY, body=story())
    desk.fetch(AMP, body=story())
    desk.publish()
    edited = story("The new quay", TEXT + "It was swept again.")
    desk.fetch(AMP, body=edited)
    desk.fetch(STORY, body=edited)
    desk.publish()
    assert [row["change_reason"] for row in desk.rows("revisions")] == ["new", "edited"]
    (row,) = desk.rows("articles")
    assert (row["revision"], row["url"], row["aliases"]) == (2, STORY, [AMP])


def test_an_article_that_is_gone_stays_with_the_moment_it_was_last_seen(desk):  # noqa: F811
    desk.fetch(STORY, body=story())
    desk.publish()
    seen = datetime(2026, 11, 20, 20, tzinfo=UTC)
    hint = Candidate(field="last_seen_at", value=seen.isoformat(), source="frontier")
    desk.fetch(STORY, status=410, hints=(hint,))
    gone_at = desk.now
    desk.fetch(STORY, status=404)
    desk.publish()
    row = one_article(desk)
    assert (row["gone_at"], row["last_seen_at"]) == (gone_at, seen)
    assert [event["event"] for event in desk.rows("events")] == ["gone"]

    desk.fetch(STORY, body=story())
    desk.publish()
    row = one_article(desk)
    assert (row["gone_at"], row["last_seen_at"]) == (None, None)
    assert [event["event"] for event in desk.rows("events")] == ["gone", "back"]


def test_a_missing_variant_takes_no_article_away(desk):  # noqa: F811
    desk.fetch(STORY, body=story())
    desk.fetch(AMP, body=story())
    desk.fetch(AMP, status=404)
    desk.publish()
    assert one_article(desk)["gone_at"] is None


def test_articles_that_turn_out_to_be_the_same_are_told_and_keep_their_identity(desk):  # noqa: F811
    desk.fetch(STORY, body=story("The quay", canonical=STORY))
    desk.fetch(AMP, body=story("Quite another story", "Other words. " * 30))
    desk.publish()
    assert {row["superseded_by"] for row in desk.rows("articles")} == {None}
    desk.fetch(AMP, body=story("The quay", "Other words. " * 30))
    desk.publish()
    desk.fetch(AMP, body=story("The quay", "Other words. " * 31))
    desk.publish()
    rows = {row["article_id"]: row["superseded_by"] for row in desk.rows("articles")}
    assert rows == {url_key(STORY): None, url_key(AMP): url_key(STORY)}
    assert [event["event"] for event in desk.rows("events")] == ["superseded"]


def test_an_article_that_moved_to_the_address_of_another_gives_way_to_it(desk):  # noqa: F811
    old = f"{SITE}/old"
    desk.fetch(old, body=story(canonical="", text=TEXT + "Draft."))
    desk.fetch(STORY, body=story(canonical=""))
    desk.publish()
    assert len(desk.rows("articles")) == 2
    moved = Candidate(field="requested_url", value=old, source="redirect")
    desk.fetch(STORY, body=story(canonical=""), hints=(moved,))
    desk.publish()
    rows = {row["article_id"]: row["superseded_by"] for row in desk.rows("articles")}
    assert rows == {url_key(old): url_key(STORY), url_key(STORY): None}


def test_events_leave_a_state_that_can_be_verified_and_read_as_it_was(desk):  # noqa: F811
    from newsgrain.state import open_state

    desk.fetch(STORY, body=story())
    desk.publish()
    first = desk.rows("runs")[0]["run_id"]
    desk.fetch(AMP, body=story())
    desk.fetch(STORY, status=404)
    desk.publish()
    root = desk.folder / "datasets"
    assert [one.detail for one in verify(root, Catalog()) if not one.is_good] == []
    for folder in (root / ".snapshots").iterdir():
        if folder.name == first:
            for path in sorted(folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            folder.rmdir()
    before = open_state(root, Catalog(), first).dataset("articles").to_table().to_pylist()
    assert [(row["aliases"], row["gone_at"]) for row in before] == [([], None)]


@pytest.fixture
def edited(desk):  # noqa: F811
    desk.fetch(STORY, body=story())
    desk.publish()
    desk.fetch(AMP, body=story())
    desk.fetch(STORY, body=story("The new quay", TEXT).replace(b"</p>", b"</p><p>More of it.</p>"))
    desk.publish()
    desk.fetch(STORY, status=410)
    desk.publish()
    return Workspace(desk.folder)


def test_the_history_tells_revisions_and_events_in_the_order_of_time(edited):
    for address in (STORY, AMP, f"{STORY}?utm_source=x", "harbour.example/quay", url_key(STORY)):
        lines = history_lines(read_history(edited, address))
        assert lines[0] == f"article {url_key(STORY)}"
        kinds = [line[18:].split("  ")[0].split(" ")[0] for line in lines[1:]]
        assert kinds == ["revision", "alias", "revision", "gone"]
    assert "last seen 2026-11-20 05:00" in lines[-1]


def test_the_difference_of_two_revisions_shows_fields_and_lines(edited):
    history = read_history(edited, STORY)
    lines = diff_lines(history.revision(-2), history.revision(-1))
    assert "@@ title @@" in lines
    assert "-The quay" in lines
    assert "+The new quay" in lines
    assert "+More of it." in lines
    assert not [line for line in lines if line.startswith("-The quay was swept")]
    with pytest.raises(StoreError, match=r"no revision 7; there are 1, 2"):
        history.revision(7)


def test_an_address_that_led_to_no_article_is_said(edited):
    with pytest.raises(StoreError, match="no published article has the address"):
        read_history(edited, f"{SITE}/never")
    with pytest.raises(StoreError, match="not a web address"):
        read_history(edited, "ftp://harbour.example/")


def test_lists_of_changes_may_begin_with_dashes():
    old = {"revision": 1, "fetched_at": datetime(2026, 11, 20, tzinfo=UTC), "text": "-- a\nb"}
    new = {**old, "revision": 2, "text": "-- c\nb", "fetched_at": old["fetched_at"] + timedelta(1)}
    fields = dict.fromkeys(_FIELDS)
    assert diff_lines(fields | old, fields | new)[2:] == [
        "@@ text, -1,2 +1,2 @@",
        "--- a",
        "+-- c",
        " b",
    ]
