"""Rest.li's grammar travels as it is, and what stands in it is encoded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from connectors.restli import encoded, query


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("urn:li:x:1", "urn%3Ali%3Ax%3A1"),
        ("a(b),c", "a%28b%29%2Cc"),
        (["a", "b c"], "List(a,b%20c)"),
        ([], "List()"),
        (("id", "name"), "id,name"),
        ({"start": date(2026, 3, 1)}, "(start:(year:2026,month:3,day:1))"),
        ({"values": ["ACTIVE"]}, "(values:List(ACTIVE))"),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert encoded(value) == text


def test_requests_sends_it_as_it_was_written() -> None:
    written = query({"dateRange": {"start": date(2026, 3, 1)}, "accounts": ["urn:li:x:1"]})
    sent = requests.Request("GET", f"http://127.0.0.1/rest/adAnalytics?{written}").prepare()
    assert str(sent.url).endswith("?dateRange=(start:(year:2026,month:3,day:1))&accounts=List(urn%3Ali%3Ax%3A1)")
