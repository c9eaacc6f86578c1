"""A message as it leaves: a subject, text for chat, HTML for mail, and the same as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines import figures, scorecard
from pipelines import kept_verdicts as kept
from pipelines.alerts import sentences
from pipelines.alerts.digest import Digest
from pipelines.alerts.sentences import Section, Voice
from pipelines.alerts.standing import newest

TEMPLATES = Path(__file__).parent
COLOURS = {"on_target": "#1a6b35", "at_risk": "#8a5300", "off_target": "#b3261e", "no_verdict": "#5a5f66"}
"""On white each has a contrast of 5.9 or more."""
MOOD_OF = {"off_target": "failure", "causes": "failure", "at_risk": "warning", "stays": "warning"}
"""What apprise calls the kind of a message, by its worst section."""


_WANTED = (*kept.KEY, "period_end", "actual", "target", "verdict", "reason_code")


@dataclass(frozen=True)
class Message:
    """What a channel gets. `key` is the same for the same message, so that a repeat can be told from news."""

    subject: str
    text: str
    mail_text: str
    html: str
    key: str
    mood: str = "info"
    data: dict[str, Any] = field(default_factory=dict)


def of_digest(digest: Digest, company: str, voice: Voice, page_url: str | None = None) -> Message:
    """The message of a night's digest."""
    found = sentences.sections(digest, voice)
    notes, link = sentences.notes(digest, voice), page(page_url, digest.night)
    subject, rows, title = sentences.subject(digest, company, voice), list(_rows(digest, voice)), _title(digest, voice)
    text = _text(notes, found, f"{voice.words['scorecard']}: {link}" if link else "")
    return Message(
        subject,
        text,
        "\n".join([text, title, "", *map(_line, rows)]) + "\n",
        _html(subject, notes, found, voice, link=link, rows=rows, title=title),
        f"{digest.night}.{digest.content}",
        next((mood for kind, mood in MOOD_OF.items() if any(part.kind == kind for part in found)), "success"),
        _data(digest, found, link),
    )


def plain(subject: str, lines: Sequence[str], voice: Voice, key: str, mood: str = "info") -> Message:
    """A message of a few lines: a test, an alarm."""
    text = _text(lines, [], "")
    return Message(subject, text, text, _html(subject, lines, [], voice), key, mood, {"lines": list(lines)})


def page(url: str | None, night: date) -> str | None:
    """Where the scorecard of a night is served."""
    return f"{url.rstrip('/')}/{night.isoformat()}.html" if url else None


def _title(digest: Digest, voice: Voice) -> str:
    last = max((row["run_day"] for row in digest.rows), default=digest.night)
    return f"{voice.words['scorecard_of']} {figures.day(last, voice.language)}"


def _text(notes: Sequence[str], found: Sequence[Section], link: str) -> str:
    """Markdown that reads well where nobody renders it."""
    parts = [*notes]
    parts += ["\n".join([f"{part.sign} {part.title}", "", *(f"- {line}" for line in part.lines)]) for part in found]
    return "\n\n".join(filter(None, [*parts, link])) + "\n"


def _html(subject: str, notes: Sequence[str], found: Sequence[Section], voice: Voice, **more: Any) -> str:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("mail.html.j2")
    told = {"subject": subject, "notes": notes, "sections": found, "language": voice.language, "words": voice.words}
    colours = {"recovered": COLOURS["on_target"], "causes": COLOURS["no_verdict"], "restated": "#3b4a6b"}
    shared: dict[str, Any] = {
        "colours": COLOURS | colours | {"stays": COLOURS["off_target"]},
        "link": None,
        "rows": [],
        "title": "",
    }
    return made.render(shared | told | more | {"columns": voice.words["columns"].split("|")})


def _rows(digest: Digest, voice: Voice) -> Iterator[dict[str, str]]:
    """The scorecard: of each thread the newest period that was judged, else the newest there is."""
    judged = newest(row for row in digest.rows if row["verdict"] != "no_verdict")
    for key, row in newest(digest.rows).items():
        if not row["informational"]:
            shown = judged.get(key, row)
            sign, _ = scorecard.SIGNS[shown["verdict"]]
            yield {
                "name": scorecard.name_of(shown, voice.language),
                "owner": row["owner"] or "",
                "period": scorecard.period(shown, voice.language),
                "actual": figures.figure(shown["actual"], shown["unit"], voice.language),
                "target": figures.figure(shown["target"], shown["unit"], voice.language),
                "verdict": shown["verdict"],
                "word": f"{sign} {scorecard.VERDICTS[voice.language][shown['verdict']]}",
                "reason": sentences.reason(shown, voice),
            }


def _line(row: dict[str, str]) -> str:
    """A row of the scorecard as plain text."""
    told = f"{row['name']}, {row['period']}: {row['actual']} ({row['target']}) {row['word']}"
    return f"{told} – {row['reason']}" if row["reason"] else told


def _data(digest: Digest, found: Sequence[Section], link: str | None) -> dict[str, Any]:
    """For a plain webhook: the changes as figures, beside the sentences."""
    changes = [
        {"kind": change.kind, "verdict_before": change.before}
        | {name: _plain(change.row.get(name)) for name in _WANTED}
        for change in digest.changes
    ]
    causes = [
        {"what": each.what, "problem": each.problem, "action": each.action, "hint": each.hint, "kpis": list(each.kpis)}
        for each in digest.causes
    ]
    return {
        "night": digest.night.isoformat(),
        "changes": changes,
        "causes": causes,
        "solved": list(digest.solved),
        "scorecard": link,
        "lines": {part.kind: list(part.lines) for part in found},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
