"""Records become columns, and what nobody knows is noted."""

from __future__ import annotations

import pytest

from connectors.errors import BadDataError
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import COUNT, TEXT, Field

TOLD = (
    Told(Field("campaign_id", TEXT, "Id"), "id"),
    Told(Field("clicks", COUNT, "Clicks", nullable=True), "metrics.clicks"),
    Told(Field("leads", COUNT, "Leads"), "metrics.leads", empty=0),
)


def test_each_field_is_read_at_its_path() -> None:
    records = [{"id": "1", "metrics": {"clicks": 3, "leads": 2}}, {"id": "2", "metrics": None}]
    assert columns(TOLD, records) == {"campaign_id": ["1", "2"], "clicks": [3, None], "leads": [2, 0]}


def test_a_step_that_is_no_object_is_refused() -> None:
    with pytest.raises(BadDataError, match=r"metrics\.clicks"):
        columns(TOLD, [{"id": "1", "metrics": "none"}])


def test_fields_that_nobody_knows_are_noted_once_over_all_pages() -> None:
    load = Load()
    note_unknown(load, TOLD, [{"id": "1", "status": "x", "new": 1}], known=("status",))
    note_unknown(load, TOLD, [{"id": "2", "newer": 1}, {"new": 1}])
    assert load.notes == {"unknown_fields": ["new", "newer"]}


def test_nothing_is_noted_where_all_is_known() -> None:
    load = Load()
    note_unknown(load, TOLD, [{"id": "1", "metrics": {"other": 1}}])
    assert load.notes == {}
