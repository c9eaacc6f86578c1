"""Figures, differences, shares and days as a language writes them: € 1.234,56, +0,11 %-punt, 27 november 2026.

All marks come from the Unicode CLDR through Babel. What would break over two lines holds a no-break space (U+00A0).
"""

from __future__ import annotations

from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

LOCALES = {"nl": Locale("nl", "NL"), "en": Locale("en", "GB")}
"""English as Europe writes it: days before months, weeks from Monday."""
UNKNOWN = "–"
CURRENCY = "EUR"
_WHOLE, _HUNDREDTHS = "#,##0", "#,##0.00"
_EURO = {"nl": "€\u00a0", "en": "€"}
_POINTS = {"nl": "%-punt", "en": "%\u00a0points"}


def figure(value: float | None, unit: str, language: str) -> str:
    """A figure with its unit (ratio, EUR, count, days, score, position or number); NULL is a dash."""
    if value is None:
        return UNKNOWN
    locale = LOCALES[language]
    if unit == "ratio":
        return format_percent(value, f"{_HUNDREDTHS}%", locale=locale)
    if unit == CURRENCY:
        return format_currency(value, CURRENCY, locale=locale)
    return format_decimal(value, _WHOLE if unit == "count" else _HUNDREDTHS, locale=locale)


def short(value: float, unit: str, language: str) -> str:
    """A figure for an axis: € 20K, 3,5%, 12K."""
    locale = LOCALES[language]
    if unit == "ratio":
        return format_percent(value, "#,##0.#%", locale=locale)
    number = format_compact_decimal(value, fraction_digits=1, locale=locale)
    return _EURO[language] + number if unit == CURRENCY else number


def change(value: float | None, unit: str, language: str, digits: int = 2) -> str:
    """A difference with its sign and unit: −0,11 %-punt, +€ 4,97. `digits` are decimals; counts have none."""
    if value is None:
        return UNKNOWN
    scaled = round(value * 100 if unit == "ratio" else value, 0 if unit == "count" else digits)
    sign = "−" if scaled < 0 else "+" if scaled else ""
    form = _WHOLE + ("." + "0" * digits if digits and unit != "count" else "")
    money = _EURO[language] if unit == CURRENCY else ""
    number = sign + money + format_decimal(abs(scaled), form, locale=LOCALES[language])
    return f"{number}\u00a0{_POINTS[language]}" if unit == "ratio" else number


def share(value: float | None, language: str) -> str:
    """A change as a share of what was, with its sign: +12,3%."""
    if value is None:
        return UNKNOWN
    return format_percent(value, "+#,##0.0%;−#,##0.0%", locale=LOCALES[language])


def day(value: date, language: str, form: str = "long") -> str:
    """A day in words: 27 november 2026. `form` is long, medium (27 nov 2026) or short (27-11-2026)."""
    return format_date(value, form, locale=LOCALES[language])
