"""European Central Bank: the euro's daily reference rates (SDMX 2.1 REST, no credentials).

    GET /service/data/EXR/D..EUR.SP00.A?startPeriod=2026-11-16&endPeriod=2026-11-22&format=csvdata

D daily, any currency, against EUR, SP00 spot, A average. Rates are set around 16:00 CET on TARGET working days:
weekends and holidays have no rows. Source: https://data.ecb.europa.eu/help/api/data
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import requests
from pydantic import Field as Setting

from connectors.columns import batch
from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.errors import BadDataError, ConfigurationError, ConnectorError
from connectors.http import HttpClient, classify_status
from connectors.load import Load
from connectors.stream import ACCOUNT_ID, DATE, MONEY, TEXT, Field, Kind, Stream, Window

_LONGEST_CLOSURE_DAYS = 5
"""TARGET closes for four days at most (Good Friday to Easter Monday, Christmas beside a weekend); one to spare."""
_COLUMNS = ("CURRENCY", "TIME_PERIOD", "OBS_VALUE")
_NO_OBSERVATION = pa.array(["", "NaN"])
"""How a day without a rate is written within a series that goes on (a holiday, a suspended currency)."""


class _NoResultsError(BadDataError):
    """HTTP 404 in the service's own words: nothing fits the query."""


def _classify(response: requests.Response) -> ConnectorError | None:
    if response.status_code == 404 and "no results found" in response.text.lower():
        return _NoResultsError("no rates found")
    if response.status_code == 404:
        return ConfigurationError("HTTP 404: the ECB's data service is not there", hint="is base_url right?")
    return classify_status(response)


def _pull_rates(connector: Ecb, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    table = connector.rates(window, load)
    table = table.filter(pc.invert(pc.is_in(table["OBS_VALUE"], _NO_OBSERVATION)))
    if not len(table) and len(window.days) > _LONGEST_CLOSURE_DAYS:
        # In May 2025 the service answered such queries with 404 "No results found" for days (sdmx-twg/sdmx-rest#258).
        raise BadDataError(f"the ECB tells no rates at all for {window}, and it is never closed for that long")
    columns = {
        "account_id": pa.repeat(account.id, len(table)),
        "date": table["TIME_PERIOD"],
        "currency": table["CURRENCY"],
        "units_per_eur": table["OBS_VALUE"],
    }
    yield batch(DAILY_RATE, columns, load)


DAILY_RATE = Stream(
    name="daily_rate",
    description="Euro reference rates, one row per currency and TARGET working day",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day that the rate was set"),
        Field("currency", TEXT, "ISO 4217 code"),
        Field("units_per_eur", MONEY, "What one euro costs in the currency", unit="currency per EUR"),
    ),
    key=("date", "currency"),
    day_field="date",
    pull=_pull_rates,
    look_back_days=7,
    slice_days=366,
    # A first day that is a Saturday or a holiday needs the rate of a day before it.
    lead_days=7,
    docs_url="https://data.ecb.europa.eu/help/api/data",
)


class EcbSettings(PlatformSettings):
    """No credentials, and one account that need not be written down."""

    base_url: str = Setting("https://data-api.ecb.europa.eu", description="Where the API is")
    accounts: list[AccountSettings] = Setting(
        default_factory=lambda: [AccountSettings.model_validate({"id": "ecb"})],
        min_length=1,
        max_length=1,
        description="One account, ecb",
    )
    currencies: list[Annotated[str, Setting(pattern="^[A-Z]{3}$")]] = Setting(
        default_factory=list, description="ISO 4217 codes to pull; all that the ECB sets when empty"
    )


class Ecb(Connector[EcbSettings]):
    """The euro's reference rates, with which amounts are converted to the reporting currency."""

    name = "ecb"
    title = "European Central Bank"
    streams = (DAILY_RATE,)
    Settings = EcbSettings
    max_concurrent = 2
    docs_url = "https://data.ecb.europa.eu/help/api/overview"

    def __init__(self, settings: EcbSettings, company: Company) -> None:
        super().__init__(settings, company)
        self._client = HttpClient(self.name, settings.base_url, classify=_classify)

    def check(self, account: Account) -> AccountFacts:
        """The rates of the last ten days. Raises ConfigurationError for a currency that has none."""
        today = datetime.now(UTC).date()
        told = self.rates(Window(today - timedelta(days=10), today), Load())["CURRENCY"].to_pylist()
        unknown = sorted(set(self.settings.currencies) - set(told))
        if unknown or not told:
            missing = ", ".join(unknown) or "any currency"
            raise ConfigurationError(f"the ECB sets no rate for {missing}", hint="change ecb.currencies")
        return AccountFacts("European Central Bank", "EUR", "Europe/Berlin")

    def rates(self, window: Window, load: Load) -> pa.Table:
        """CURRENCY, TIME_PERIOD and OBS_VALUE of a window, all as text; no rows when the ECB has none."""
        path = f"/service/data/EXR/D.{'+'.join(self.settings.currencies)}.EUR.SP00.A"
        period = {"startPeriod": str(window.start), "endPeriod": str(window.end), "format": "csvdata"}
        try:
            body = self._client.request("GET", path, params=period, load=load).content
        except _NoResultsError:
            body = b""
        return _table(body)


def _table(body: bytes) -> pa.Table:
    """The three columns of a CSV answer, found by name; an empty body is an empty table (so it answered in 2024)."""
    as_text = {name: pa.string() for name in _COLUMNS}
    if not body.strip():
        return pa.schema(as_text.items()).empty_table()
    options = pa.csv.ConvertOptions(include_columns=list(_COLUMNS), column_types=as_text)
    try:
        return pa.csv.read_csv(BytesIO(body), convert_options=options)
    except (pa.ArrowException, KeyError) as error:
        raise BadDataError(f"the ECB's answer is not its CSV: {error}") from None
