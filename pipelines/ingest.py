"""One platform's part of a night: plan the windows, pull them side by side, put whole days into the lake.

Plain functions, without Dagster. A failure of one account or stream never stops the others; what failed keeps the
rows that the lake already had, and the ledger says why.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import Account, Connector
from connectors.errors import BadDataError, ConnectorError
from connectors.load import PROVISIONAL, Load
from connectors.stream import Kind, Stream, Window
from pipelines import ledger
from pipelines.lake import Lake
from pipelines.ledger import LoadRow, QuarantineRow, Reached, RestatementRow
from pipelines.provisional import is_provisional, zone_named
from pipelines.spool import Spool

log = logging.getLogger("kompas.ingest")
KnownDays = set[tuple[str, str, date]]
"""The (stream, account, day) that came in whole once."""
WAIT = "wait"
"""What happens next with a day that the platform has not finished: the next nights ask for it again."""


@dataclass(frozen=True)
class Night:
    """A run: its id, its days (one, or a range that is back-filled), and how much history a new account brings."""

    run_id: str
    first: date
    last: date
    history_days: int
    tz: tzinfo

    @property
    def is_range(self) -> bool:
        return self.first < self.last


@dataclass(frozen=True)
class Task:
    """One call of a stream's pull: an account and a slice of its window."""

    stream: Stream
    account: Account
    window: Window


@dataclass
class Pulled:
    """What a task brought: rows in a spool, notes, how long it took, and the error that ended it early."""

    task: Task
    spool: Spool
    load: Load
    began: datetime
    seconds: float = 0.0
    error: ConnectorError | None = None


