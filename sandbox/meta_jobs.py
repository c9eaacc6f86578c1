"""Asynchronous report runs: started, polled through their states, read when done.

A run moves one step with every poll, so that no test has to wait: Not Started, Started, Running, Running at 100 %
(not done yet), Completed. Its rows are what was known when it started, and can be read once a poll has said so.
MetaState.fail_jobs and stuck_jobs make the next runs fail at their third poll, or stay at 0 %.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.company import World
from sandbox.meta_data import ACCOUNT_ID
from sandbox.meta_errors import MetaError, no_such_object
from sandbox.meta_insights import JsonRow, insights_rows
from sandbox.meta_params import InsightsQuery
from sandbox.meta_state import MetaState

Step = tuple[str, int]
DONE: Step = ("Job Completed", 100)
RUNS_WELL: tuple[Step, ...] = (
    ("Job Not Started", 0),
    ("Job Started", 0),
    ("Job Running", 45),
    ("Job Running", 100),
    DONE,
)
FAILS: tuple[Step, ...] = (("Job Not Started", 0), ("Job Running", 12), ("Job Failed", 12))
STAYS: tuple[Step, ...] = (("Job Started", 0),)
FAILURE = {
    "error_code": -2,
    "error_subcode": 2490547,
    "error_message": "Async job failed. Please try again.",
    "error_user_title": "Report failed",
    "error_user_msg": "The report could not be made. Please try again.",
}
DEFAULT_FIELDS = ("account_id", "async_status", "async_percent_completion", "date_start", "date_stop")


@dataclass
class ReportRun:
    """One run: its query, the moment whose data it shows, and the steps that are left (the last one stays)."""

    id: str
    query: InsightsQuery
    known_at: datetime
    steps: list[Step]
    done: bool = False

    def poll(self) -> dict[str, Any]:
        """The run object; the next poll finds the next step."""
        status, percent = self.steps[0]
        self.done = self.steps[0] == DONE
        if len(self.steps) > 1:
            self.steps.pop(0)
        days = {"date_start": str(self.query.since), "date_stop": str(self.query.until)}
        told: dict[str, Any] = {"id": self.id, "account_id": ACCOUNT_ID, "async_status": status}
        told |= {"async_percent_completion": percent, "is_running": status not in ("Job Completed", "Job Failed")}
        return told | days | (FAILURE if status == "Job Failed" else {})


@dataclass
class ReportRuns:
    """The runs of one world."""

    world: World
    state: MetaState
    _runs: dict[str, ReportRun] = field(default_factory=dict)
    _rows: dict[str, list[JsonRow]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, query: InsightsQuery) -> str:
        """The id of a new run."""
        with self._lock:
            run = ReportRun(str(next(self.state.run_numbers)), query, self.world.now, self._steps())
            self._runs[run.id] = run
            return run.id

    def _steps(self) -> list[Step]:
        """What will become of the next run."""
        if self.state.fail_jobs:
            self.state.fail_jobs -= 1
            return list(FAILS)
        if self.state.stuck_jobs:
            self.state.stuck_jobs -= 1
            return list(STAYS)
        return list(RUNS_WELL)

    def poll(self, run_id: str, fields: list[str]) -> dict[str, Any]:
        """The run object with `id` and the fields asked for; raises MetaError for an unknown run."""
        with self._lock:
            told = self._run(run_id).poll()
        names = fields or [*DEFAULT_FIELDS, *FAILURE]
        return {name: value for name, value in told.items() if name in ("id", *names)}

    def rows(self, run_id: str) -> list[JsonRow]:
        """All rows of a completed run; raises MetaError when it is not completed."""
        with self._lock:
            run = self._run(run_id)
            if not run.done:
                raise MetaError(2601, "(#2601) Loading Async Ads Report Failed", subcode=1815107)
            if run_id not in self._rows:
                self._rows[run_id] = insights_rows(run.query, self.world, run.known_at)
            return self._rows[run_id]

    def _run(self, run_id: str) -> ReportRun:
        if run_id not in self._runs:
            raise no_such_object(run_id, "GET")
        return self._runs[run_id]
