"""Records of a platform into columns of a stream, as a table of fields and where a record tells them.

_FIELDS = (Told(Field("campaign_id", TEXT, "…"), "id"), Told(Field("spend", MONEY, "…"), "metrics.spend"))
batch(STREAM, columns(_FIELDS, records) | {"account_id": [account.id] * len(records)}, load)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.columns import local_days, pick
from connectors.errors import BadDataError
from connectors.load import Load
from connectors.stream import Field, Window

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A field of a stream, and the dotted path at which a record tells it.

    `empty` stands in for what a record leaves out or nulls: only where the platform documents what its absence means.
    """

    field: Field
    path: str
    empty: Any = None

    def column(self, records: Sequence[Record]) -> list[Any]:
        """The value of each record. Raises BadDataError where the path leads through something that is no object."""
        return [self.empty if value is None else value for value in pick(records, self.path)]


def columns(told: Iterable[Told], records: Sequence[Record]) -> dict[str, list[Any]]:
    """The told fields of records by name, for `connectors.columns.batch`."""
    return {one.field.name: one.column(records) for one in told}


def note_unknown(load: Load, told: Iterable[Told], records: Iterable[Record], known: Iterable[str] = ()) -> None:
    """Note the fields of records that nobody knows: they may hold what a platform has renamed, or newly tells.

    Only the first step of each path counts. `known` names fields that are sent as well, and left alone on purpose.
    """
    expected = {one.path.split(".")[0] for one in told}.union(known)
    load.unknown(*(name for record in records for name in record.keys() - expected))


def objects(told: Any, what: str) -> list[dict[str, Any]]:
    """The JSON objects of a list, none where it is null. Raises BadDataError for anything else."""
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise BadDataError(f"the answer has another shape than documented at {what}")
    return told


def of_window(
    records: Sequence[Record], times: Sequence[Any], window: Window, zone: str
) -> tuple[list[Record], list[Any]]:
    """The records whose time (ISO 8601 with an offset) lies on a day of the window, and that day in the time zone.

    A time that cannot be read stands in for its day, so that the reason of the row's rejection shows it.
    """
    days = local_days(times, zone).to_pylist()
    inside = [n for n, day in enumerate(days) if day is None or window.start <= day <= window.end]
    return [records[n] for n in inside], [days[n] or times[n] for n in inside]
