"""A GA4 Data API that only replays: pages serialised before the clock starts, so that the reader is what is measured.

It runs in a process of its own, and answers RunReport over plaintext gRPC and the token endpoint over HTTP.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import grpc
from google.analytics.data_v1beta.types import MetricType, RunReportRequest, RunReportResponse

SERVICE, METHOD = "google.analytics.data.v1beta.BetaAnalyticsData", "RunReport"
FIRST_DAY, DAYS = date(2026, 10, 1), 30
DIMENSIONS = (
    "date",
    "sessionDefaultChannelGroup",
    "sessionSourceMedium",
    "sessionCampaignName",
    "landingPage",
    "country",
    "deviceCategory",
    "browser",
    "eventName",
)
METRICS = {
    "sessions": MetricType.TYPE_INTEGER,
    "engagedSessions": MetricType.TYPE_INTEGER,
    "totalUsers": MetricType.TYPE_INTEGER,
    "newUsers": MetricType.TYPE_INTEGER,
    "screenPageViews": MetricType.TYPE_INTEGER,
    "ecommercePurchases": MetricType.TYPE_INTEGER,
    "keyEvents": MetricType.TYPE_FLOAT,
    "userEngagementDuration": MetricType.TYPE_SECONDS,
    "purchaseRevenue": MetricType.TYPE_CURRENCY,
    "refundAmount": MetricType.TYPE_CURRENCY,
}
_ANSWER, _REQUEST = RunReportResponse.pb(), RunReportRequest.pb()
_CHANNELS = ("Organic Search", "Paid Search", "Direct", "Email", "Paid Social", "Cross-network", "Unassigned")
_SOURCES = ("google / organic", "google / cpc", "(direct) / (none)", "newsletter / email", "facebook / paid")
_COUNTRIES = ("Netherlands", "Belgium", "Germany", "France", "United Kingdom")
_BROWSERS = ("Chrome", "Safari", "Firefox", "Edge", "Samsung Internet")


def _rows(count: int, seed: int) -> Any:
    """Rows with the spread of values of a shop's report: short texts that repeat, money of a binary float's text."""
    draw, answer = random.Random(seed), _ANSWER()
    for number in range(count):
        row = answer.rows.add()
        dimensions = (
            f"{FIRST_DAY + timedelta(days=number % DAYS):%Y%m%d}",
            draw.choice(_CHANNELS),
            draw.choice(_SOURCES),
            f"campaign {draw.randrange(400)}",
            f"/nl/collectie/product-{draw.randrange(20_000)}",
            draw.choice(_COUNTRIES),
            draw.choice(("mobile", "desktop", "tablet")),
            draw.choice(_BROWSERS),
            f"event_{draw.randrange(20)}",
        )
        counts = [str(draw.randrange(5_000)) for _ in range(6)]
        fractions = [repr(draw.random() * 100), repr(draw.randrange(10**6) / 7)]
        money = [repr(draw.randrange(10**6) / 100), repr(draw.randrange(10**4) / 100 * 1.21)]
        for value in dimensions:
            row.dimension_values.add(value=value)
        for value in counts + fractions + money:
            row.metric_values.add(value=value)
    return answer


class Replay:
    """Pages of `page_rows` rows out of `rows`. A page differs from the others by its first row only."""

    def __init__(self, rows: int, page_rows: int) -> None:
        self.rows, self.page_rows = rows, min(rows, page_rows)
        self._body = _rows(self.page_rows - 1, seed=1).SerializeToString()
        self.pages = [self._page(number) for number in range(-(-rows // self.page_rows))]

    def _page(self, number: int) -> bytes:
        """Encoded messages one after the other are the message of both: so the body is made once."""
        answer = _rows(1, seed=100 + number)
        answer.rows[0].dimension_values[4].value = f"/page/{number}"
        answer.row_count = self.rows
        answer.metadata.currency_code, answer.metadata.time_zone = "EUR", "Europe/Amsterdam"
        for name in DIMENSIONS:
            answer.dimension_headers.add(name=name)
        for name, type_ in METRICS.items():
            answer.metric_headers.add(name=name, type_=type_)
        return bytes(answer.SerializeToString() + self._body)

    def answer(self, request: bytes, context: Any) -> bytes:
        asked = _REQUEST.FromString(request)
        if asked.limit != self.page_rows and asked.limit < self.rows:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"made for pages of {self.page_rows} rows")
        return self.pages[asked.offset // self.page_rows]


class _Token(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.dumps({"access_token": "bench", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _serve(rows: int, page_rows: int, pipe: Connection) -> None:
    replay = Replay(rows, page_rows)
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_send_message_length", -1)])
    handler = grpc.unary_unary_rpc_method_handler(replay.answer)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    tokens = ThreadingHTTPServer(("127.0.0.1", 0), _Token)
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    server.start()
    pipe.send((f"127.0.0.1:{port}", f"http://127.0.0.1:{tokens.server_address[1]}"))
    pipe.recv()
    server.stop(None)


@contextmanager
def serving(rows: int, page_rows: int) -> Iterator[tuple[str, str]]:
    """The addresses of gRPC and of the token endpoint; every page is whole divisions of `rows`."""
    if rows % min(rows, page_rows):
        raise ValueError(f"{rows} rows are not a whole number of pages of {page_rows}")
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(rows, page_rows, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()
