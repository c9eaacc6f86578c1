"""The paper of a KPI review: hits and misses by period, targets with their history, reasons, and what is due next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from pipelines import figures, lint, markdown_table, period, register, scorecard
from pipelines import kept_verdicts as kept
from pipelines.explain.facts import rows_of
from pipelines.kpi import Kpi
from pipelines.lake import Lake
from pipelines.publish import existing
from pipelines.settings import Settings

Row = dict[str, Any]
WITHOUT_A_REVIEW = timedelta(days=183)
"""How far back a KPI is told that was never reviewed: half a year, the longest time between two reviews."""
WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "title": "KPI-evaluatie van",
        "made": "Gemaakt met `kompas review`, naar de stand van de nacht van {night}. Oordelen over hele periodes.",
        "summary": "Samenvatting",
        "summary_columns": "KPI|gehaald|risico|niet gehaald|geen oordeel|evaluatie",
        "columns": "periode|segment|stand|doel|oordeel|toen bekend als|reden",
        "since": "Periodes sinds {since}.",
        "nothing": "Geen hele periodes sinds {since}.",
        "targets": "Doelen",
        "target_columns": "periode|van|tot en met|doel",
        "questions": "Te bespreken",
        "keep": "Meet deze KPI nog wat ertoe doet voor: {objective}?",
        "target": "Past het doel nog, en zo niet: welk nieuw doel, vanaf wanneer?",
        "all": "alles samen",
        "owner": "Eigenaar",
        "reason": "Gekozen omdat",
        "due": "Evaluatie uiterlijk",
        "overdue": "te laat",
        "never": "nog nooit geëvalueerd",
        "guardrail": "ten koste van",
    },
    "en": {
        "title": "KPI review of",
        "made": "Made with `kompas review`, as of the night of {night}. Verdicts of whole periods.",
        "summary": "In short",
        "summary_columns": "KPI|on target|at risk|off target|no verdict|review",
        "columns": "period|segment|actual|target|verdict|known then as|reason",
        "since": "Periods since {since}.",
        "nothing": "No whole periods since {since}.",
        "targets": "Targets",
        "target_columns": "period|from|through|target",
        "questions": "To discuss",
        "keep": "Does this KPI still measure what matters for: {objective}?",
        "target": "Does the target still fit, and from when a new one?",
        "all": "all together",
        "owner": "Owner",
        "reason": "Chosen because",
        "due": "Review by",
        "overdue": "overdue",
        "never": "never reviewed",
        "guardrail": "at the cost of",
    },
}
_COUNTED = ("on_target", "at_risk", "off_target", "no_verdict")


def markdown(settings: Settings, since: date | None = None, language: str | None = None) -> str:
    """The paper as Markdown, in `nl` or `en`; in the language of the company when none is given.

    Without `since`, each KPI is told from its last review on. Raises FileNotFoundError or LookupError before the first
    night.
    """
    lake = Lake.at(settings.lake_url)
    night = kept.newest_until(lake)
    with duckdb.connect(str(existing(settings.warehouse)), read_only=True) as warehouse:
        rows = rows_of(warehouse, "kpi.kpi_verdicts", "position, period_start, grain", period_state="complete")
    paper = Review(settings, language or settings.company.language, night, since, rows, _first_told(lake, night))
    return "\n".join(paper.lines()) + "\n"


def _first_told(lake: Lake, night: date) -> dict[tuple[Any, ...], Row]:
    """What was first told of each whole period, by its key: the oldest night after its end that judged it."""
    table = kept.until(lake, night).sort_by([("run_day", "descending")])
    return {kept.key(row): row for row in table.to_pylist() if row["period_state"] == "complete"}


@dataclass(frozen=True)
class Review:
    """The lines of a paper in one language."""

    settings: Settings
    language: str
    night: date
    since: date | None
    rows: Sequence[Row]
    first_told: dict[tuple[Any, ...], Row]

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    def lines(self) -> Iterator[str]:
        kpis = [kpi for kpi in self.settings.kpis if not kpi.informational]
        yield from (f"# {self.words['title']} {self.settings.company.name}", "")
        yield from (self.words["made"].format(night=self.night), "", f"## {self.words['summary']}", "")
        yield from self._head("summary_columns")
        yield from (self._summary(kpi) for kpi in kpis)
        for kpi in kpis:
            yield from self._of(kpi)

    def _head(self, columns: str) -> list[str]:
        return markdown_table.head(self.words[columns].split("|"))

    def _start(self, kpi: Kpi) -> date:
        return self.since or (kpi.review.last if kpi.review else self.night - WITHOUT_A_REVIEW)

    def _rows(self, kpi: Kpi) -> list[Row]:
        start = self._start(kpi)
        return [row for row in self.rows if row["kpi_id"] == kpi.id and row["period_end"] >= start]

    def _name(self, kpi: Kpi) -> str:
        return str(getattr(kpi.name, self.language))

    def _summary(self, kpi: Kpi) -> str:
        counts = Counter(row["verdict"] for row in self._rows(kpi))
        return markdown_table.row([self._name(kpi), *(str(counts[verdict]) for verdict in _COUNTED), self._due(kpi)])

    def _due(self, kpi: Kpi) -> str:
        if kpi.review is None:
            return self.words["never"]
        due = lint.due_on(kpi.review)
        return f"{due} ({self.words['overdue']})" if self.night > due else str(due)

    def _of(self, kpi: Kpi) -> Iterator[str]:
        yield from ("", f"## {self._name(kpi)} (`{kpi.id}`)", "")
        yield f"- **{self.words['owner']}**: {kpi.owner or '–'}"
        yield f"- **{self.words['reason']}**: {kpi.reason or '–'}"
        yield from (f"- **{self.words['due']}**: {self._due(kpi)}", "")
        rows, start = self._rows(kpi), self._start(kpi)
        yield from (self.words["since" if rows else "nothing"].format(since=start), "")
        if rows:
            yield from (
                *self._head("columns"),
                *(self._period(row) for row in rows),
                "",
            )
        yield from (f"**{self.words['targets']}**", "", *self._head("target_columns"))
        yield from (self._target(row) for row in register.targets(kpi))
        yield from ("", f"**{self.words['questions']}**", "")
        yield f"- {self.words['keep'].format(objective=kpi.objective or '–')}"
        yield f"- {self.words['target']}"

    def _period(self, row: Row) -> str:
        first = self.first_told.get(kept.key(row))
        changed = first is not None and first["verdict"] != row["verdict"]
        told = [figures.figure(row[name], row["unit"], self.language) for name in ("actual", "target")]
        then = (
            f"{scorecard.VERDICTS[self.language][first['verdict']]} ({first['run_day']})" if first and changed else ""
        )
        when, of = period.name(row["grain"], row["period_start"]), self._segment(row)
        return markdown_table.row([when, of, *told, self._verdict(row["verdict"]), then, self._reason(row)])

    def _verdict(self, verdict: str) -> str:
        return f"{scorecard.SIGNS[verdict][0]} {self._called(verdict)}"

    def _called(self, verdict: str) -> str:
        return scorecard.VERDICTS[self.language][verdict]

    def _reason(self, row: Row) -> str:
        if row.get("guardrail_state") == "broken" and row["verdict"] == "at_risk":
            return str(row.get("guardrail_reason") or f"{self.words['guardrail']} {row['guardrail_kpi_id']}")
        return row["reason"] or ""

    def _segment(self, row: Row) -> str:
        return " · ".join(register.segment_of(row)) or self.words["all"]

    def _target(self, row: Row) -> str:
        grain = " · ".join([row["grain"], *register.segment_of(row)])
        return markdown_table.row([grain, str(row["valid_from"]), str(row["valid_to"] or ""), row["source_text"]])
