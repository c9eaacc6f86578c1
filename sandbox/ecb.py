"""The ECB's data API: daily euro reference rates as SDMX CSV.

    GET /service/data/EXR/D.USD+GBP.EUR.SP00.A?startPeriod=2026-11-01&endPeriod=2026-11-22&format=csvdata

An empty dimension is a wildcard, `+` means or. Sources: data.ecb.europa.eu/help/api (data, status codes, content
negotiation), and answers of the live service that users quote:
* the column list is that of a recorded answer of September 2026; without `detail=dataonly` all of it is sent
* a series that does not exist: 404 (status page: "No results found"; the text is UNCONFIRMED)
* a series that exists without an observation in the period (a weekend): 200 with an empty body, not even a header
  (beancount/beanprice#82, a recorded exchange)
* bad dates, bad keys and unknown parameters' values: 400 (the text is UNCONFIRMED)
Other formats than CSV are the real service's, not the sandbox's: 406. No row on weekends and TARGET holidays; the
rate of a day appears at 16:00 in Frankfurt.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults

PLATFORM = "ecb"
TRANSIENT = (
    Answer(500, "Internal Server Error"),
    Answer(503, "Service unavailable"),
)
CSV_TYPE = "text/csv"
DATA_ONLY = (
    "KEY", "FREQ", "CURRENCY", "CURRENCY_DENOM", "EXR_TYPE", "EXR_SUFFIX", "TIME_PERIOD", "OBS_VALUE",
)  # fmt: skip
ATTRIBUTES = (
    "OBS_STATUS", "OBS_CONF", "OBS_PRE_BREAK", "OBS_COM", "TIME_FORMAT", "BREAKS", "COLLECTION", "COMPILING_ORG",
    "DISS_ORG", "DOM_SER_IDS", "PUBL_ECB", "PUBL_MU", "PUBL_PUBLIC", "UNIT_INDEX_BASE", "COMPILATION", "COVERAGE",
    "DECIMALS", "NAT_TITLE", "SOURCE_AGENCY", "SOURCE_PUB", "TITLE", "TITLE_COMPL", "UNIT", "UNIT_MULT",
)  # fmt: skip
CURRENCIES: dict[str, tuple[str, int]] = {
    "AUD": ("Australian dollar", 4), "CAD": ("Canadian dollar", 4), "CHF": ("Swiss franc", 4),
    "CNY": ("Chinese yuan renminbi", 4), "CZK": ("Czech koruna", 3), "DKK": ("Danish krone", 4),
    "GBP": ("UK pound sterling", 5), "HUF": ("Hungarian forint", 2), "JPY": ("Japanese yen", 2),
    "NOK": ("Norwegian krone", 4), "PLN": ("Polish zloty", 4), "RON": ("Romanian leu", 4),
    "SEK": ("Swedish krona", 4), "TRY": ("Turkish lira", 4), "USD": ("US dollar", 4),
}  # fmt: skip
"""Name and decimals of the currencies that the world has rates of."""
OTHER_DIMENSIONS = ("EUR", "SP00", "A")
"""After frequency and currency: denominator, type, suffix."""
DIMENSIONS = 2 + len(OTHER_DIMENSIONS)


class BadQueryError(Exception):
    """What the service refuses: (status, text)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Query:
    """A data query: which currencies, from when to when, how many of each series, and which columns."""

    currencies: Sequence[str]
    start: date
    end: date
    first_n: int | None
    last_n: int | None
    data_only: bool


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The data endpoint."""

    def data(request: Request) -> Response:
        try:
            query = _query(request)
        except BadQueryError as refusal:
            return PlainTextResponse(str(refusal), refusal.status)
        text = _csv(query, _rows(world, query))
        disposition = {"content-disposition": "attachment;filename=data.csv", "cache-control": "max-age=30"}
        return Response(text, 200, disposition, media_type=CSV_TYPE)

    return [Route("/service/data/{flow}/{key}", data), Route("/service/data/{flow}", data)]


def _query(request: Request) -> Query:
    asked = request.query_params
    if request.path_params["flow"] not in ("EXR", "ECB,EXR", "ECB,EXR,1.0"):
        raise BadQueryError(404, "No results found.")
    _check_format(asked, request.headers.get("accept", "*/*"))
    currencies = _currencies(request.path_params.get("key", "...."))
    detail = asked.get("detail", "full")
    if detail not in ("full", "dataonly"):
        status = 501 if detail in ("serieskeysonly", "nodata") else 400
        raise BadQueryError(status, f"Invalid value for detail: {detail}")
    return Query(
        currencies,
        _period(asked.get("startPeriod"), date(1999, 1, 1), first=True),
        _period(asked.get("endPeriod"), date(9999, 12, 31), first=False),
        _count(asked, "firstNObservations"),
        _count(asked, "lastNObservations"),
        detail == "dataonly",
    )


def _check_format(asked: Mapping[str, str], accept: str) -> None:
    known = {"csvdata", "jsondata", "genericdata", "structurespecificdata", "csvfilewithlabels"}
    wanted = asked.get("format") or ("csvdata" if "csv" in accept else "genericdata")
    if wanted not in known:
        raise BadQueryError(400, f"Invalid value for format: {wanted}")
    if wanted != "csvdata":
        raise BadQueryError(406, "Not acceptable: the sandbox speaks CSV only (format=csvdata)")


def _currencies(key: str) -> list[str]:
    """The currencies that a series key asks for; 404 when no series matches, 400 when it is not a key."""
    parts = key.split(".")
    if len(parts) != DIMENSIONS:
        raise BadQueryError(400, f"Invalid key: {key}. EXR has {DIMENSIONS} dimensions")
    frequency, currency, *others = parts
    fits = all(not part or only in part.split("+") for part, only in zip(others, OTHER_DIMENSIONS, strict=True))
    wanted = [code for code in CURRENCIES if not currency or code in currency.split("+")]
    if not fits or not wanted or (frequency and "D" not in frequency.split("+")):
        raise BadQueryError(404, "No results found.")
    return wanted


def _period(text: str | None, default: date, first: bool) -> date:
    """The first or last day of a period written as YYYY, YYYY-MM, YYYY-Qn or YYYY-MM-DD."""
    if not text:
        return default
    found = re.fullmatch(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d))?|Q([1-4])))?", text)
    if not found:
        raise BadQueryError(400, f"Invalid date: {text}")
    year, month, day, quarter = (int(part) if part else None for part in found.groups())
    start = month or (quarter * 3 - 2 if quarter else 1)
    end = month or (quarter * 3 if quarter else 12)
    try:
        if day:
            return date(year or 0, start, day)
        return date(year or 0, start, 1) if first else date(year or 0, end, calendar.monthrange(year or 0, end)[1])
    except ValueError as error:
        raise BadQueryError(400, f"Invalid date: {text}") from error


def _count(asked: Mapping[str, str], name: str) -> int | None:
    text = asked.get(name)
    if text is not None and not re.fullmatch(r"[1-9]\d*", text):
        raise BadQueryError(400, f"Invalid value for {name}: {text}")
    return int(text) if text else None


def _rows(world: World, query: Query) -> list[tuple[str, date, Decimal]]:
    """(currency, day, units per euro), by currency and day."""
    found = world.query(
        """SELECT currency, date, units_per_eur FROM fx_rates
        WHERE date BETWEEN ? AND ? AND list_contains(?, currency) AND known_at <= ?
        QUALIFY row_number() OVER (PARTITION BY currency ORDER BY date) <= ?
            AND row_number() OVER (PARTITION BY currency ORDER BY date DESC) <= ?
        ORDER BY currency, date""",
        [query.start, query.end, list(query.currencies), world.clock, query.first_n or 10**6, query.last_n or 10**6],
    )
    return [(row[0], row[1], row[2]) for row in found]


def _csv(query: Query, rows: Sequence[tuple[str, date, Decimal]]) -> str:
    """The rows with their header; nothing at all for none."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DATA_ONLY if query.data_only else DATA_ONLY + ATTRIBUTES)
    tails = {currency: () if query.data_only else _attributes(currency) for currency in query.currencies}
    for currency, day, units in rows:
        head = (f"EXR.D.{currency}.EUR.SP00.A", "D", currency, "EUR", "SP00", "A", day.isoformat(), _number(units))
        writer.writerow(head + tails[currency])
    return text.getvalue()


def _attributes(currency: str) -> tuple[str, ...]:
    name, decimals = CURRENCIES[currency]
    told = {
        "OBS_STATUS": "A", "OBS_CONF": "F", "TIME_FORMAT": "P1D", "COLLECTION": "A", "UNIT_INDEX_BASE": "99Q1=100",
        "DECIMALS": str(decimals), "SOURCE_AGENCY": "4F0", "TITLE": f"{name}/Euro ECB reference exchange rate",
        "TITLE_COMPL": f"ECB reference exchange rate, {name}/Euro, 2.15 pm (C.E.T.)", "UNIT": currency,
        "UNIT_MULT": "0",
    }  # fmt: skip
    return tuple(told.get(column, "") for column in ATTRIBUTES)


def _number(units: Decimal) -> str:
    """Without trailing zeros: 1.1615, 162.3, 162."""
    return f"{units.normalize():f}"
