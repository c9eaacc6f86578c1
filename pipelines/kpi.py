"""The KPI register: what a KPI is, and the dated targets that make it one.

The catalogue holds the KPIs that Kompas ships; kompas.yaml picks from it by id, changes what it wants, and adds its
own. A new KPI is a few lines of YAML and no SQL.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from pipelines.quantity import Quantity, fits, parse, relative


class Grain(StrEnum):
    """The periods over which a KPI is judged."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Direction(StrEnum):
    """Which side of the target is good."""

    HIGHER = "higher"
    LOWER = "lower"
    RANGE = "range"


class Unit(StrEnum):
    """Units as stored; a ratio of 0.03 is shown as 3 %."""

    RATIO = "ratio"
    EUR = "EUR"
    COUNT = "count"
    DAYS = "days"
    SCORE = "score"
    POSITION = "position"
    NUMBER = "number"


class Noise(StrEnum):
    """How chance moves a figure, which makes its interval: docs/verdicts.md, "Interval"."""

    PROPORTION = "proportion"
    MEAN = "mean"
    COUNT = "count"
    SUM = "sum"
    NONE = "none"


REACHABLE: dict[Unit, tuple[float, float]] = {
    Unit.RATIO: (0.0, 1.0),
    Unit.EUR: (float("-inf"), float("inf")),
    Unit.COUNT: (0.0, float("inf")),
    Unit.DAYS: (0.0, float("inf")),
    Unit.SCORE: (1.0, 10.0),
    Unit.POSITION: (1.0, float("inf")),
    Unit.NUMBER: (0.0, float("inf")),
}
"""The values that a KPI of a unit can take; a target outside can never be met, or never be missed."""

Bound = str | float | int


class Target(BaseModel):
    """What a KPI should be, from a day on. The next target of the same grain and segment ends it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    grain: Grain = Field(Grain.MONTH, description="The period that the target is for")
    valid_from: date = Field(alias="from", description="First day on which the target is in force")
    valid_to: date | None = Field(None, alias="to", description="Last day, when it ends without a successor")
    target: Bound | None = Field(None, description="A number with a unit: 3 %, € 25, 8 op 10")
    low: Bound | None = Field(None, description="Lower end, for direction: range")
    high: Bound | None = Field(None, description="Upper end, for direction: range")
    brand: str | None = Field(None, description="Only this brand; all brands together when left out")
    channel: str | None = Field(None, description="Only this channel, in GA4's words; all together when left out")
    country: str | None = Field(None, description="Only accounts of this country, as kompas.yaml names it for them")
    keyword: str | None = Field(None, description="Only this search term, for measures of search")

    @field_validator("target", "low", "high")
    @classmethod
    def _a_number(cls, value: Bound | None) -> Bound | None:
        if value is not None:
            parse(value)
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.target is None) == (self.low is None and self.high is None):
            raise ValueError("a target has either `target`, or `low` and `high`")
        if self.target is None and (self.low is None or self.high is None):
            raise ValueError("a range has both `low` and `high`")
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("the target ends before it starts")
        return self

    @property
    def share(self) -> float | None:
        """By how much of last year's figure: 0.2 for `+20 %`, -0.1 for `-10 %`; None for an absolute target."""
        return relative(self.target) if self.target is not None else None

    @property
    def quantities(self) -> list[Quantity]:
        """The numbers, in their stored units; none of a relative target, which is no figure of its own."""
        if self.share is not None:
            return []
        return [parse(value) for value in (self.target, self.low, self.high) if value is not None]

    @property
    def text(self) -> str:
        return str(self.target) if self.target is not None else f"{self.low} .. {self.high}"


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    nl: str
    en: str


class Cadence(StrEnum):
    """How often a KPI is reviewed: whether it still measures what matters, and its target still fits."""

    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"


