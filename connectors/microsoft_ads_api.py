"""Calls to the REST API v13 of Microsoft Advertising: reports, accounts, and the download of a report's file.

Source: https://learn.microsoft.com/en-us/advertising/guides/rest-api
"""

from __future__ import annotations

from typing import IO, Any

import requests
from requests.auth import AuthBase

from connectors.errors import BadDataError, TransientError
from connectors.http import ONCE, HttpClient, Limits, RetryPolicy
from connectors.load import Load
from connectors.microsoft_ads_errors import ReportLostError, classify, classify_download

CONCURRENT = 2
"""Microsoft refuses reports when too many are being made for one user; how many is not published."""
_PATIENCE = RetryPolicy(longest_wait_s=300.0)
_FILE_BYTES = 1 << 30
_CHUNK_BYTES = 1 << 16

Answer = dict[str, Any]


class MicrosoftApi:
    """The API with one user's tokens. Safe to use from several threads."""

    def __init__(
        self,
        urls: tuple[str, str],
        auth: AuthBase,
        keys: dict[str, str],
        policy: RetryPolicy | None = None,
    ) -> None:
        """`urls`: of reporting, and of customer management. `keys`: the headers beside the token."""
        policy, limits = policy or _PATIENCE, Limits(concurrent=CONCURRENT)
        self._reporting, self._customers = (
            HttpClient("microsoft_ads", url, auth=auth, classify=classify, headers=keys, limits=limits, policy=policy)
            for url in urls
        )
        # Nothing of ours goes to the storage but the link, which is its own key.
        self._storage = HttpClient("microsoft_ads", "", classify=classify_download, policy=ONCE)

    def report(self, operation: str, account_id: str, body: Answer, load: Load) -> Answer:
        """`Submit` or `Poll`."""
        path = f"/Reporting/v13/GenerateReport/{operation}"
        headers = {"CustomerAccountId": account_id}
        return _object(self._reporting.json("POST", path, json=body, headers=headers, load=load), path)

    def customers(self, path: str, body: Answer, load: Load) -> Answer:
        """A call of customer management: `Account/Query`, `Accounts/Search`, `User/Query`."""
        whole = f"/CustomerManagement/v13/{path}"
        return _object(self._customers.json("POST", whole, json=body, load=load), whole)

    def download(self, link: str, into: IO[bytes], load: Load) -> None:
        """The file behind a link, piece by piece. Raises ReportLostError when it does not come, or not whole."""
        size = 0
        try:
            with self._storage.stream("GET", link, load=load) as response:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > _FILE_BYTES:
                        raise BadDataError(f"the report is larger than {_FILE_BYTES >> 20} MiB")
                    into.write(chunk)
        except TransientError as error:
            raise ReportLostError(error.message) from None
        except requests.exceptions.RequestException as error:
            # The exception's own text may hold the link, which is a key.
            raise ReportLostError(f"the download broke off after {size} bytes: {type(error).__name__}") from None


def _object(answer: Any, path: str) -> Answer:
    if not isinstance(answer, dict):
        raise BadDataError(f"the answer of {path} is no JSON object")
    return answer
