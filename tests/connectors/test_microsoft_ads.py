"""What is special about Microsoft Advertising: reports as jobs, CSV in a ZIP, faults, and tokens that change."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.microsoft_ads import MicrosoftAds, MicrosoftAdsSettings
from connectors.microsoft_ads_csv import tables
from connectors.microsoft_ads_errors import ReportLostError
from connectors.microsoft_ads_report import Anew, Patience
from connectors.microsoft_ads_streams import ASKED
from connectors.stream import Window
from tests.connectors.ads_case import kept_secret, pulled
from tests.http_server import Answer, Handler, Request, Server, serving

WINDOW = Window(date(2026, 11, 16), date(2026, 11, 22))
BRIEF = RetryPolicy(attempts=2, first_wait_s=0.001, longest_wait_s=300.0)
QUICK = Patience(poll_s=0.001, longest_poll_s=0.002)
ACCOUNT = {
    "Id": "180001001",
    "Name": "Duurzame Mode",
    "CurrencyCode": "EUR",
    "TimeZone": "AthensBuckarestIstanbul",
    "AccountLifeCycleStatus": "Active",
}
ROW = {
    "TimePeriod": "2026-11-20",
    "CampaignId": "410000001",
    "CampaignName": "Bing merk",
    "CampaignStatus": "Active",
    "CampaignType": "Search & content",
    "CurrencyCode": "EUR",
    "Spend": "12.34",
    "Impressions": "1204",
    "Clicks": "75",
    "ConversionsQualified": "2.50",
    "Revenue": "210.75",
    "AllConversionsQualified": "3.00",
    "AllRevenue": "215.75",
    "ViewThroughConversionsQualified": "1.00",
    "ViewThroughRevenue": "20.00",
}


def packed(text: str, encoding: str = "utf-8-sig") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", text.encode(encoding))
    return file.getvalue()


def csv_of(*rows: dict[str, str]) -> str:
    lines = [ROW.keys(), *(row.values() for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


def fault(code: int, name: str, status: int = 400) -> Answer:
    errors = [{"Code": code, "ErrorCode": name, "Message": "no", "Detail": None}]
    return Answer(status, {"TrackingId": "1", "Type": "AdApiFaultDetail", "Errors": errors})


class Microsoft:
    """A Microsoft with one account, whose reports are made at the second look; `replies` replace what a path says."""

    def __init__(self, file: bytes | None = None, **replies: Answer | Callable[[Request], Answer]) -> None:
        self.file, self.replies = file, replies
        self.tokens, self.polls, self.reports = 0, 0, 0

    def __call__(self, request: Request) -> Answer:
        name = request.path.rpartition("/")[2].partition(".")[0]
        if reply := self.replies.get(name):
            return reply(request) if callable(reply) else reply
        return getattr(self, f"_{name.lower()}")(request)  # type: ignore[no-any-return]

    def _token(self, request: Request) -> Answer:
        self.tokens += 1
        granted = {"access_token": f"access-{self.tokens}", "expires_in": 3599}
        return Answer(body=granted | {"refresh_token": f"refresh-{self.tokens}"})

    def _query(self, request: Request) -> Answer:
        return Answer(body={"Account": ACCOUNT, "User": {"Id": "160001001"}})

    def _search(self, request: Request) -> Answer:
        return Answer(body={"Accounts": [ACCOUNT]})

    def _submit(self, request: Request) -> Answer:
        self.reports += 1
        return Answer(body={"ReportRequestId": f"report-{self.reports}"})

    def _poll(self, request: Request) -> Answer:
        self.polls += 1
        if self.polls % 2:
            return status("Pending")
        host = request.headers["Host"]
        return status("Success", f"http://{host}/reports/file.zip?sig=link-secret" if self.file else None)

    def _file(self, request: Request) -> Answer:
        return Answer(200, self.file)


def status(name: str, link: str | None = None) -> Answer:
    return Answer(body={"ReportRequestStatus": {"Status": name, "ReportDownloadUrl": link}})


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are made anew without a pause."""
    monkeypatch.setattr(Anew, "wait", lambda *_: 0.0)


