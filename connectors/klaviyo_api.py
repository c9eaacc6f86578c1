"""Calls to Klaviyo's API: revision, pages by `links.next`, reports, and what an account says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.columns import pick
from connectors.errors import BadDataError, ConfigurationError
from connectors.http import HttpClient, Limits, RetryPolicy
from connectors.klaviyo_errors import classify
from connectors.load import Load
from connectors.oauth import StaticAuth
from connectors.pages import by_cursor
from connectors.shared import Shared

REVISION = "2026-07-15"
"""Stable until 2027-07, retired in 2028-07. 2026-10-15 rebuilt campaigns: their send time is another resource there."""
CONCURRENT = 3
"""Klaviyo allows one report a second; what they take longer than that may overlap."""
_JSON_API = "application/vnd.api+json"
_IDS_AT_ONCE = 50
"""Of campaigns named in an address, which then stays under 2,000 letters."""


@dataclass(frozen=True)
class Facts:
    """What an account says of itself. Reports are of days in its time zone, and their amounts in its currency."""

    id: str
    name: str
    currency: str | None
    time_zone: str


class KlaviyoApi:
    """One account's API."""

    def __init__(self, key: str, base_url: str, revision: str, policy: RetryPolicy | None = None) -> None:
        headers = {"revision": revision, "X-Klaviyo-Revision-Fall-Forward-Opt-Out": "1", "Accept": _JSON_API}
        auth, limits = StaticAuth(key, prefix="Klaviyo-API-Key "), Limits(concurrent=CONCURRENT)
        self._http = HttpClient(
            "klaviyo", base_url, auth=auth, classify=classify, headers=headers, limits=limits, policy=policy
        )
        self._facts = Shared(self._fetch_facts)
        self._metrics = Shared(self._fetch_metrics)

    def facts(self) -> Facts:
        """Asked for once. Raises BadDataError when the answer lacks one of them."""
        return self._facts.get()

    def metric_id(self, wanted: str) -> str:
        """The id of a metric, given by name or by id. Raises ConfigurationError unless there is exactly one."""
        found = [one for one in self._metrics.get() if wanted in one]
        if len(found) == 1:
            return found[0][0]
        metrics = found or self._metrics.get()
        told = ", ".join(f"{name} ({metric})" for metric, name in metrics[:20])
        problem = f"{len(found)} metrics are called {wanted}" if found else f"no metric is called {wanted}"
        raise ConfigurationError(problem, hint=f"set klaviyo.conversion_metric to one of these, or to its id: {told}")

    def campaigns(self, ids: Sequence[str], load: Load) -> dict[str, Any]:
        """Attributes of e-mail campaigns by id, archived ones too; one that was deleted is left out."""
        found: dict[str, Any] = {}
        for start in range(0, len(ids), _IDS_AT_ONCE):
            wanted = ids[start : start + _IDS_AT_ONCE]
            found |= self._campaigns(wanted, "", load)
            if missing := [one for one in wanted if one not in found]:
                found |= self._campaigns(missing, ",equals(archived,true)", load)
        return found

    def report(self, kind: str, attributes: dict[str, Any], load: Load) -> Iterator[dict[str, Any]]:
        """Attributes of a report's answer (`results` …), a page at a time. `kind`: campaign-values, flow-series."""
        path, body = f"/api/{kind}-reports", {"data": {"type": f"{kind}-report", "attributes": attributes}}

        def ask(cursor: str | None) -> Any:
            params = {"page_cursor": cursor} if cursor else None
            headers = {"Content-Type": _JSON_API}
            return self._http.json("POST", path, load=load, json=body, params=params, headers=headers)

        for page in by_cursor(ask, lambda page: _next(page, "page_cursor")):
            told = _of(page, "data", dict).get("attributes")
            if not isinstance(told, dict) or not isinstance(told.get("results"), list):
                raise BadDataError(f"the answer of {path} has no results")
            yield told

    def _campaigns(self, ids: Sequence[str], more: str, load: Load) -> dict[str, Any]:
        wanted = ",".join(f'"{one}"' for one in ids)
        params = {
            "filter": f"and(equals(messages.channel,'email'),any(id,[{wanted}]){more})",
            "fields[campaign]": "name,status,send_time",
        }
        pages = self._pages("/api/campaigns", params, load)
        return {one["id"]: one.get("attributes") for page in pages for one in page}

    def _pages(self, path: str, params: dict[str, str], load: Load) -> Iterator[list[Any]]:
        def ask(cursor: str | None) -> Any:
            return self._http.json("GET", path, load=load, params=params | ({"page[cursor]": cursor} if cursor else {}))

        for page in by_cursor(ask, lambda page: _next(page, "page[cursor]")):
            yield _of(page, "data", list)

    def _fetch_facts(self) -> Facts:
        wanted = "timezone,preferred_currency,contact_information.organization_name"
        [account, *more] = self._all("/api/accounts", {"fields[account]": wanted}) or [None]
        if account is None or more:
            raise BadDataError("a key opens one account, and none or several were sent")
        [told] = pick([account], "attributes.contact_information.organization_name")
        [currency], [zone] = pick([account], "attributes.preferred_currency"), pick([account], "attributes.timezone")
        return Facts(account["id"], told or account["id"], currency, _zone(zone))

    def _fetch_metrics(self) -> list[tuple[str, str]]:
        metrics = self._all("/api/metrics", {"fields[metric]": "name"})
        return list(zip(pick(metrics, "id"), pick(metrics, "attributes.name"), strict=True))

    def _all(self, path: str, params: dict[str, str]) -> list[Any]:
        return [one for page in self._pages(path, params, Load()) for one in page]


def _of(page: Any, name: str, kind: type) -> Any:
    value = page.get(name) if isinstance(page, dict) else None
    if not isinstance(value, kind):
        raise BadDataError(f"the answer lacks {name}")
    return value


def _next(page: Any, cursor: str) -> str | None:
    """The cursor in the address of the next page. Only it is taken: where to ask is for our settings to say."""
    address = (page.get("links") or {}).get("next")
    return parse_qs(urlsplit(address).query).get(cursor, [None])[-1] if address else None


def _zone(name: Any) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError):
        raise BadDataError(f"the account's time zone is unknown: {name!r}") from None
