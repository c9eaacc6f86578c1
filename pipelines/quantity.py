"""Numbers with a unit, as people write them in a target: `3 %`, `€ 25`, `8 op 10`, `42 dagen`, `12000`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHARE = re.compile(r"(?P<sign>[+-])\s*(?P<number>\d+(?:[.,]\d+)?)\s*%")
_NUMBER = r"(?P<number>-?\d+(?:[.,]\d+)*)"
_FORMS: tuple[tuple[str, str, float], ...] = (
    # pattern, unit, factor to the unit that is stored
    (rf"{_NUMBER}\s*%", "ratio", 0.01),
    (rf"(?:€|eur)\s*{_NUMBER}|{_NUMBER.replace('number', 'after')}\s*(?:€|eur|euro)", "EUR", 1.0),
    (rf"{_NUMBER}\s*(?:op|van de|out of|/)\s*10", "score", 1.0),
    (rf"{_NUMBER}\s*(?:dagen|dag|days|day)", "days", 1.0),
    (rf"{_NUMBER}\s*(?:weken|week|weeks)", "days", 7.0),
    (rf"{_NUMBER}", "", 1.0),
)
COMPATIBLE = {"": {"ratio", "EUR", "score", "days", "count", "number", "position"}}


@dataclass(frozen=True)
class Quantity:
    """A number in its stored unit; `unit` is empty where none was written."""

    value: float
    unit: str


def parse(text: str | float | int) -> Quantity:
    """Read a quantity. Raises ValueError for anything without a number: a wish is not a target."""
    if (share := relative(text)) is not None:
        return Quantity(share, "ratio")
    if isinstance(text, int | float) and not isinstance(text, bool):
        return Quantity(float(text), "")
    for pattern, unit, factor in _FORMS:
        if match := re.fullmatch(pattern, str(text).strip(), re.IGNORECASE):
            found = next(value for value in match.groupdict().values() if value)
            return Quantity(_number(found) * factor, unit)
    raise ValueError(f"{text!r} is no number with a unit, such as 3 %, € 25, 8 op 10, 42 dagen or 12000")


def relative(text: str | float | int) -> float | None:
    """The share of a relative target, which says so by its sign: `+20 %` is 0.2, `-10 %` is -0.1; None for others."""
    match = _SHARE.fullmatch(str(text).strip())
    if match is None:
        return None
    share = float(match["number"].replace(",", ".")) / 100
    return share if match["sign"] == "+" else -share


def _number(text: str) -> float:
    """`1.234,5` and `1,234.5` alike; a single mark with three digits behind it separates thousands."""
    if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    if "." in text and "," in text:
        decimal = max(text.rfind("."), text.rfind(","))
        return float(re.sub(r"[.,]", "", text[:decimal]) + "." + text[decimal + 1 :])
    return float(text.replace(",", "."))


def fits(quantity: Quantity, unit: str) -> bool:
    """Whether the quantity can stand for a KPI of this unit; a bare number fits any."""
    return quantity.unit in ("", unit)
