"""What a customer's value means: which share of revenue, over which time, in whose money."""

from __future__ import annotations

from dataclasses import dataclass

MONTHS = 12


@dataclass(frozen=True)
class Terms:
    """What a value means. gross_margin: share of revenue without VAT that is gross profit (1: value is revenue).
    discount_rate: per year. Raises ValueError for terms that cannot be."""

    gross_margin: float
    horizon_years: float = 5.0
    discount_rate: float = 0.10

    def __post_init__(self) -> None:
        if not 0 < self.gross_margin <= 1:
            raise ValueError(f"a gross margin is above 0 and at most 1, not {self.gross_margin}")
        if not 1 / MONTHS <= self.horizon_years <= 50:
            raise ValueError(f"a horizon is from a month to 50 years, not {self.horizon_years} years")
        if not 0 <= self.discount_rate < 1:
            raise ValueError(f"a yearly discount rate is 0 or more and below 1, not {self.discount_rate}")

    @property
    def months(self) -> int:
        return round(self.horizon_years * MONTHS)