@dataclass
class StreamResult:
    """A stream's part of the night, as Dagster and the ledger tell it."""

    stream: Stream
    rows: int = 0
    days: set[date] = field(default_factory=set)
    bytes: int = 0
    requests: int = 0
    quarantined: int = 0
    flags: set[str] = field(default_factory=set)
    errors: list[ConnectorError] = field(default_factory=list)
    restated: int = 0
    day_rows: dict[date, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.errors


def plan(connector: Connector, streams: Iterable[Stream], night: Night, known: ledger.Known) -> list[Task]:
    """The tasks of a night; `known` decides how far back each window reaches."""
    tasks = []
    for account in connector.accounts:
        feeds = connector.streams_of(account)
        for stream in streams:
            if stream in feeds:
                window = window_of(connector, stream, night, known.get((stream.name, account.id)))
                tasks += [Task(stream, account, part) for part in _slices(stream, window)]
    return tasks


def window_of(connector: Connector, stream: Stream, night: Night, reached: Reached | None) -> Window:
    """The days to pull: the range asked for; all history for an account never seen; else the look-back.

    After nights that failed, the window reaches back to the first day that is not complete. After nights that did not
    run, it starts where the first of them would have started: what it would have pulled for the last time may have
    moved. A range and a first pull start the stream's `lead_days` earlier: a Saturday's exchange rate is that of the
    Friday.
    """
    lead = timedelta(days=stream.lead_days)
    if night.is_range:
        return Window(night.first - lead, night.last)
    days = connector.look_back_days(stream)
    if stream.kind is Kind.ENTITY:
        days += 1  # the overlap: a record that changes while it is read is read again the night after
    if reached is None:
        return Window(night.last - timedelta(days=max(days, night.history_days) - 1) - lead, night.last)
    first_missed = min(night.last, reached.latest + timedelta(days=1))
    start = first_missed - timedelta(days=days - 1)
    return Window(min(start, reached.first_hole or start), night.last)


def _slices(stream: Stream, window: Window) -> list[Window]:
    # Changed-since has no upper bound, and a full read no window: neither can be cut.
    return window.slices(stream.slice_days) if stream.kind is Kind.REPORT else [window]


def pull_night(connector: Connector, streams: Iterable[Stream], night: Night, lake: Lake) -> Iterator[StreamResult]:
    """Pull the streams of one platform for a night; yields each stream's result as soon as its days are in the lake."""
    chosen = list(streams)
    for stream in chosen:
        lake.write_empty(connector.name, stream.name, stream.schema)
    pulls = ledger.loads(lake, connector.name)
    tasks = plan(connector, chosen, night, ledger.reached(pulls))
    known = ledger.loaded_days(pulls)
    waiting = {stream.name: sum(task.stream is stream for task in tasks) for stream in chosen}
    done: dict[str, list[Pulled]] = {stream.name: [] for stream in chosen}
    pool = ThreadPoolExecutor(connector.max_concurrent, thread_name_prefix=connector.name)
    try:
        futures = [pool.submit(_pull, connector, task, night.tz) for task in tasks]
        yield from (StreamResult(stream) for stream in chosen if not waiting[stream.name])
        for future in as_completed(futures):
            pulled = future.result()
            name = pulled.task.stream.name
            done[name].append(pulled)
            waiting[name] -= 1
            if not waiting[name]:
                yield _commit(connector, _in_order(done.pop(name)), night, lake, known)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        _discard(futures)


def _discard(futures: Iterable[Future[Pulled]]) -> None:
    for future in futures:
        if not future.cancelled() and future.exception() is None:
            future.result().spool.discard()


def _in_order(parts: list[Pulled]) -> list[Pulled]:
    """By account and window, not by who finished first, so that two pulls of the same rows give the same files."""
    return sorted(parts, key=lambda part: (part.task.account.id, part.task.window.start))


def _pull(connector: Connector, task: Task, tz: tzinfo) -> Pulled:
    clamp = task.window if task.stream.kind is Kind.ENTITY else None
    pulled = Pulled(task, Spool(task.stream, clamp, tz), Load(), datetime.now(UTC))
    started = time.monotonic()
    try:
        for batch in connector.pull(task.stream, task.account, task.window, pulled.load):
            if batch.num_rows:
                pulled.spool.add(batch)
        _inside(pulled)
        _mostly_whole(pulled)
    except ConnectorError as error:
        pulled.error = error.at(platform=connector.name, account=task.account.name, stream=task.stream.name)
    except Exception as error:
        log.exception("%s %s %s", connector.name, task.account.name, task.stream.name)
        pulled.error = BadDataError(
            f"unexpected {type(error).__name__}: {error}", hint="this is a bug of Kompas, please report it"
        ).at(platform=connector.name, account=task.account.name, stream=task.stream.name)
    pulled.spool.close()
    pulled.seconds = time.monotonic() - started
    return pulled


def _inside(pulled: Pulled) -> None:
    """A report that answers with days that were not asked for would replace other days by a part of theirs."""
    window, kind = pulled.task.window, pulled.task.stream.kind
    outside = [day for day in pulled.spool.rows if kind is Kind.REPORT and not window.start <= day <= window.end]
    if outside:
        raise BadDataError(f"rows of {min(outside)} were sent though {window} was asked for")


def _mostly_whole(pulled: Pulled) -> None:
    """Days are replaced whole, so an answer that we hardly understand would replace good rows by almost none."""
    rejected, loaded = len(pulled.load.rejected), sum(pulled.spool.rows.values())
    if rejected > loaded:
        reason, _ = Counter(row.reason for row in pulled.load.rejected).most_common(1)[0]
        raise BadDataError(
            f"{rejected} of {rejected + loaded} rows do not fit: {reason}",
            hint="they are in quarantine and the lake keeps what it had; if it stays so, please report it",
        )


def _commit(connector: Connector, parts: list[Pulled], night: Night, lake: Lake, known: KnownDays) -> StreamResult:
    """Put a stream's days into the lake and the ledgers. The first load of a day of an account restates nothing."""
    stream = parts[0].task.stream
    result = StreamResult(stream)
    now = datetime.now(UTC)
    good = [part for part in parts if part.error is None]
    restated: list[RestatementRow] = []
    for day in _days_to_write(connector, stream, good, lake):
        old = lake.read(connector.name, stream.name, day)
        fresh = {part.task.account.id for part in good if _covers(part, day)}
        sums = Sums(stream)
        batches = sums.watch(_merged(day, good, old, fresh))
        written = lake.write(connector.name, stream.name, day, stream.schema, batches)
        result.days.add(day)
        result.bytes += written.bytes
        result.day_rows[day] = written.rows
        result.rows += written.rows
        if old is not None:
            changes = sums.compare(Sums.of(stream, old))
            restated += [
                RestatementRow(now, night.last, connector.name, stream.name, account, day, measure, before, after)
                for account, measure, before, after in changes
                if (stream.name, account, day) in known
            ]
    rows = [row for part in parts for row in _load_rows(connector, part, night, now)]
    _tally(result, parts, restated)
    ledger.write(lake, "loads", night.last, connector.name, rows)
    ledger.write(lake, "restatements", night.last, connector.name, restated)
    ledger.write(lake, "quarantine", night.last, connector.name, _quarantined(connector, parts, night, now))
    for part in parts:
        part.spool.discard()
    return result


def _covers(part: Pulled, day: date) -> bool:
    """Whether the pull speaks of a day: of what the platform no longer keeps, the lake's older rows are the best."""
    window, notes = part.task.window, part.load.notes
    told = notes.get("since", window.start) <= day <= notes.get("through", window.end)
    return part.task.stream.kind is Kind.FULL or (window.start <= day <= window.end and told)


def _days_to_write(connector: Connector, stream: Stream, good: list[Pulled], lake: Lake) -> list[date]:
    """Days that are in the windows; of a full read, the days that it holds now or held before."""
    if not good:
        return []
    if stream.kind is Kind.FULL:
        return sorted({*lake.days(connector.name, stream.name), *(day for part in good for day in part.spool.rows)})
    return sorted({day for part in good for day in part.task.window.days if _covers(part, day)})


def _merged(day: date, good: list[Pulled], old: pa.Table | None, fresh: set[str]) -> Iterator[pa.RecordBatch]:
    """The day's new rows, and the rows it had of accounts that were not pulled now."""
    schema = good[0].task.stream.schema
    for part in good:
        yield from part.spool.batches(day)
    if old is not None and old.num_rows:
        kept = old.filter(pc.invert(pc.is_in(old["account_id"], pa.array(sorted(fresh), pa.string()))))
        if kept.num_rows:
            yield from conform(kept, schema).cast(schema).to_batches()


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Older rows in today's schema: columns that came later are NULL, columns that went are dropped."""
    names = set(table.column_names)
    columns = [
        table[column.name].cast(column.type) if column.name in names else pa.nulls(table.num_rows, column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema([column.with_nullable(True) for column in schema]))


class Sums:
    """Sums of a stream's measures by account, gathered while the batches pass."""

    def __init__(self, stream: Stream) -> None:
        self._measures = stream.measures
        self._sums: dict[tuple[str, str], float] = {}

    @classmethod
    def of(cls, stream: Stream, table: pa.Table) -> Sums:
        sums = cls(stream)
        for batch in conform(table, stream.schema).to_batches():
            sums._add(batch)
        return sums

    def watch(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            self._add(batch)
            yield batch

    def _add(self, batch: pa.RecordBatch) -> None:
        if not self._measures or not batch.num_rows:
            return
        table = pa.Table.from_batches([batch]).select(["account_id", *self._measures])
        grouped = table.group_by("account_id").aggregate([(measure, "sum") for measure in self._measures])
        for row in grouped.to_pylist():
            for measure in self._measures:
                key = row["account_id"], measure
                self._sums[key] = self._sums.get(key, 0.0) + float(row[f"{measure}_sum"] or 0)

    def compare(self, before: Sums) -> list[tuple[str, str, float, float]]:
        """(account, measure, old, new) of every sum that differs by more than a rounding error."""
        keys = sorted({*self._sums, *before._sums})
        pairs = [(*key, before._sums.get(key, 0.0), self._sums.get(key, 0.0)) for key in keys]
        return [pair for pair in pairs if abs(pair[3] - pair[2]) > 1e-9 * max(1.0, abs(pair[2]))]


def _load_rows(connector: Connector, part: Pulled, night: Night, now: datetime) -> Iterator[LoadRow]:
    """A ledger row for each day of the task; requests and seconds stand with the first, so that sums are right."""
    task = part.task
    for day in _ledger_days(part):
        first = day == task.window.start
        reason, action = _shortfall(part, day)
        yield LoadRow(
            loaded_at=now,
            run_id=night.run_id,
            run_day=night.last,
            connector=connector.name,
            stream=task.stream.name,
            account_id=task.account.id,
            day=day,
            rows=part.spool.rows.get(day, 0),
            quarantined=len(part.load.rejected) if first else 0,
            requests=part.load.requests if first else 0,
            flags=",".join(sorted(_flags(connector, part, day, night.tz))),
            complete=reason is None,
            reason=reason,
            action=action,
            seconds=part.seconds if first else 0.0,
            hint=(part.error.hint or None) if part.error else None,
        )


def _flags(connector: Connector, part: Pulled, day: date, tz: tzinfo) -> set[str]:
    """What the platform said of the window, and whether this day of it was too young."""
    zone = zone_named(part.load.notes.get("time_zone"), otherwise=tz)
    newest = connector.settings.provisional_days.get(part.task.stream.name, 0)
    young = is_provisional(day, part.began, zone, newest)
    return part.load.flags | ({PROVISIONAL} if young else set())


def _shortfall(part: Pulled, day: date) -> tuple[str | None, str | None]:
    """Why a day is not complete, and what happens next: no action where pulling again would bring nothing more."""
    if part.error:
        return part.error.message, part.error.action
    notes = part.load.notes
    since, through = notes.get("since"), notes.get("through")
    if since is not None and day < since:
        return notes.get("since_reason", f"the platform keeps nothing before {since}"), None
    if through is not None and day > through:
        # A full read brings all that there is every night; a platform that is late brings the day another night.
        late = part.task.stream.kind is not Kind.FULL
        return notes.get("through_reason", f"the source holds nothing after {through}"), WAIT if late else None
    return None, None


def _ledger_days(part: Pulled) -> list[date]:
    """The days of the window; of a full read, from its first day with rows through the night's day."""
    window = part.task.window
    if part.task.stream.kind is not Kind.FULL or part.error or not part.spool.rows:
        return window.days
    return Window(min(window.start, *part.spool.rows), max(window.end, *part.spool.rows)).days


def _tally(result: StreamResult, parts: list[Pulled], restated: list[RestatementRow]) -> None:
    result.requests = sum(part.load.requests for part in parts)
    result.quarantined = sum(len(part.load.rejected) for part in parts)
    result.flags = {flag for part in parts for flag in part.load.flags}
    result.errors = [part.error for part in parts if part.error]
    result.restated = len(restated)


def _quarantined(connector: Connector, parts: list[Pulled], night: Night, now: datetime) -> Iterator[QuarantineRow]:
    for part in parts:
        for rejected in part.load.rejected:
            yield QuarantineRow(
                now,
                night.last,
                connector.name,
                part.task.stream.name,
                part.task.account.id,
                rejected.reason,
                rejected.row,
            )
