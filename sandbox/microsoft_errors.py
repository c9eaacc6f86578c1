"""Microsoft Advertising's faults. UNCONFIRMED: the HTTP status of each, and the numbers of those that are not in the
fact sheet."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.faults import Answer

FAULTS: dict[int, tuple[str, int, str]] = {
    0: ("InternalError", 500, "An internal error has occurred."),
    100: ("NullRequest", 400, "The request message is null."),
    105: ("InvalidCredentials", 401, "Authentication failed. Either supplied credentials are invalid or the account is "
          "inactive"),
    106: ("UserIsNotAuthorized", 403, "The user does not represent an authorized user."),
    109: ("AuthenticationTokenExpired", 401, "Authentication token expired. Please renew the token or obtain a new "
          "one."),
    117: ("CallRateExceeded", 429, "You have exceeded the number of calls that you can make per minute."),
    207: ("ConcurrentRequestOverLimit", 400, "You have exceeded the number of reports that may run at the same time."),
    2015: ("ReportingServiceInvalidReportColumns", 400, "A required column is missing, or a column is unknown."),
    2017: ("ReportingServiceInvalidTimeZone", 400, "The report's time zone is invalid."),
    2021: ("ReportingServiceInvalidReportTime", 400, "The report's time is invalid."),
    2100: ("ReportingServiceInvalidReportId", 400, "The report request id is invalid, or has ended."),
}  # fmt: skip
"""Code: (its name, HTTP status, message)."""
OPERATION = {207, 2015, 2017, 2021, 2100}
"""Those that come in OperationErrors; the rest is told of the call as a whole."""


class MicrosoftError(Exception):
    """A fault; `message` where it is not the usual one."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message

    def answer(self) -> Answer:
        """As the frame sends it."""
        name, status, usual = FAULTS[self.code]
        error: dict[str, Any] = {"Code": self.code, "ErrorCode": name, "Message": self.message or usual}
        if self.code in OPERATION:
            operation = {"Type": "ApiFaultDetail", "BatchErrors": [], "OperationErrors": [error | {"Details": None}]}
            return Answer(status, {"TrackingId": str(uuid.uuid4())} | operation)
        call = {"Type": "AdApiFaultDetail", "Errors": [error | {"Detail": None}]}
        return Answer(status, {"TrackingId": str(uuid.uuid4())} | call)
