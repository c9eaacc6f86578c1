"""Which answers go wrong: never, rarely (the demo), or exactly as a test scripts them."""

from __future__ import annotations

import json
import threading
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

RARELY = 250
"""One of this many calls fails under `Faults.rare`. A first night asks GA4 some two hundred times, and an hour may have
few server errors of GA4: one of 40, as it was, ended the demo's night on some dates."""


@dataclass(frozen=True)
class Call:
    """One HTTP request (or gRPC call: method is the RPC's name) as the sandbox saw it."""

    platform: str
    method: str
    path: str
    query: str
    body: bytes

    @property
    def fingerprint(self) -> int:
        """32 bits that a retry of the same call repeats."""
        return zlib.crc32("\n".join([self.platform, self.method, self.path, self.query]).encode() + self.body)


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer; a dict or list body is sent as JSON, text and bytes as they are."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as sent."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()

    def all_headers(self) -> dict[str, str]:
        """The given headers (lower-cased) with a content-type that fits the body."""
        json_body = not isinstance(self.body, bytes | str)
        kind = "application/json; charset=utf-8" if json_body else "text/plain; charset=utf-8"
        return {"content-type": kind} | {name.lower(): value for name, value in self.headers.items()}


Script = Answer | tuple[int, Any, Mapping[str, str]] | Callable[[Call], "Answer | None"]
"""A scripted answer; a callable may return None to let the real answer through."""


class Faults:
    """Decides for each call whether it fails. Thread-safe.

    `next_answer(call, transient)` is asked once per call by the server frame (and by the gRPC server of GA4): a
    scripted answer if one is queued for the platform, else now and then one of the platform's transient errors.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._scripts: dict[str, deque[Script]] = defaultdict(deque)
        self._struck: set[int] = set()
        self._lock = threading.Lock()

    @classmethod
    def none(cls) -> Faults:
        """No call fails unless a test scripts it."""
        return cls()

    @classmethod
    def rare(cls, seed: int) -> Faults:
        """About one of 250 calls fails once, with a transient error; the same call repeated succeeds."""
        return cls(seed)

    def script(self, platform: str, answers: Iterable[Script]) -> None:
        """Queue answers for the platform's next calls, in order: `(status, body, headers)`, Answer or callable."""
        with self._lock:
            self._scripts[platform].extend(answers)

    def pending(self, platform: str) -> int:
        """How many scripted answers are still queued."""
        return len(self._scripts[platform])

    def next_answer(self, call: Call, transient: tuple[Answer, ...] = ()) -> Answer | None:
        """The answer that replaces the real one, or None."""
        with self._lock:
            script = self._scripts[call.platform].popleft() if self._scripts[call.platform] else None
        if script is None:
            return self._rare_answer(call, transient)
        if isinstance(script, Answer):
            return script
        return Answer(*script) if isinstance(script, tuple) else script(call)

    def _rare_answer(self, call: Call, transient: tuple[Answer, ...]) -> Answer | None:
        """Deterministic: the call's own fingerprint decides, not the order in which calls happen to arrive."""
        if self._seed is None or not transient:
            return None
        draw = zlib.crc32(f"{self._seed}/{call.fingerprint}".encode())
        with self._lock:
            if draw % RARELY or call.fingerprint in self._struck:
                return None
            self._struck.add(call.fingerprint)
        return transient[(draw // RARELY) % len(transient)]
