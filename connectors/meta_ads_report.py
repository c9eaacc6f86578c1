"""An insights report: at once for a short window, by a job for a long one, in halves when even that is too much."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from connectors.ads_halves import TooMuchDataError, in_halves, started
from connectors.errors import BadDataError
from connectors.graph_api import Answer, GraphApi, Params
from connectors.graph_errors import ReportRunError, graph_error
from connectors.load import Load
from connectors.meta_ads_hints import HINTS
from connectors.stream import Window

_DONE = ("Job Completed", 100)
_ENDED_BADLY = ("Job Failed", "Job Skipped")
_RUN_FIELDS = "id,async_status,async_percent_completion,error_code,error_subcode,error_message"


@dataclass(frozen=True)
class Patience:
    """The longest window asked for at once, in days. Of a job: the pauses between looks at it, how long it may stand
    still (seconds), and how many are made before one is given up."""

    sync_days: int = 31
    poll_s: float = 0.5
    longest_poll_s: float = 15.0
    stuck_s: float = 900.0
    jobs: int = 3


@dataclass(frozen=True)
class Report:
    """One report of an ad account; `params` without its days. Jobs fail about one time in thirty, and are made anew."""

    api: GraphApi
    account_id: str
    params: Params
    load: Load
    patience: Patience

    def pages(self, window: Window) -> Iterator[list[Answer]]:
        """Rows of the window, a page at a time. Falls back to a job, then to halves, before a row was given."""
        return chain.from_iterable(in_halves(window, self._open))

    def _open(self, window: Window) -> Iterator[list[Answer]]:
        """The report with its first page read."""
        params = {**self.params, "time_range": json.dumps({"since": str(window.start), "until": str(window.end)})}
        if len(window.days) > self.patience.sync_days:
            return self._by_job(params)
        try:
            return started(self.api.pages(self._path, params, self.load, shrink_first=False))
        except TooMuchDataError:
            return self._by_job(params)

    @property
    def _path(self) -> str:
        return f"/act_{self.account_id}/insights"

    def _by_job(self, params: Params) -> Iterator[list[Answer]]:
        for number in range(1, self.patience.jobs + 1):
            try:
                run = self._finished(params)
                return started(self.api.pages(f"/{run}/insights", {}, self.load))
            except ReportRunError as error:
                if number == self.patience.jobs:
                    error.message = f"{number} report jobs in a row gave no rows, the last one: {error.message}"
                    raise
        raise AssertionError("at least one job is tried")

    def _finished(self, params: Params) -> str:
        """The id of a new job that is done. Raises ReportRunError when it fails, or stands still for too long."""
        run = self.api.post(self._path, params, self.load).get("report_run_id")
        if not isinstance(run, str | int):
            raise BadDataError("Meta started a report job without telling its report_run_id")
        pause, moved_at, last = self.patience.poll_s, time.monotonic(), None
        while (step := self._step(str(run))) != _DONE:
            now = time.monotonic()
            moved_at, last = (moved_at, last) if step == last else (now, step)
            if now - moved_at >= self.patience.stuck_s:
                raise ReportRunError(f"the report job stood still at {step[0]}, {step[1]} %, and was given up")
            time.sleep(pause)
            pause = min(self.patience.longest_poll_s, pause * 1.5)
        return str(run)

    def _step(self, run: str) -> tuple[Any, Any]:
        """Status and percentage of a job. `Job Running` can stand at 100 %, when its rows are not there yet."""
        told = self.api.get(f"/{run}", {"fields": _RUN_FIELDS}, self.load)
        status = told.get("async_status")
        if status in _ENDED_BADLY:
            raise _run_error(told)
        return status, told.get("async_percent_completion")


def _run_error(told: Answer) -> Exception:
    """Why a job failed: the error that it tells, where it tells one that a new job would meet again."""
    if not told.get("error_code"):
        return ReportRunError(f"a report job ended as {told['async_status']}")
    names = {"code": "error_code", "error_subcode": "error_subcode", "message": "error_message"}
    error = graph_error({name: told.get(source) for name, source in names.items()}, HINTS)
    return ReportRunError(error.message) if error.action in ("retry", "report") and not _too_much(error) else error


def _too_much(error: Exception) -> bool:
    return isinstance(error, TooMuchDataError)
