"""The state of one simulated shop: its app, its points, its bulk operations, and the facts about it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from sandbox.company import World
from sandbox.shopify_app import App
from sandbox.shopify_bulk import Operations
from sandbox.shopify_cost import Bucket
from sandbox.shopify_instants import SHOP_TIME_ZONE

DOMAIN = "duurzame-mode.myshopify.com"
SHOP_ID = "gid://shopify/Shop/60000000001"
INSTALLATION_ID = "gid://shopify/AppInstallation/500000000001"
SUPPORTED_VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
UNFINISHED_VERSIONS = ("2027-01", "unstable")


@dataclass
class Shop:
    """What tests may turn: `app` (scopes, approvals, tokens), `bucket` (points), `operations` (bulk)."""

    world: World
    app: App = field(default_factory=App)
    bucket: Bucket = field(default_factory=Bucket)
    operations: Operations = field(init=False)

    def __post_init__(self) -> None:
        self.operations = Operations(self.world, self.app)

    def facts(self) -> dict[str, Any]:
        """The fields of `shop`."""
        local = self.world.now.astimezone(UTC).astimezone(ZoneInfo(SHOP_TIME_ZONE))
        return {
            "id": SHOP_ID,
            "name": "Duurzame Mode",
            "myshopifyDomain": DOMAIN,
            "email": "winkel@duurzame-mode.example",
            "contactEmail": "winkel@duurzame-mode.example",
            "currencyCode": "EUR",
            "ianaTimezone": SHOP_TIME_ZONE,
            "timezoneOffset": local.strftime("%z"),
            "taxesIncluded": True,
            "createdAt": "2022-09-01T08:00:00Z",
        }

    def installation(self) -> dict[str, Any]:
        """The fields of `currentAppInstallation`."""
        scopes = [
            {
                "handle": scope,
                "description": scope.replace("_", " ").capitalize(),
            }
            for scope in sorted(self.app.scopes)
        ]
        return {"id": INSTALLATION_ID, "accessScopes": scopes}


def versions() -> list[dict[str, Any]]:
    """The fields of `publicApiVersions`."""
    return [
        {
            "handle": handle,
            "displayName": f"{handle} (Latest)" if handle == SUPPORTED_VERSIONS[-1] else handle,
            "supported": handle in SUPPORTED_VERSIONS,
        }
        for handle in (*SUPPORTED_VERSIONS, *UNFINISHED_VERSIONS)
    ]


def served_version(asked: str) -> str | None:
    """The version that answers: retired ones fall forward to the oldest supported; None for what never was one."""
    if asked in SUPPORTED_VERSIONS or asked in UNFINISHED_VERSIONS:
        return asked
    year, _, month = asked.partition("-")
    is_version = year.isdigit() and len(year) == 4 and month in ("01", "04", "07", "10")
    return SUPPORTED_VERSIONS[0] if is_version and "2019-04" <= asked < SUPPORTED_VERSIONS[0] else None


_OPEN: WeakValueDictionary[int, Shop] = WeakValueDictionary()
_OPEN_LOCK = threading.Lock()


def shop_of(world: World) -> Shop:
    """The one shop over this world, as long as somebody (the routes, a test) holds it."""
    with _OPEN_LOCK:
        shop = _OPEN.get(id(world))
        if shop is None:
            shop = _OPEN[id(world)] = Shop(world)
        return shop
