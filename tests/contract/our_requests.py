"""Our connectors, run against the sandbox, and every request that they send: what the vendors' schemas then judge.

HTTP is noted as it leaves, headers and all; GA4 speaks gRPC, and its calls are noted as they arrive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from connectors.connector import Company, Connector
from connectors.load import Load
from connectors.registry import CONNECTORS
from connectors.secret import Secret
from connectors.stream import Window
from sandbox import hubspot_access
from sandbox.brevo_accounts import ACCOUNTS as BREVO
from sandbox.faults import Call
from sandbox.klaviyo_accounts import ACCOUNTS as KLAVIYO
from sandbox.linkedin_organizations import ORGANIZATIONS
from sandbox.linkedin_state import CLIENT_ID as LINKEDIN_APP
from sandbox.linkedin_state import CLIENT_SECRET as LINKEDIN_SECRET
from sandbox.linkedin_state import REFRESH_TOKEN as LINKEDIN_REFRESH
from sandbox.mailchimp import KEY
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import APP_SECRET, TOKEN
from sandbox.microsoft_state import CLIENT_ID as MICROSOFT_APP
from sandbox.microsoft_state import CUSTOMER_ID as MICROSOFT_CUSTOMER
from sandbox.microsoft_state import DEVELOPER_TOKEN as MICROSOFT_DEVELOPER
from sandbox.microsoft_state import REFRESH_TOKEN as MICROSOFT_REFRESH
from sandbox.server import Sandbox
from sandbox.surveymonkey import TOKEN as SURVEYMONKEY_TOKEN
from sandbox.tiktok_state import APP_ID as TIKTOK_APP
from sandbox.tiktok_state import APP_SECRET as TIKTOK_SECRET
from sandbox.tiktok_state import TOKEN as TIKTOK_TOKEN
from sandbox.typeform_oauth import PERSONAL_TOKEN
from sandbox.woocommerce_keys import KEYS
from sandbox.zendesk import COPIES
from sandbox.zendesk_oauth import CLIENT_ID as ZENDESK_CLIENT
from sandbox.zendesk_oauth import client_secret as zendesk_secret

SHOP = "duurzame-mode.myshopify.com"
SITE = "sc-domain:duurzamemode.nl"
OUTLET = "outlet.duurzamemode.example"
MANAGER = "9990001112"
PLATFORMS = tuple(name for name in CONNECTORS if name != "files")
"""Those that send requests."""
SECRETS = {
    "google": {"client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh"},
    "linkedin": {"client_secret": LINKEDIN_SECRET, "refresh_token": LINKEDIN_REFRESH},
    "mailchimp": {"key": KEY},
    "klaviyo": {"key": KLAVIYO[0].key},
    "brevo": {"key": BREVO[0].key},
    "meta": {"token": TOKEN, "app_secret": APP_SECRET},
    "pages": {page.id: page.token for page in PAGES},
    "shopify": {"client_secret": "sandbox-shopify-secret"},
    "tiktok": {"access_token": TIKTOK_TOKEN, "app_secret": TIKTOK_SECRET},
    "microsoft": {"developer_token": MICROSOFT_DEVELOPER, "refresh_token": MICROSOFT_REFRESH},
    "surveymonkey": {"token": SURVEYMONKEY_TOKEN},
    "typeform": {"token": PERSONAL_TOKEN},
    "zendesk": {"client_secret": zendesk_secret(COPIES[0])},
    "hubspot": {"client_secret": hubspot_access.CLIENT_SECRET, "refresh_token": hubspot_access.REFRESH_TOKEN},
    "woocommerce": {"consumer_secret": KEYS[OUTLET][1]},
    "company": {"hash_key": "a-key-of-the-company"},
}
NIGHTS = {
    "shopify": (2, 40),
    "search_console": (5,),
    "meta_ads": (2, 60),
    "mailchimp": (30,),
    "klaviyo": (30,),
    "brevo": (30,),
    "hubspot": (30,),
    "facebook_pages": (60,),
    "instagram": (20,),
    "linkedin_pages": (30,),
}
"""How many days back the windows of a platform start: where it asks in another way for longer ones, both ways."""


@dataclass(frozen=True)
class Sent:
    """One HTTP request. `path` is without the sandbox's own prefix; `query` maps a name to its last value."""

    platform: str
    method: str
    url: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Night:
    """What one connector sent while it was checked and pulled."""

    http: list[Sent] = field(default_factory=list)
    grpc: list[Call] = field(default_factory=list)

    def api(self, platform: str) -> list[Sent]:
        """The requests to one platform of the sandbox."""
        return [sent for sent in self.http if sent.platform == platform]


