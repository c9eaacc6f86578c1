"""The lines of a digest: a change, a cause, a subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import figures, reasons, scorecard
from pipelines.alerts.causes import Cause, grouped
from pipelines.alerts.digest import Change, Digest
from pipelines.alerts.words import COUNTS, SIGNS, TO_DO, WORDS
from pipelines.explain import sentences

Row = dict[str, Any]


@dataclass(frozen=True)
class Voice:
    """In which language to speak, in which the reasons were written, and what KPIs are called in both."""

    language: str
    written: str
    names: Mapping[str, Mapping[str, str]]

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    def name(self, kpi: str) -> str:
        return self.names.get(self.language, {}).get(kpi, kpi)


@dataclass(frozen=True)
class Section:
    """A heading with its sign, and lines."""

    kind: str
    title: str
    lines: Sequence[str]

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


def sections(digest: Digest, voice: Voice) -> list[Section]:
    """What changed, the worst first."""
    lines = {
        "off_target": [change(each, voice) for each in digest.of("off_target")],
        "at_risk": [change(each, voice) for each in digest.of("at_risk")],
        "causes": [cause(what, each, voice) for what, each in grouped(digest.causes)],
        "recovered": [change(each, voice) for each in digest.of("recovered")]
        + [f"{name}: {voice.words['solved']}" for name in digest.solved],
        "restated": [change(each, voice) for each in digest.of("restated")],
        "stays": [change(each, voice) for each in digest.of("stays")] + list(_lasting(digest, voice)),
    }
    return [Section(kind, voice.words[kind], found) for kind, found in lines.items() if found]


def _lasting(digest: Digest, voice: Voice) -> Iterator[str]:
    since = {each.key: day for each, day in digest.lasting}
    for what, each in grouped(each for each, _ in digest.lasting):
        told = figures.day(since[each.key], voice.language, "medium")
        yield f"{cause(what, each, voice)} ({voice.words['since']} {told})"


def change(told: Change, voice: Voice) -> str:
    """CPA, 2026-11 (loopt): € 26,66 tegen een doel van € 25,00; was op koers."""
    row, language = told.row, voice.language
    actual = figures.figure(row["actual"], row["unit"], language)
    so_far = row["low_so_far"] if row["low_so_far"] is not None else row["high_so_far"]
    line = (
        f"{scorecard.name_of(row, language)}, {scorecard.period(row, language)}: {actual} "
        f"{sentences.against(row | {'expected_so_far': so_far}, language)}"
    )
    return "; ".join([line, *_asides(told, voice)])


def _asides(told: Change, voice: Voice) -> Iterator[str]:
    row, words, verdicts = told.row, voice.words, scorecard.VERDICTS[voice.language]
    if row["forecast"] is not None and row["period_state"] == "in_progress":
        yield f"{words['forecast']} {figures.figure(row['forecast'], row['unit'], voice.language)}"
    if told.kind == "restated":
        yield f"{verdicts[told.before or '']} → {verdicts[row['verdict']]}"
    elif told.kind == "stays":
        yield verdicts[row["verdict"]]
    elif told.before is not None:
        yield f"{words['was']} {verdicts[told.before]}"
    if row["reason"]:
        yield reason(row, voice)
    if told.since is not None:
        yield f"{words['since']} {figures.day(told.since, voice.language, 'medium')}"


def cause(what: str, told: Cause, voice: Voice) -> str:
    """shopify Webshop: HTTP 503; de volgende nacht probeert het opnieuw. Raakt: Omzet, Retourpercentage."""
    problem = translated(told.problem, voice)
    line = f"{what}: {problem}" if what and not problem.startswith(what) else problem
    to_do = told.hint or TO_DO[voice.language].get(told.action, "")
    hit = ", ".join(voice.name(kpi) for kpi in told.kpis)
    return line + (f"; {to_do}" if to_do else "") + (f" ({voice.words['affects']}: {hit})" if hit else "")


def reason(row: Row, voice: Voice) -> str:
    """The row's reason, which the night wrote in the company's language, in the language of the channel."""
    return translated(row["reason"] or "", voice)


def translated(text: str, voice: Voice) -> str:
    """A reason in the voice's language."""
    names = {name: voice.name(kpi) for kpi, name in voice.names[voice.written].items()}
    return reasons.translated(text, voice.written, voice.language, names)


def subject(digest: Digest, company: str, voice: Voice) -> str:
    """Kompas · Duurzame Mode · 26 nov 2026: 2 niet gehaald, 1 hersteld."""
    counts = {kind: len(digest.of(kind)) for kind in ("off_target", "at_risk")}
    counts["causes"] = len({kpi for each in digest.causes for kpi in each.kpis})
    counts |= {"recovered": len(digest.of("recovered")) + len(digest.solved), "restated": len(digest.of("restated"))}
    counts["stays"] = len(digest.of("stays")) + len(digest.lasting)
    told = [COUNTS[voice.language][kind].format(count) for kind, count in counts.items() if count]
    if any(not each.kpis for each in digest.causes):
        told.insert(0, COUNTS[voice.language]["broken"])
    day = figures.day(digest.night, voice.language, "medium")
    return f"Kompas · {company} · {day}: {', '.join(told)}"


def notes(digest: Digest, voice: Voice) -> list[str]:
    """What has to be known before the rest."""
    told = {"repeat": digest.may_repeat, "first": digest.is_first, "unjudged": not digest.is_judged}
    return [voice.words[name] for name, holds in told.items() if holds]


def names(kpis: Iterable[Any]) -> dict[str, dict[str, str]]:
    """What the register calls its KPIs, by language."""
    every = list(kpis)
    return {language: {kpi.id: getattr(kpi.name, language) for kpi in every} for language in WORDS}
