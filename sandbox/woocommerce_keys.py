"""Who may read a shop: consumer key and secret, by Basic, in the query string, or signed by OAuth 1.0a."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote

from starlette.requests import Request

from sandbox.woocommerce_errors import cannot_view, unauthorised

KEYS = {
    "outlet.duurzamemode.example": ("ck_sandbox_outlet_nl", "cs_sandbox_outlet_nl"),
    "outlet-be.duurzamemode.example": ("ck_sandbox_outlet_be", "cs_sandbox_outlet_be"),
}
_HASHES = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}


def check_key(request: Request, shop: str) -> None:
    """Raises ShopError unless the request bears the shop's key."""
    asked = request.query_params
    if "oauth_consumer_key" in asked:
        _check(shop, asked["oauth_consumer_key"], None)
        if not hmac.compare_digest(asked.get("oauth_signature", ""), _signature(request, KEYS[shop][1])):
            raise unauthorised("Invalid signature - provided signature does not match.")
    elif "consumer_key" in asked:
        _check(shop, asked["consumer_key"], asked.get("consumer_secret", ""))
    else:
        key, _, secret = _basic(request.headers.get("authorization", "")).partition(":")
        if not key:
            raise cannot_view()
        _check(shop, key, secret)


def _basic(header: str) -> str:
    """What a Basic header says; "" when it is none."""
    try:
        return base64.b64decode(header.partition(" ")[2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _check(shop: str, key: str, secret: str | None) -> None:
    if key != KEYS[shop][0]:
        raise unauthorised("Consumer key is invalid.")
    if secret is not None and secret != KEYS[shop][1]:
        raise unauthorised("Consumer secret is invalid.")


def _signature(request: Request, secret: str) -> str:
    """The signature that the request should have (RFC 5849, no token). Of a name sent twice, PHP knows the last."""
    sent = dict(request.query_params.multi_items())
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in sent.items() if name != "oauth_signature")
    query = "&".join(f"{name}={value}" for name, value in pairs)
    address = str(request.url).partition("?")[0]
    text = "&".join([request.method, _encoded(address), _encoded(query)])
    made = hmac.new(f"{secret}&".encode(), text.encode(), _HASHES[request.query_params["oauth_signature_method"]])
    return base64.b64encode(made.digest()).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
