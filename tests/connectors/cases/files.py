"""Files in the standard suite: there is no platform that could answer oddly."""

from __future__ import annotations

from connectors.files import Files
from tests.connectors.standard import Case, StreamCase
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_NOTHING = Answer(404)

CASE = Case(
    platform="files",
    streams=tuple(StreamCase(stream.name, Rows("", "")) for stream in Files.streams),
    accounts=lambda _: [],
    of_account=lambda *_: False,
    quota=_NOTHING,
    expired=_NOTHING,
    forbidden=_NOTHING,
    secrets=(),
    excused={"*": "it reads files and asks nobody: test_files.py and test_files_formats.py have their oddities"},
)