def connector(server: Server, folder: Path, patience: Patience = QUICK, **settings: Any) -> MicrosoftAds:
    given = {
        "base_url": server.url,
        "customer_url": server.url,
        "token_url": f"{server.url}/token",
        "client_id": "app",
        "customer_id": "170001001",
        "developer_token": kept_secret(folder, "developer.token", "developer-secret"),
        "refresh_token": kept_secret(folder, "refresh.token", "refresh-0"),
        "accounts": [{"id": "180001001"}],
    }
    return MicrosoftAds(MicrosoftAdsSettings.model_validate(given | settings), Company(), BRIEF, patience)


def rows_of(platform: Handler, folder: Path, load: Load | None = None) -> list[dict[str, Any]]:
    with serving(platform) as server:
        return pulled(connector(server, folder), WINDOW, load)


def failure(platform: Handler, folder: Path) -> ConnectorError:
    with serving(platform) as server, pytest.raises(ConnectorError) as caught:
        pulled(connector(server, folder), WINDOW)
    assert "secret" not in str(caught.value)
    return caught.value


class TestRows:
    def test_a_full_row(self, tmp_path: Path) -> None:
        load = Load()
        [row] = rows_of(Microsoft(packed(csv_of(ROW))), tmp_path, load)
        assert (row["account_id"], row["date"], row["campaign_id"]) == ("180001001", date(2026, 11, 20), "410000001")
        assert (row["spend"], row["conversion_value"]) == (Decimal("12.34"), Decimal("210.75"))
        assert (row["impressions"], row["clicks"], row["conversions"]) == (1204, 75, 2.5)
        assert (row["campaign_type"], row["currency"]) == ("Search & content", "EUR")
        assert load.notes == {"time_zone": "Europe/Athens"}

    def test_an_empty_cell_is_unknown_and_not_zero(self, tmp_path: Path) -> None:
        [row] = rows_of(Microsoft(packed(csv_of(ROW | {"Revenue": "", "CampaignName": ""}))), tmp_path)
        assert row["conversion_value"] is row["campaign_name"] is None

    def test_columns_may_come_in_another_order(self, tmp_path: Path) -> None:
        lines = [",".join(reversed(line)) for line in (list(ROW), list(ROW.values()))]
        [row] = rows_of(Microsoft(packed("\r\n".join(lines))), tmp_path)
        assert row["clicks"] == 75

    def test_nul_characters_are_left_out(self, tmp_path: Path) -> None:
        [row] = rows_of(Microsoft(packed(csv_of(ROW | {"CampaignName": "Bing\0 merk"}))), tmp_path)
        assert row["campaign_name"] == "Bing merk"

    def test_a_report_without_rows_has_no_file(self, tmp_path: Path) -> None:
        assert rows_of(Microsoft(None), tmp_path) == []

    def test_days_outside_the_window_are_left(self, tmp_path: Path) -> None:
        rows = csv_of(ROW, ROW | {"TimePeriod": "2026-11-23"})
        assert len(rows_of(Microsoft(packed(rows)), tmp_path)) == 1


class TestFiles:
    def test_rows_come_in_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.microsoft_ads_csv._BATCH_ROWS", 2)
        found = list(tables(io.BytesIO(packed("a,b\n1,2\n3,4\n5,6\n"))))
        assert found == [{"a": ["1", "3"], "b": ["2", "4"]}, {"a": ["5"], "b": ["6"]}]

    def test_a_text_may_go_on_over_lines(self) -> None:
        assert list(tables(io.BytesIO(packed('a,b\n"x\ny",2\n')))) == [{"a": ["x\ny"], "b": ["2"]}]

    @pytest.mark.parametrize("text", ["a,b\n1\n", "a,a\n1,2\n", 'a,b\n"1,2\n'])
    def test_what_is_no_table_is_bad_data(self, text: str) -> None:
        with pytest.raises(BadDataError):
            list(tables(io.BytesIO(packed(text))))

    def test_what_is_no_text_is_bad_data(self) -> None:
        with pytest.raises(BadDataError):
            list(tables(io.BytesIO(packed("a\n\xe9\n", "latin-1"))))

    @pytest.mark.parametrize("cut", [10, -30])
    def test_a_damaged_file_is_lost(self, cut: int) -> None:
        with pytest.raises(ReportLostError):
            list(tables(io.BytesIO(packed(csv_of(ROW))[:cut])))

    def test_a_line_without_an_end_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.microsoft_ads_csv._LINE_BYTES", 100)
        with pytest.raises(BadDataError, match="a line of the report"):
            list(tables(io.BytesIO(packed("a\n" + "x" * 200))))

    def test_a_file_that_would_unpack_without_end_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.microsoft_ads_csv._TEXT_BYTES", 1000)
        with pytest.raises(BadDataError, match="too large"):
            list(tables(io.BytesIO(packed("x" * 10_000))))

    def test_a_download_without_end_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.microsoft_ads_api._FILE_BYTES", 100)
        assert "larger than" in str(failure(Microsoft(packed(csv_of(ROW))), tmp_path))


