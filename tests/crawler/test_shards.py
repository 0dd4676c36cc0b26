"""Sites are divided among machines by newsgrain.toml alone, and no host among two of them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from crawler.cli import app
from crawler.configuration import Source
from crawler.shards import Shard, domains_of, groups_of, parse_shard, sources_of
from newsgrain.errors import ConfigError

_DOMAINS = [f"paper{number}.example" for number in range(12)]
_HOSTS = [f"{prefix}{domain}" for domain in _DOMAINS for prefix in ("", "www.", "feeds.")]
_URLS = st.sampled_from(_HOSTS).map("https://{}/x".format)


@st.composite
def _sources(draw) -> tuple[Source, ...]:
    homes = draw(st.lists(_URLS, min_size=1, max_size=12))
    return tuple(
        Source(
            name=f"s{number}",
            url=home,
            feeds=tuple(draw(st.lists(_URLS, max_size=2))),
            sections=tuple(draw(st.lists(_URLS, max_size=1))),
        )
        for number, home in enumerate(homes)
    )


def _paper(name: str, *hosts: str) -> Source:
    home, *feeds = (f"https://{host}/" for host in hosts)
    return Source(name=name, url=home, feeds=tuple(feeds))


def _division(sources: tuple[Source, ...], count: int) -> dict[str, int]:
    """Return the shard of each source."""
    return {
        source.name: number
        for number in range(1, count + 1)
        for source in sources_of(Shard(number=number, count=count), sources)
    }


@given(_sources(), st.integers(1, 9))
def test_every_source_is_in_exactly_one_shard(sources, count) -> None:
    parts = [sources_of(Shard(number=n, count=count), sources) for n in range(1, count + 1)]
    names = [source.name for part in parts for source in part]
    assert sorted(names) == sorted(source.name for source in sources)


@given(_sources(), st.integers(2, 9))
def test_no_host_is_asked_by_two_shards(sources, count) -> None:
    division = _division(sources, count)
    shards_of_host: dict[str, set[int]] = {}
    for source in sources:
        for url in (source.url, *source.listings):
            domain = ".".join((urlsplit(url).hostname or "").split(".")[-2:])
            shards_of_host.setdefault(domain, set()).add(division[source.name])
    assert all(len(shards) == 1 for shards in shards_of_host.values())


@given(_sources(), st.integers(2, 9), st.randoms(use_true_random=False))
def test_the_order_of_the_file_decides_nothing(sources, count, random) -> None:
    shuffled = list(sources)
    random.shuffle(shuffled)
    assert _division(tuple(shuffled), count) == _division(sources, count)


@given(_sources(), st.integers(1, 9))
def test_a_source_that_is_added_elsewhere_moves_no_other(sources, count) -> None:
    added = _paper("added", "elsewhere.example")
    with_it = _division((*sources, added), count)
    del with_it["added"]
    assert with_it == _division(sources, count)


@given(_sources(), st.integers(1, 9))
def test_a_further_shard_only_takes_from_the_others(sources, count) -> None:
    before, after = _division(sources, count), _division(sources, count + 1)
    assert all(after[name] in {shard, count + 1} for name, shard in before.items())


@given(_sources())
def test_groups_are_the_smallest_that_share_no_domain(sources) -> None:
    groups = groups_of(sources)
    domains = [domain for group in groups for domain in group.domains]
    assert len(domains) == len(set(domains))
    for group in groups:
        reached = set(domains_of(group.sources[0]))
        for _ in group.sources:
            for source in group.sources:
                if reached & domains_of(source):
                    reached |= domains_of(source)
        assert reached == set(group.domains)
        assert group.name == min(group.domains)


def test_sources_are_one_group_over_a_third_one() -> None:
    """Two papers with one feed service, and a blog on another host of the first paper's domain."""
    sources = (
        _paper("a", "www.a.example", "feeds.service.example"),
        _paper("c", "c.example"),
        _paper("b", "b.example", "feeds.service.example"),
        _paper("blog", "blog.a.example"),
    )
    found = [(group.name, [one.name for one in group.sources]) for group in groups_of(sources)]
    assert found == [("a.example", ["a", "b", "blog"]), ("c.example", ["c"])]


def test_many_sites_are_divided_evenly() -> None:
    sources = tuple(_paper(f"s{n}", f"site{n}.example") for n in range(800))
    sizes = [len(sources_of(Shard(number=n, count=4), sources)) for n in range(1, 5)]
    assert min(sizes) > 160
    assert max(sizes) < 240


def test_a_division_stays_what_it_is_from_release_to_release() -> None:
    """Were it to change, a shard's archive would not know what its sites published before."""
    sources = tuple(_paper(f"s{n}", f"site{n}.example") for n in range(8))
    assert [_division(sources, 4)[f"s{n}"] for n in range(8)] == [1, 4, 1, 2, 3, 1, 3, 1]


@pytest.mark.parametrize("text", ["1/1", "2/8", " 8/8 "])
def test_a_shard_is_written_as_a_part_of_a_whole(text) -> None:
    assert str(parse_shard(text)) == text.strip()


@pytest.mark.parametrize("text", ["0/8", "9/8", "8", "-1/8", "a/b", "1/0", "1/10001", "1/2/3", ""])
def test_any_other_text_is_refused_in_one_line(text) -> None:
    with pytest.raises(
        ConfigError, match=r'--shard ".*": a part of the sites is written'
    ) as caught:
        parse_shard(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", ["run", "crawl"])
def test_the_commands_refuse_a_shard_that_is_none(command, tmp_path) -> None:
    result = CliRunner().invoke(app, [command, "--shard", "9/8", "-w", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert not any(tmp_path.iterdir())
