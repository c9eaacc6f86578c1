"""Cursor pages of a Graph API list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sandbox.meta_errors import bad_param
from sandbox.meta_params import MAX_LIMIT, limit

_TAIL = "ZD"
"""Meta's cursors end like this; that they are opaque is the point."""


def page(rows: Sequence[Any], params: Mapping[str, str], url: str, most: int = MAX_LIMIT) -> dict[str, Any]:
    """`{"data", "paging"}` of the rows after the cursor; `paging.next` only when more follow. Raises MetaError.

    At most `most` rows can be asked for. url is the address of this call without its query. `next` repeats the
    parameters, an access_token among them, as Meta's does: whoever logs it logs the token.
    """
    start = _offset(params["after"]) if params.get("after") else 0
    end = start + limit(params, most)
    found = list(rows[start:end])
    if not found:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(end)}}
    if end < len(rows):
        paging["next"] = f"{url}?{urlencode(dict(params) | {'after': _cursor(end)})}"
    return {"data": found, "paging": paging}


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=") + _TAIL


def _offset(cursor: str) -> int:
    text = cursor.removesuffix(_TAIL)
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise bad_param("The after Cursor specified is invalid") from error
