"""What an answer that went wrong says to people."""

import pytest
from requests import Response

from connectors.http import said


def answer(body: str, kind: str = "text/html", status: int = 503) -> Response:
    made = Response()
    made.status_code, made._content, made.reason = status, body.encode(), "Service Unavailable"
    made.headers["Content-Type"] = kind
    return made


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (
            "<html><title>503</title><style>p {color: red}</style><h1>Busy</h1>\n<p>Try later &amp; wait</p></html>",
            "text/html",
            "HTTP 503: Busy Try later & wait",
        ),
        ("<Error><Code>SlowDown</Code></Error>", "application/xml", "HTTP 503: SlowDown"),
        ('{"error": "a < b"}', "application/json", 'HTTP 503: {"error": "a < b"}'),
        ("two\n  lines", "text/plain", "HTTP 503: two lines"),
        ("", "text/plain", "HTTP 503: Service Unavailable"),
    ],
)
def test_an_answer_is_told_in_a_line_without_its_tags(body: str, kind: str, words: str) -> None:
    assert said(answer(body, kind)) == words


def test_a_long_answer_is_cut_off() -> None:
    assert len(said(answer("x" * 10_000, "text/plain"))) == len("HTTP 503: ") + 200