class Review(BaseModel):
    """When a KPI was last reviewed, and how often it is to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cadence: Cadence = Field(Cadence.QUARTERLY, description="How often it is reviewed")
    last: date = Field(description="Day of the last review")


class Kpi(BaseModel):
    """A KPI: numerator over denominator, or a sum where there is no denominator, with dated targets."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Stable name, as in the warehouse")
    name: Words = Field(description="The name that people see")
    definition: Words = Field(description="What it is, in one sentence")
    means: Words | None = Field(None, description="What the number means for the customer and for the business")
    measured: Words | None = Field(None, description="How it is measured")
    caveats: Words | None = Field(None, description="What to bear in mind when reading it")
    bases: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="What the KPI can be counted by: keys that differ, by the name of the basis"
    )
    basis: str | None = Field(None, description="Which of its bases the KPI is counted by")
    numerator: str = Field(description="A measure of kpi_measures")
    denominator: str | None = Field(None, description="A measure; without one, the KPI is a sum")
    noise: Noise = Field(
        Noise.NONE, description="How chance moves it: by itself sum without a denominator, none with one"
    )
    events: str | None = Field(None, description="The measure that is counted, for noise: count")
    squares: str | None = Field(None, description="The measure of the sum of squares, for noise: mean")
    scale: float = Field(1.0, gt=0, description="Factor on the value, such as 1000 for CPM")
    unit: Unit
    direction: Direction
    tolerance: float = Field(0.05, ge=0, lt=1, description="Share of the target within which a miss is at risk only")
    minimum_sample: float = Field(0, ge=0, description="Less of the denominator (or of a sum) gives no verdict")
    immature_days: int = Field(0, ge=0, description="Days after a period's end until its figure has settled")
    informational: bool = Field(False, description="Shown without a target, not judged")
    grain: Grain = Field(Grain.MONTH, description="The period that the scorecard shows")
    objective: str | None = Field(None, description="The objective that the KPI serves")
    owner: str | None = Field(None, description="Who answers for it")
    stakeholders: list[str] = Field(default_factory=list, description="Who else steers by it")
    reason: str | None = Field(None, description="Why it was chosen")
    review: Review | None = Field(None, description="When it was last reviewed, and how often it is to be")
    guardrails: list[str] = Field(
        default_factory=list, description="Ids of KPIs that must not fall behind while this one does well"
    )
    targets: list[Target] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _noise_by_formula(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("noise") is None:
            return data | {"noise": Noise.NONE if data.get("denominator") else Noise.SUM}
        return data

    @model_validator(mode="after")
    def _noise_has_its_measure(self) -> Self:
        needs = {Noise.COUNT: "events", Noise.MEAN: "squares", Noise.PROPORTION: "denominator"}
        name = needs.get(self.noise)
        if name and getattr(self, name) is None:
            raise ValueError(f"{self.id}: noise: {self.noise} needs {name}")
        return self

    @field_validator("basis")
    @classmethod
    def _one_of_its_bases(cls, basis: str | None, info: ValidationInfo) -> str | None:
        bases = info.data.get("bases", {})
        if basis is not None and basis not in bases:
            raise ValueError(f"there is no basis {basis}: {', '.join(bases) or 'the KPI has none'}")
        return basis

    @model_validator(mode="after")
    def _targets_fit(self) -> Self:
        if not self.targets and not self.informational:
            raise ValueError(
                f"{self.id} has no target: a KPI is judged against a goal; give it one, or informational: true"
            )
        for target in self.targets:
            self._fits(target)
        return self

    def _fits(self, target: Target) -> None:
        if (target.target is None) != (self.direction == Direction.RANGE):
            raise ValueError(f"{self.id}: direction {self.direction} and target {target.text} do not go together")
        if target.share is not None and target.share <= -1:
            raise ValueError(f"{self.id}: the target {target.text} leaves nothing of last year's figure")
        low, high = self.reachable
        for quantity in target.quantities:
            if not fits(quantity, self.unit):
                raise ValueError(f"{self.id} is in {self.unit}, but its target {target.text} is in {quantity.unit}")
            if not low <= quantity.value <= high:
                raise ValueError(f"{self.id}: the target {target.text} cannot be reached: {low:g} to {high:g} can")

    @property
    def reachable(self) -> tuple[float, float]:
        # A quotient of two different things (spend over customers, revenue over spend) is unbounded; a share is not.
        return REACHABLE[self.unit]


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The KPIs that Kompas ships, by id, as written in catalogue.yaml."""
    text = resources.files("pipelines").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return {entry["id"]: entry for entry in yaml.safe_load(text)}


def with_defaults(entry: Any) -> Any:
    """An entry of kompas.yaml over the catalogue's entry of the same id, by the basis that it names."""
    if not isinstance(entry, dict):
        return entry
    shipped = catalogue().get(str(entry.get("id")), {})
    variant = _variant(shipped | entry)
    # A KPI of one's own says beside its bases what they change; of a shipped one, kompas.yaml has the last word.
    return shipped | entry | variant if "bases" in entry else shipped | variant | entry


def _variant(entry: dict[str, Any]) -> dict[str, Any]:
    """What the chosen basis changes; nothing where there is none, which the KPI's own checks tell of."""
    bases = entry.get("bases")
    variant = bases.get(entry.get("basis")) if isinstance(bases, dict) else None
    return variant if isinstance(variant, dict) else {}
