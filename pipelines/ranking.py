"""Several people's ranked lists of KPIs, merged into one order, with how much the people agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.kpi import Kpi, Words, catalogue


class RankingError(LookupError):
    """A list is wrong; every line of the message says in which file, where, and what."""


@dataclass(frozen=True)
class Place:
    """A KPI in the merged order. Points by Borda: one for each KPI that it stands above, half where two are equal."""

    kpi_id: str
    points: float
    mean_rank: float


def candidates(kpis: Iterable[Kpi]) -> dict[str, Words]:
    """The KPIs that can be ranked: those of the catalogue, and those given."""
    shipped = {kpi_id: Words.model_validate(entry["name"]) for kpi_id, entry in catalogue().items()}
    return shipped | {kpi.id: kpi.name for kpi in kpis}


def read(files: Sequence[Path], known: Mapping[str, Words]) -> list[list[str]]:
    """A list of KPI ids for each file, best first. Raises RankingError with one line per mistake."""
    ids = _ids(known)
    lists, mistakes = [], list[str]()
    for file in files:
        ranked: dict[str, int] = {}
        for number, name in _lines(file):
            kpi_id = ids.get(name.casefold())
            if kpi_id is None:
                mistakes.append(f"{file}, line {number}: there is no KPI {name}")
            elif ranked.setdefault(kpi_id, number) != number:
                mistakes.append(f"{file}, line {number}: {name} stands on line {ranked[kpi_id]} already")
        if not ranked:
            mistakes.append(f"{file}, line 1: no KPI is ranked here")
        lists.append(list(ranked))
    if mistakes:
        raise RankingError("\n".join(mistakes))
    return lists


def _ids(known: Mapping[str, Words]) -> dict[str, str]:
    """The KPI that each name means: its id, its name, and of `Lead (L)` also `Lead` and `L`, where one KPI has that."""
    whole = {name.casefold(): kpi_id for kpi_id, words in known.items() for name in (words.nl, words.en, kpi_id)}
    parts: dict[str, set[str]] = {}
    for name, kpi_id in whole.items():
        for part in name.split("("):
            parts.setdefault(part.strip(" )"), set()).add(kpi_id)
    return {part: next(iter(ids)) for part, ids in parts.items() if len(ids) == 1} | whole


def _lines(file: Path) -> list[tuple[int, str]]:
    lines = enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1)
    bare = ((number, line.split("#", maxsplit=1)[0].strip()) for number, line in lines)
    return [(number, line) for number, line in bare if line]


def merged(lists: Sequence[Sequence[str]]) -> list[Place]:
    """One order of all KPIs that anybody ranked, best first; equals stand by their id."""
    everything = {kpi_id for ranked in lists for kpi_id in ranked}
    ranks = [_ranks(ranked, everything) for ranked in lists]
    means = {kpi_id: sum(of[kpi_id] for of in ranks) / len(ranks) for kpi_id in everything}
    places = [Place(kpi_id, len(lists) * (len(everything) - mean), mean) for kpi_id, mean in means.items()]
    return sorted(places, key=lambda place: (round(place.mean_rank, 9), place.kpi_id))


def _ranks(ranked: Sequence[str], everything: set[str]) -> dict[str, float]:
    """The rank of every KPI; those left out share the mean of the ranks that are left."""
    rest = (len(ranked) + 1 + len(everything)) / 2
    return dict.fromkeys(everything, rest) | {kpi_id: float(rank) for rank, kpi_id in enumerate(ranked, start=1)}


def agreement(lists: Sequence[Sequence[str]]) -> float | None:
    """Kendall's W with the correction for ties: 0 is no agreement, 1 is the same order. None where it cannot be told.

    M. G. Kendall, Rank Correlation Methods (1948): W = (12 Σ R² - 3 m² n (n + 1)²) / (m² n (n² - 1) - m Σ (t³ - t)),
    with the rank sums R of n things over m people, and t things in each group of equals.
    """
    everything = {kpi_id for ranked in lists for kpi_id in ranked}
    people, things = len(lists), len(everything)
    ranks = [_ranks(ranked, everything) for ranked in lists]
    sums = (sum(of[kpi_id] for of in ranks) for kpi_id in everything)
    ties = sum(size**3 - size for of in ranks for size in Counter(of.values()).values())
    most = people**2 * things * (things**2 - 1) - people * ties
    if people < 2 or most == 0:
        return None
    return (12 * sum(total**2 for total in sums) - 3 * people**2 * things * (things + 1) ** 2) / most