@contextmanager
def recording(sandbox: Sandbox) -> Iterator[Night]:
    """Notes all that leaves this process by `requests`, and what reaches the sandbox by gRPC."""
    night, send = Night(), requests.adapters.HTTPAdapter.send

    def noted(adapter: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        night.http.append(_sent(request))
        return send(adapter, request, **options)

    sandbox.requests.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.adapters.HTTPAdapter, "send", noted)
        yield night
    night.grpc.extend(call for call in sandbox.requests if call.platform == "ga4")


def _sent(request: requests.PreparedRequest) -> Sent:
    parts = urlsplit(str(request.url))
    platform, _, path = parts.path.lstrip("/").partition("/")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    return Sent(platform, str(request.method), str(request.url), f"/{path}", query, dict(request.headers), body)


Settings = dict[str, Any]
_KEYS = ("access_token", "credentials", "developer_token")


def _ga4(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"base_url": f"grpc://{sandbox.url('ga4')}", "credentials": secret(person(sandbox)), "accounts": ["424242"]}


def _google_ads(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"credentials": secret(person(sandbox)), "login_customer_id": MANAGER, "accounts": ["111-222-3334"]}


def _search_console(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"credentials": secret(person(sandbox)), "accounts": [SITE]}


def _meta_ads(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    keys = {"access_token": secret(TOKEN), "app_secret": secret(APP_SECRET)}
    return keys | {"accounts": ["act_700800900"]}


def _facebook_pages(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return _of_a_page(secret) | {"accounts": [PAGES[0].id]}


def _instagram(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return _of_a_page(secret) | {"accounts": [PAGES[0].instagram_id]}


def _of_a_page(secret: Callable[[str], str]) -> Settings:
    return {"access_token": secret(TOKEN), "app_secret": secret(APP_SECRET)}


def _linkedin_pages(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    keys = {name: secret(value) for name, value in SECRETS["linkedin"].items()}
    token_url = f"{sandbox.url('linkedin_pages')}/oauth/v2/accessToken"
    return keys | {"client_id": LINKEDIN_APP, "token_url": token_url, "accounts": [ORGANIZATIONS[0].id]}


def _linkedin_ads(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    keys = {name: secret(value) for name, value in SECRETS["linkedin"].items()}
    token_url = f"{sandbox.url('linkedin_ads')}/oauth/v2/accessToken"
    return keys | {"client_id": LINKEDIN_APP, "token_url": token_url, "accounts": ["512345678"]}


def _tiktok_ads(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    keys = {name: secret(value) for name, value in SECRETS["tiktok"].items()}
    return keys | {"app_id": TIKTOK_APP, "accounts": ["7100000000000000001"]}


def _microsoft_ads(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    keys = {name: secret(value) for name, value in SECRETS["microsoft"].items()}
    here = sandbox.url("microsoft_ads")
    places = {"customer_url": here, "token_url": f"{here}/common/oauth2/v2.0/token"}
    return keys | places | {"client_id": MICROSOFT_APP, "customer_id": MICROSOFT_CUSTOMER, "accounts": ["180001001"]}


def _mailchimp(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"accounts": [{"id": "us21-main", "api_key": secret(KEY)}]}


def _klaviyo(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"accounts": [{"id": KLAVIYO[0].id, "api_key": secret(KLAVIYO[0].key)}]}


def _brevo(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"accounts": [{"id": BREVO[0].id, "api_key": secret(BREVO[0].key)}]}


def _shopify(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    way_in = {"client_id": "sandbox-shopify-client", "client_secret": secret(SECRETS["shopify"]["client_secret"])}
    return way_in | {"accounts": [SHOP]}


def _typeform(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"access_token": secret(PERSONAL_TOKEN), "accounts": ["Kt7nQx2L"]}


def _zendesk(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    client = {"client_id": ZENDESK_CLIENT, "client_secret": secret(zendesk_secret(COPIES[0]))}
    return {"accounts": [{"id": COPIES[0], "csat": "both"} | client]}


def _surveymonkey(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"access_token": secret(SURVEYMONKEY_TOKEN), "accounts": ["405511201"]}


def _hubspot(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    """By an OAuth app, so that its request for a token is judged too; a service key is a header, and nothing else."""
    told = {name: secret(value) for name, value in SECRETS["hubspot"].items()}
    account = {"id": hubspot_access.BELGIUM, "refresh_token": told.pop("refresh_token")}
    return told | {"client_id": hubspot_access.CLIENT_ID, "accounts": [account]}


def _woocommerce(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    key, password = KEYS[OUTLET]
    shop = {"id": OUTLET, "consumer_key": secret(key), "consumer_secret": secret(password)}
    return {"accounts": [shop]}


def _ecb(sandbox: Sandbox, secret: Callable[[str], str]) -> Settings:
    return {"currencies": ["USD", "GBP"]}


_SETTINGS: dict[str, Callable[[Sandbox, Callable[[str], str]], Settings]] = {
    "ga4": _ga4,
    "google_ads": _google_ads,
    "search_console": _search_console,
    "meta_ads": _meta_ads,
    "facebook_pages": _facebook_pages,
    "instagram": _instagram,
    "linkedin_pages": _linkedin_pages,
    "linkedin_ads": _linkedin_ads,
    "tiktok_ads": _tiktok_ads,
    "microsoft_ads": _microsoft_ads,
    "mailchimp": _mailchimp,
    "klaviyo": _klaviyo,
    "brevo": _brevo,
    "shopify": _shopify,
    "typeform": _typeform,
    "zendesk": _zendesk,
    "surveymonkey": _surveymonkey,
    "hubspot": _hubspot,
    "woocommerce": _woocommerce,
    "ecb": _ecb,
}


def person(sandbox: Sandbox) -> str:
    """A Google credential that the sandbox accepts."""
    told = {
        "type": "authorized_user",
        "client_id": "sandbox-client",
        "token_uri": f"{sandbox.url('google_oauth')}/token",
    }
    return json.dumps(told | SECRETS["google"])


def connector(
    name: str, sandbox: Sandbox, folder: Path, time_zone: str = "Europe/Amsterdam", **changes: Any
) -> Connector[Any]:
    """A connector that reads the sandbox, its secrets in files of a folder.

    `changes` are settings, where a secret is given as it is; one of None leaves the setting out.
    """

    def secret(value: str) -> str:
        path = folder / f"{len(list(folder.iterdir()))}.secret"
        path.write_text(value, encoding="utf-8")
        return f"file:{path}"

    kind = CONNECTORS[name]
    given: Settings = {"base_url": sandbox.url(name)} | _SETTINGS[name](sandbox, secret)
    given |= {key: secret(value) if key in _KEYS and value else value for key, value in changes.items()}
    given["accounts"] = [{"id": it} if isinstance(it, str) else it for it in given.get("accounts", ["ecb"])]
    told = {key: value for key, value in given.items() if value is not None}
    company = Company(time_zone=time_zone, hash_key=Secret(secret(SECRETS["company"]["hash_key"])))
    made = kind(kind.Settings.model_validate(told), company)
    if hasattr(made, "patience"):
        made.patience = replace(made.patience, poll_s=0.01)
    return made


def run(source: Connector[Any]) -> None:
    """The connection test, and a night of every stream."""
    [account] = source.accounts
    source.check(account)
    for days in NIGHTS.get(source.name, (2,)):
        for stream in source.streams:
            for _rows in source.pull(stream, account, since(days), Load()):
                pass


def since(days: int) -> Window:
    """From so many days ago until yesterday."""
    today = datetime.now(Company().tz).date()
    return Window(today - timedelta(days=days), today - timedelta(days=1))
