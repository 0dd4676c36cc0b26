"""Paths say what they are, without a disk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgrain import layout, slots
from newsgrain.layout import Slot

RUN = "00000012-20270105T010203Z"
SLOTS = st.builds(
    Slot,
    month=st.dates().map(lambda day: f"{day:%Y-%m}".rjust(7, "0")),
    day=st.integers(0, 31),
    part=st.integers(1, 2000),
)


@given(SLOTS, st.integers(2, 99))
def test_a_slots_path_says_which_slot_it_is_also_after_a_migration(
    slot: Slot, version: int
) -> None:
    path = f"articles/{slot.path(RUN)}"
    assert layout.slot_of(path) == slot
    migrated = layout.migrated_path(path, version)
    assert layout.slot_of(migrated) == slot
    assert migrated not in {path, layout.migrated_path(path, version + 1)}
    assert layout.migrated_path(migrated, version + 1) == layout.migrated_path(path, version + 1)


def test_only_the_number_of_a_run_is_compared() -> None:
    assert layout.sequence("00000012-20270105T010203Z") == 12
    assert layout.snapshot_order("00000012-20200105T010203Z") == (12, 0, 0)
    assert layout.snapshot_order("00000012-20270105T010203Z-schema2") == (12, 2, 0)
    assert layout.snapshot_order("notes") is None


@pytest.mark.parametrize("wrong", ["", "12", "12-20270105T010203Z", "current"])
def test_what_is_no_run_id_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a run id"):
        layout.sequence(wrong)


def test_log_files_are_named_by_run_and_month_of_the_run() -> None:
    assert layout.log_path(RUN, 1) == f"month=2027-01/{RUN}.parquet"
    assert layout.log_path(RUN, 2) == f"month=2027-01/{RUN}-002.parquet"
    assert layout.slot_of(layout.log_path(RUN, 1)) is None
    assert layout.slot_of(layout.placeholder_path(RUN)) is None
    assert layout.is_placeholder(layout.placeholder_path(RUN))
    assert not layout.is_placeholder(layout.log_path(RUN, 1))


def test_this_month_and_the_one_before_are_open() -> None:
    assert layout.first_open_month(RUN) == "2026-12"
    assert layout.first_open_month("00000001-20260331T000000Z") == "2026-02"
    housing = slots.Housing({}, RUN)
    assert housing.bucket(datetime(2026, 12, 31, 23, tzinfo=UTC)) == ("2026-12", 31)
    assert housing.bucket(datetime(2026, 11, 30, 23, tzinfo=UTC)) == ("2026-11", 0)


def test_months_are_packed_only_when_they_are_settled_and_in_days() -> None:
    sizes = {
        Slot(month="2026-10", day=0, part=1): 10,
        Slot(month="2026-11", day=1, part=1): slots.SLOT_BYTES - 10,
        Slot(month="2026-11", day=2, part=1): 20,
        Slot(month="2026-11", day=3, part=1): 20,
        Slot(month="2026-12", day=1, part=1): 10,
    }
    homes = slots.settled_homes(sizes, RUN)
    assert {slot.day: home for slot, home in homes.items()} == {
        1: Slot(month="2026-11", day=0, part=1),
        2: Slot(month="2026-11", day=0, part=2),
        3: Slot(month="2026-11", day=0, part=2),
    }
    assert {slot.month for slot in homes} == {"2026-11"}


@pytest.mark.parametrize("suffix", ["", "-schema2", "-edition3"])
def test_a_merged_file_is_named_by_its_last_part_also_after_a_migration_or_a_removal(
    suffix: str,
) -> None:
    first, later = f"month=2027-01/00000011{RUN[8:]}.parquet", f"month=2027-01/{RUN}"
    parts = [f"{later}{suffix}.parquet", f"{later}-002{suffix}.parquet"]
    merged = [layout.merged_path([first, part]) for part in parts]
    assert merged == [f"{later}-from00000011.parquet", f"{later}-002-from00000011.parquet"]
    assert [layout.log_span(path) for path in merged] == [(11, 12)] * 2