class TestReports:
    def asked(self, folder: Path) -> list[Request]:
        with serving(Microsoft(packed(csv_of(ROW)))) as server:
            pulled(connector(server, folder), WINDOW)
        return server.requests

    def test_what_is_asked_for(self, tmp_path: Path) -> None:
        [submit] = [request for request in self.asked(tmp_path) if request.path.endswith("Submit")]
        told = submit.json["ReportRequest"]
        assert told["Scope"] == {"AccountIds": ["180001001"]}
        assert told["Columns"] == list(ASKED)
        assert told["Time"] == {
            "CustomDateRangeStart": {"Day": 16, "Month": 11, "Year": 2026},
            "CustomDateRangeEnd": {"Day": 22, "Month": 11, "Year": 2026},
            "ReportTimeZone": "AthensIslandanbulMinsk",
        }

    def test_keys_go_to_the_api_and_not_to_the_storage(self, tmp_path: Path) -> None:
        *api, storage = [request for request in self.asked(tmp_path) if request.path != "/token"]
        assert all(request.headers["DeveloperToken"] == "developer-secret" for request in api)
        assert all(request.headers["CustomerId"] == "170001001" for request in api)
        assert api[-1].headers["CustomerAccountId"] == "180001001"
        assert not {"Authorization", "DeveloperToken", "CustomerId"} & storage.headers.keys()

    def test_a_report_that_fails_is_made_anew(self, tmp_path: Path) -> None:
        platform = Microsoft(packed(csv_of(ROW)))
        answers = [status("Error")]
        platform.replies["Poll"] = lambda request: answers.pop() if answers else platform._poll(request)
        assert len(rows_of(platform, tmp_path)) == 1
        assert platform.reports == 2

    def test_a_link_that_has_ended_means_a_new_report(self, tmp_path: Path) -> None:
        platform = Microsoft(packed(csv_of(ROW)))
        answers = [Answer(403, b"<Error/>"), Answer(503, b"")]
        platform.replies["file"] = lambda request: answers.pop() if answers else platform._file(request)
        assert len(rows_of(platform, tmp_path)) == 1
        assert platform.reports == 3

    @pytest.mark.parametrize("file", [b"<html>", packed(csv_of(ROW))[:-30]])
    def test_files_that_stay_damaged_end_it(self, tmp_path: Path, file: bytes) -> None:
        platform = Microsoft(file)
        assert isinstance(failure(platform, tmp_path), TransientError)
        assert platform.reports == 3

    def test_a_report_that_is_never_made_is_given_up(self, tmp_path: Path) -> None:
        hurried = Patience(poll_s=0.001, longest_poll_s=0.002, longest_s=0.05)
        with serving(Microsoft(Poll=status("Pending"))) as server, pytest.raises(TransientError) as caught:
            pulled(connector(server, tmp_path, hurried), WINDOW)
        assert "was not made within" in str(caught.value)

    @pytest.mark.parametrize("reply", [status("Splendid"), Answer(body={}), Answer(body=[])])
    def test_a_status_that_nobody_knows_is_bad_data(self, tmp_path: Path, reply: Answer) -> None:
        assert isinstance(failure(Microsoft(Poll=reply), tmp_path), BadDataError)


