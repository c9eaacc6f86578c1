"""The pages as files: one a night, and an index over them; each written beside its place and renamed into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.lake import Lake
from pipelines.page import facts, render
from pipelines.page.nights_index import index
from pipelines.page.view import Neighbours, view
from pipelines.page.voice import Voice
from pipelines.settings import Settings
from pipelines.whole_file import replacing

INDEX = "index.html"


@dataclass(frozen=True)
class Written:
    """A page that was written: where, of which night, how large, and how many KPIs have each verdict."""

    file: Path
    night: date
    bytes: int
    verdicts: dict[str, int]


def write(settings: Settings, language: str | None = None, out: Path | None = None) -> Written:
    """Write the newest night's page, and the index over all nights beside it unless `out` names a file of its own.

    Raises FileNotFoundError before the first night, OSError where the folder cannot be written.
    """
    lake = Lake.at(settings.lake_url)
    night = facts.read(settings, lake)
    spoken = settings.company.language
    voice = Voice(language or spoken, spoken, settings.kpis)
    page = view(night, voice, datetime.now(settings.tz), Neighbours() if out else _neighbours(settings, night, voice))
    file = out or settings.scorecards / name(night.day, voice)
    size = _place(file, render.html("page.html.j2", voice, page=page))
    if out is None and voice.language == spoken:
        _place(settings.scorecards / INDEX, render.html("index.html.j2", voice, page=index(settings, lake, voice)))
    return Written(file, night.day, size, dict(Counter(card.verdict.name for card in page.judged)))


def _neighbours(settings: Settings, night: facts.Night, voice: Voice) -> Neighbours:
    before = name(night.night_before, voice) if night.night_before else ""
    return Neighbours(before if before and (settings.scorecards / before).exists() else "", INDEX)


def name(night: date, voice: Voice) -> str:
    """`2026-11-26.html`; in another language than the company's `2026-11-26.en.html`."""
    return f"{night}.html" if voice.language == voice.spoken else f"{night}.{voice.language}.html"


def _place(file: Path, text: str) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return file.stat().st_size
