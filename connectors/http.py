"""The one HTTP layer: time-outs, retries, token refresh, a cap on bodies, and errors classed by what happens next.

    client = HttpClient("mailchimp", base_url, auth=Bearer(token), classify=classify)
    client.json("GET", "/3.0/ping")

A platform gives `classify`, which turns an answer into a ConnectorError or into None when all is well. It sees HTTP
200 too, as some platforms put errors there.
"""

from __future__ import annotations

import html
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, TypeVar, cast

import msgspec
import requests
import tenacity
from requests.auth import AuthBase

from connectors.errors import AuthorisationError, BadDataError, ConnectorError, QuotaError, TransientError
from connectors.load import Load

T = TypeVar("T")
Classify = Callable[[requests.Response], ConnectorError | None]

_TRANSIENT = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_CHUNK = 1 << 16
_TAGS = re.compile(r"<(style|script|title)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_READ, _SHOWN = 4000, 200
"""Characters of an answer that says what is wrong: looked at, and shown."""


@dataclass(frozen=True)
class RetryPolicy:
    """How patient a pull is. A platform that asks for more than `longest_wait_s` is left for later (QuotaError).

    `quota_attempts` count where the platform asks us to wait: its limits end, an outage may not. `attempts` by default.
    """

    attempts: int = 5
    quota_attempts: int | None = None
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0

    def wait(self, attempt: int, error: BaseException | None) -> float:
        """Seconds before the next try: what the platform asked for, else exponential with full jitter."""
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            return float(asked) + random.uniform(0, 0.1)
        return random.uniform(0.5, 1.0) * min(self.longest_wait_s, self.first_wait_s * 2 ** (attempt - 1))

    def again(self, error: BaseException) -> bool:
        if not isinstance(error, TransientError | QuotaError):
            return False
        return (error.retry_after or 0) <= self.longest_wait_s

    def enough(self, attempt: int, error: BaseException | None) -> bool:
        """Whether so many attempts, the last of which ended in `error`, were enough."""
        throttled = isinstance(error, QuotaError) and self.quota_attempts is not None
        return attempt >= (self.quota_attempts if throttled else self.attempts)  # type: ignore[operator]


ONCE = RetryPolicy(attempts=1)
"""For a call within one that is tried again as a whole."""


@dataclass(frozen=True)
class Limits:
    """Seconds to connect and to wait for the next bytes; the largest body in bytes; calls at the same time."""

    connect_s: float = 10.0
    read_s: float = 120.0
    body_bytes: int = 512 << 20
    concurrent: int = 8


class RefreshableAuth(AuthBase):
    """Auth whose token can be thrown away and fetched anew, once, after the platform refused it."""

    def invalidate(self) -> None:
        raise NotImplementedError


def retrying(call: Callable[[], T], policy: RetryPolicy) -> T:
    """Call, and call again after transient and short quota errors. For transports other than HTTP as well."""
    retryer = tenacity.Retrying(
        retry=tenacity.retry_if_exception(policy.again),
        stop=lambda state: policy.enough(state.attempt_number, _error(state)),
        wait=lambda state: policy.wait(state.attempt_number, _error(state)),
        reraise=True,
    )
    return retryer(call)


def _error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


class HttpClient:
    """Requests to one platform. Safe to use from several threads; each has its own session."""

    def __init__(
        self,
        platform: str,
        base_url: str,
        *,
        auth: AuthBase | None = None,
        classify: Classify | None = None,
        headers: dict[str, str] | None = None,
        limits: Limits | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        self.platform = platform
        self.base_url = base_url.rstrip("/")
        self.auth = auth
        self.classify = classify or classify_status
        self.headers = headers or {}
        self.limits = limits or Limits()
        self.policy = policy or RetryPolicy()
        self._slots = threading.BoundedSemaphore(self.limits.concurrent)
        self._local = threading.local()

    def json(self, method: str, path: str, *, load: Load | None = None, **options: Any) -> Any:
        """The decoded JSON body. Raises BadDataError when it is no JSON. Options are those of `requests`."""
        return decode_json(self.request(method, path, load=load, **options).content)

    def request(self, method: str, path: str, *, load: Load | None = None, **options: Any) -> requests.Response:
        """The whole answer, after retries. `path` may be an absolute URL (a download link)."""

        def once() -> requests.Response:
            with self._open(method, path, load, options) as response:
                response._content = self._read(response)
                self._raise_for(response)
                return response

        return self._with_refresh(once)

    def lines(self, method: str, path: str, *, load: Load | None = None, **options: Any) -> Iterator[bytes]:
        """The body line by line, for downloads larger than memory. Retried only until the first byte."""
        with self.stream(method, path, load=load, **options) as response:
            try:
                yield from response.iter_lines(_CHUNK)
            except (*_TRANSIENT, requests.exceptions.RequestException) as error:
                raise TransientError("the download broke off", platform=self.platform) from error

    @contextmanager
    def stream(
        self, method: str, path: str, *, load: Load | None = None, **options: Any
    ) -> Iterator[requests.Response]:
        """An open answer whose body the caller reads from `.raw` (decoded) or `.iter_content`."""

        def opened() -> Any:
            context = self._open(method, path, load, options)
            response = context.__enter__()
            try:
                if response.status_code >= 400:
                    response._content = self._read(response)
                    self._raise_for(response)
            except BaseException:
                context.__exit__(None, None, None)
                raise
            response.raw.decode_content = True
            return context, response

        context, response = self._with_refresh(opened)
        try:
            yield response
        finally:
            context.__exit__(None, None, None)

    @contextmanager
    def _open(self, method: str, path: str, load: Load | None, options: dict[str, Any]) -> Iterator[requests.Response]:
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        auth = options.get("auth", self.auth)
        headers = self.headers | options.get("headers", {})
        rest = {key: value for key, value in options.items() if key not in ("auth", "headers")}
        timeout = (self.limits.connect_s, self.limits.read_s)
        with self._slots:
            if load is not None:
                load.request()
            try:
                response = self._session.request(
                    method, url, auth=auth, headers=headers, timeout=timeout, stream=True, **rest
                )
            except _TRANSIENT as error:
                # The exception's own text may hold the URL, and a URL may hold a token: only its kind is told.
                raise TransientError(
                    f"no answer from {host(url)}: {type(error).__name__}",
                    platform=self.platform,
                    hint="is the network up, and base_url right?",
                ) from None
            try:
                yield response
            finally:
                response.close()

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.trust_env = True
            self._local.session = session
        return cast(requests.Session, self._local.session)

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > self.limits.body_bytes:
                    raise BadDataError(
                        f"the answer is larger than {self.limits.body_bytes >> 20} MiB",
                        platform=self.platform,
                    )
        except _TRANSIENT as error:
            raise TransientError(
                f"the answer broke off after {len(body)} bytes: {type(error).__name__}",
                platform=self.platform,
            ) from None
        return bytes(body)

    def _raise_for(self, response: requests.Response) -> None:
        error = self.classify(response)
        if error is not None:
            raise error.at(platform=self.platform)

    def _with_refresh(self, call: Callable[[], T]) -> T:
        """Retries, and one more try with a new token after the old one was refused."""
        try:
            return retrying(call, self.policy)
        except AuthorisationError as error:
            if not (error.refreshable and isinstance(self.auth, RefreshableAuth)):
                raise
            self.auth.invalidate()
            return retrying(call, self.policy)


def said(response: requests.Response) -> str:
    """What an answer says, in a line for people: `HTTP 503: Service Unavailable`. Pages lose their tags and styles."""
    text = response.text[:_READ]
    if "html" in response.headers.get("Content-Type", "") or text.lstrip()[:1] == "<":
        text = html.unescape(_TAGS.sub(" ", text))
    words = " ".join(text.split())[:_SHOWN] or response.reason or ""
    return f"HTTP {response.status_code}: {words}".removesuffix(": ")


def classify_status(response: requests.Response) -> ConnectorError | None:
    """The class of an answer by its HTTP status alone; the fallback of every platform's own `classify`."""
    status = response.status_code
    if status < 400:
        return None
    message = said(response)
    if status == 401:
        return AuthorisationError(message, refreshable=True, hint="the credential is wrong or has expired")
    if status == 403:
        return AuthorisationError(message, hint="the credential lacks a permission for this account")
    if status == 429:
        return QuotaError(message, retry_after=retry_after(response))
    if status in (408, 425) or status >= 500:
        return TransientError(message, retry_after=retry_after(response))
    return BadDataError(message)


def retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header, in either of its two forms (RFC 9110 §10.2.3); None where absent."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def decode_json(body: bytes | BinaryIO, *, decimals: bool = True) -> Any:
    """JSON to Python; fractions become Decimal, so that money is never a binary float."""
    data = body if isinstance(body, bytes) else body.read()
    try:
        return msgspec.json.Decoder(float_hook=Decimal if decimals else None).decode(data)
    except msgspec.DecodeError as error:
        start = data[:80].decode("utf-8", "replace")
        raise BadDataError(f"the answer is no JSON ({error}): it starts with {start!r}") from None


def host(url: str) -> str:
    """Scheme and host of a URL, without path and query, as these may hold secrets."""
    return "/".join(url.split("/")[:3])