class TestFaults:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (fault(117, "CallRateExceeded"), QuotaError),
            (fault(0, "InternalError", 500), TransientError),
            (fault(105, "InvalidCredentials"), AuthorisationError),
            (fault(106, "UserIsNotAuthorized"), ConfigurationError),
            (fault(2015, "ReportingServiceInvalidReportColumns"), BadDataError),
            (fault(9999, "Unheard", 500), TransientError),
            (Answer(503, b"down"), TransientError),
        ],
    )
    def test_a_code_says_what_happens_next(self, tmp_path: Path, answer: Answer, kind: type[ConnectorError]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(RetryPolicy, "wait", lambda *_: 0.0)
            assert type(failure(Microsoft(Submit=answer), tmp_path)) is kind

    def test_too_many_reports_at_once_are_waited_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        waits: list[float] = []
        monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
        error = {"Code": 207, "ErrorCode": "ConcurrentRequestOverLimit", "Message": "too many", "Details": None}
        crowded = [Answer(400, {"Type": "ApiFaultDetail", "BatchErrors": [], "OperationErrors": [error]})]
        platform = Microsoft(packed(csv_of(ROW)))
        platform.replies["Submit"] = lambda request: crowded.pop() if crowded else platform._submit(request)
        assert len(rows_of(platform, tmp_path)) == 1
        assert waits[0] == pytest.approx(60, abs=1)

    def test_an_expired_token_is_replaced_once(self, tmp_path: Path) -> None:
        platform = Microsoft(packed(csv_of(ROW)))
        answers = [fault(109, "AuthenticationTokenExpired", 401)]
        platform.replies["Submit"] = lambda request: answers.pop() if answers else platform._submit(request)
        assert len(rows_of(platform, tmp_path)) == 1
        assert platform.tokens == 2


class TestTokens:
    def test_the_next_refresh_token_is_kept(self, tmp_path: Path) -> None:
        rows_of(Microsoft(packed(csv_of(ROW))), tmp_path)
        assert (tmp_path / "refresh.token").read_text() == "refresh-1"

    def test_a_consent_that_has_ended_says_what_to_do(self, tmp_path: Path) -> None:
        refused = Answer(400, {"error": "invalid_grant", "error_description": "AADSTS700082: expired"})
        error = failure(Microsoft(token=refused), tmp_path)
        assert isinstance(error, AuthorisationError)
        assert "connect Microsoft Advertising again" in error.hint

    @pytest.mark.parametrize("secret", [None, "app-secret"])
    def test_an_app_may_have_a_secret(self, tmp_path: Path, secret: str | None) -> None:
        kept = {"client_secret": kept_secret(tmp_path, "app.secret", secret)} if secret else {}
        with serving(Microsoft()) as server:
            pulled(connector(server, tmp_path, **kept), WINDOW)
        form = next(request.body for request in server.requests if request.path == "/token")
        assert (b"client_secret=app-secret" in form) == bool(secret)
        assert b"scope=https%3A%2F%2Fads.microsoft.com%2Fmsads.manage+offline_access" in form


class TestAccounts:
    def test_the_check_tells_name_currency_and_time_zone(self, tmp_path: Path) -> None:
        told = Answer(body={"Account": ACCOUNT | {"AccountLifeCycleStatus": "Pause"}})
        with serving(Microsoft(Query=told)) as server:
            source = connector(server, tmp_path)
            facts = source.check(source.accounts[0])
        assert (facts.name, facts.currency, facts.time_zone) == ("Duurzame Mode", "EUR", "Europe/Athens")
        assert facts.notes == ("the account is not active: its status is Pause",)

    def test_accounts_are_those_of_the_user(self, tmp_path: Path) -> None:
        with serving(Microsoft()) as server:
            [found] = connector(server, tmp_path).discover()
        assert (found.id, found.currency) == ("180001001", "EUR")
        search = json.loads(server.requests[-1].body)
        assert search["Predicates"] == [{"Field": "UserId", "Operator": "Equals", "Value": "160001001"}]

    def test_an_account_number_is_no_id(self) -> None:
        with pytest.raises(ValidationError, match="may be its account number"):
            MicrosoftAdsSettings.model_validate(
                {
                    "client_id": "app",
                    "customer_id": "1",
                    "developer_token": "env:D",
                    "refresh_token": "file:r",
                    "accounts": [{"id": "F100AAAA"}],
                }
            )

    def test_days_before_36_months_are_cut_off_and_noted(self, tmp_path: Path) -> None:
        long_ago = Window(date(2019, 1, 1), date(2019, 1, 1) + timedelta(days=30))
        load = Load()
        with serving(Microsoft()) as server:
            assert pulled(connector(server, tmp_path), long_ago, load) == []
        assert "since" in load.notes
        assert server.requests == []
