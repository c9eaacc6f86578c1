"""Bulk operations: queued, run in a thread, polled, cancelled, failed on demand; results at signed addresses."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.company import World
from sandbox.shopify_app import App
from sandbox.shopify_bulk_rules import check_bulk_query
from sandbox.shopify_document import Document
from sandbox.shopify_errors import ApiError
from sandbox.shopify_export import CHUNK, Progress, StoppedError, plan
from sandbox.shopify_reader import Reader

MOST_RUNNING = 5
"""Query operations at a time per app and shop, since 2026-01."""
KEPT_FOR = timedelta(days=7)
ENDED = ("CANCELED", "COMPLETED", "EXPIRED", "FAILED")
RESULTS = "bulk-operation-outputs"


@dataclass
class Operation:
    """One bulk operation. `seen` counts how often a client looked: a running one shows RUNNING at least once."""

    number: int
    query: str
    created_at: datetime
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: datetime | None = None
    progress: Progress = field(default_factory=Progress)
    file: Path | None = None
    seen: int = 0
    outcome: str | None = None
    """The end status that its thread reached and no client was shown yet."""

    @property
    def id(self) -> str:
        """Its global id."""
        return f"gid://shopify/BulkOperation/{self.number}"

    def look(self) -> None:
        """A client looks: CREATED, then RUNNING, and from the next look on the end, once it is reached."""
        self.seen += 1
        if self.status == "CREATED":
            self.status = "RUNNING"
        elif self.outcome is not None and self.status not in ENDED:
            self.status = self.outcome

    def values(self, address: Callable[[Operation], str | None]) -> dict[str, Any]:
        """The fields of BulkOperation; nothing was exported: no url."""
        done = self.status in ENDED
        link = address(self) if done and self.progress.objects else None
        completed = self.status == "COMPLETED"
        return {
            "id": self.id,
            "query": self.query,
            "type": "QUERY",
            "status": self.status,
            "errorCode": self.error_code if done else None,
            "createdAt": _text(self.created_at),
            "completedAt": _text(self.completed_at) if done and self.completed_at else None,
            "objectCount": str(self.progress.objects),
            "rootObjectCount": str(self.progress.roots),
            "fileSize": str(self.file.stat().st_size) if completed and link and self.file else None,
            "url": link if completed else None,
            "partialDataUrl": link if self.status == "FAILED" else None,
        }


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Operations:
    """The bulk operations of one app at one shop. Thread-safe.

    For tests: `gate.clear()` keeps running operations running until `gate.set()`; `fail_next(code, chunks)` lets the
    next one end in FAILED after so many chunks of `chunk` root rows, with what is written by then as partial data.
    """

    world: World
    app: App
    chunk: int = CHUNK
    gate: threading.Event = field(default_factory=threading.Event)
    all: list[Operation] = field(default_factory=list)
    _failing: list[tuple[str, int]] = field(default_factory=list)
    _folder: Path | None = None
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.gate.set()

    def run(self, query: str, grouped: bool) -> tuple[Operation | None, list[dict[str, Any]]]:
        """Start an operation, or say why not (the user errors of bulkOperationRunQuery)."""
        document, messages = check_bulk_query(query)
        if document is None:
            return None, [{"field": ["query"], "message": message, "code": "INVALID"} for message in messages]
        with self._lock:
            running = [each.id for each in self.all if each.status not in ENDED]
            if len(running) >= MOST_RUNNING:
                message = f"A bulk query operation for this app and shop is already in progress: {', '.join(running)}."
                return None, [{"field": None, "message": message, "code": "OPERATION_IN_PROGRESS"}]
            operation = Operation(7_000_000_000_001 + len(self.all), query, self._now())
            self.all.append(operation)
            failure = self._failing.pop(0) if self._failing else None
        reader = Reader.of(self.world, self.app)
        arguments = (operation, reader, document, grouped, failure)
        threading.Thread(target=self._work, args=arguments, daemon=True).start()
        return operation, []

    def fail_next(self, code: str = "INTERNAL_SERVER_ERROR", chunks: int = 0) -> None:
        """The next operation fails with this errorCode."""
        self._failing.append((code, chunks))

    def find(self, gid: str) -> Operation | None:
        """An operation by its global id."""
        return next((each for each in self.all if each.id == gid), None)

    def cancel(self, operation: Operation) -> list[dict[str, Any]]:
        """Ask an operation to stop; the user errors of bulkOperationCancel."""
        with self._lock:
            if operation.status in ENDED:
                message = f"A bulk operation cannot be canceled when it is {operation.status.lower()}"
                return [{"field": None, "message": message}]
            operation.status, operation.outcome = "CANCELING", "CANCELED"
            operation.completed_at = self._now()
        return []

    def path(self, operation: Operation) -> str:
        """Path and query of an operation's results: signed, good for seven days after its end."""
        until = int(((operation.completed_at or self._now()) + KEPT_FOR).timestamp())
        name = f"{operation.number}.jsonl"
        return f"{RESULTS}/{name}?Expires={until}&Signature={self._signature(name, until)}"

    def results(self, name: str, query: Mapping[str, str]) -> Path | None:
        """The file behind a signed address, or None: wrong signature, too late, unknown."""
        until = query.get("Expires", "")
        operation = next((each for each in self.all if f"{each.number}.jsonl" == name), None)
        good = until.isdigit() and hmac.compare_digest(self._signature(name, int(until)), query.get("Signature", ""))
        if operation is None or not good or int(until) < self._now().timestamp():
            return None
        return operation.file

    def _work(
        self,
        operation: Operation,
        reader: Reader,
        document: Document,
        grouped: bool,
        failure: tuple[str, int] | None,
    ) -> None:
        """The thread of one operation."""
        chunks = 0

        def go_on() -> bool:
            nonlocal chunks
            self.gate.wait()
            chunks += 1
            return operation.status != "CANCELING" and (failure is None or chunks <= failure[1])

        operation.file = self._files() / f"{operation.number}.jsonl"
        self.gate.wait()
        try:
            plan(reader, document, grouped, self.chunk).write(operation.file, operation.progress, go_on)
            self._end(operation, failure[0] if failure else None)
        except StoppedError:
            self._end(operation, failure[0] if failure else None)
        except ApiError as fault:
            self._end(operation, fault.code if fault.code == "ACCESS_DENIED" else "INTERNAL_SERVER_ERROR")
        except Exception:
            self._end(operation, "INTERNAL_SERVER_ERROR")
            raise

    def _end(self, operation: Operation, error_code: str | None) -> None:
        with self._lock:
            operation.completed_at = self._now()
            if operation.status != "CANCELING":
                operation.error_code = error_code
                operation.outcome = "FAILED" if error_code else "COMPLETED"

    def _files(self) -> Path:
        """The folder of the results; it goes when this object goes."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="shopify-bulk-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            return self._folder

    def _signature(self, name: str, until: int) -> str:
        return hmac.new(self._key, f"{name}\n{until}".encode(), hashlib.sha256).hexdigest()

    def _now(self) -> datetime:
        return self.world.now.astimezone(UTC)
