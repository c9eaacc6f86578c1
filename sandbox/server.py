"""One local server for all simulated platforms: HTTP under a path prefix each, GA4 by gRPC on a port of its own.

A platform module exports
    PLATFORM: str                                   the path prefix
    routes(world, faults) -> list[BaseRoute]        without the prefix
and may export
    TRANSIENT: tuple[Answer, ...]                   what `Faults.rare` answers now and then, in the platform's own words
    MAX_CONCURRENT: int and TOO_MANY: Answer        more requests in flight than this get TOO_MANY
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter, deque
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import (
    brevo,
    consents,
    ecb,
    exports,
    facebook_pages,
    ga4,
    google_ads,
    google_oauth,
    hubspot,
    instagram,
    klaviyo,
    linkedin_ads,
    linkedin_pages,
    mailchimp,
    meta_ads,
    microsoft_ads,
    search_console,
    shopify,
    surveymonkey,
    tiktok_ads,
    typeform,
    woocommerce,
    zendesk,
)
from sandbox.company import World
from sandbox.faults import Answer, Call, Faults

HTTP_PORT = 18400
GRPC_PORT = 18401
KEPT_REQUESTS = 10_000
EXPORT_EVERY_S = 3_600
NO_LIMIT = 1_000_000
PLATFORMS: dict[str, ModuleType] = {
    module.PLATFORM: module
    for module in (
        google_oauth,
        google_ads,
        ga4,
        search_console,
        meta_ads,
        linkedin_ads,
        tiktok_ads,
        microsoft_ads,
        mailchimp,
        klaviyo,
        brevo,
        shopify,
        hubspot,
        ecb,
        typeform,
        zendesk,
        surveymonkey,
        woocommerce,
        facebook_pages,
        instagram,
        linkedin_pages,
    )
}


class Frame:
    """ASGI middleware: notes every request, waits the latency, applies faults and concurrency limits."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox
        self._in_flight: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        call = _call(scope, body)
        self._sandbox.note(call)
        self._in_flight[call.platform] += 1
        try:
            await self._answer(call, scope, _replay(body, receive), send)
        finally:
            self._in_flight[call.platform] -= 1

    async def _answer(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        module = PLATFORMS.get(call.platform)
        crowded = self._in_flight[call.platform] > getattr(module, "MAX_CONCURRENT", NO_LIMIT)
        answer: Answer | None = getattr(module, "TOO_MANY", None) if crowded else None
        if answer is None:
            await asyncio.sleep(self._sandbox.latency)
            answer = self._sandbox.faults.next_answer(call, getattr(module, "TRANSIENT", ()))
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await _send(answer, send)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the already read body once, then what the connection says (disconnect)."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def _call(scope: Scope, body: bytes) -> Call:
    platform, _, path = scope["path"].lstrip("/").partition("/")
    return Call(platform, scope["method"], f"/{path}", scope["query_string"].decode("latin-1"), body)


async def _send(answer: Answer, send: Send) -> None:
    headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in answer.all_headers().items()]
    content = answer.content()
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class Sandbox:
    """The running platforms of one world. A context manager; `start` returns when both ports answer.

    port and grpc_port 0 pick free ports. latency delays every answer, in seconds. Given a folder, the tools without an
    API export their files into it, at the start and every hour; tokens that change at every use are handed out there.
    `requests` holds the last 10,000 calls.
    """

    def __init__(
        self,
        world: World,
        faults: Faults | None = None,
        port: int = HTTP_PORT,
        grpc_port: int = GRPC_PORT,
        latency: float = 0.0,
        *,
        folder: Path | None = None,
    ) -> None:
        self.world = world
        self.folder = folder
        self.faults = faults or Faults.none()
        self.port = port
        self.grpc_port = grpc_port
        self.latency = latency
        self.requests: deque[Call] = deque(maxlen=KEPT_REQUESTS)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._grpc: Any = None
        self._stopped = threading.Event()

    def note(self, call: Call) -> None:
        """Keep a call for tests."""
        self.requests.append(call)

    def url(self, platform: str) -> str:
        """Base URL of a platform; for ga4 the gRPC address `127.0.0.1:<port>`."""
        return f"127.0.0.1:{self.grpc_port}" if platform == "ga4" else f"http://127.0.0.1:{self.port}/{platform}"

    def start(self) -> Sandbox:
        """Listen, in threads of this process."""
        if self.folder is not None:
            exports.write(self.world, self.folder)
            consents.hand_out(self.folder)
            threading.Thread(target=self._export_again, args=(self.folder,), daemon=True).start()
        listener = _listener(self.port)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(_application(self), log_level="warning", lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        self._grpc, self.grpc_port = ga4.start_grpc(self.world, self.faults, self.grpc_port, self.note, self.latency)
        return self

    def _export_again(self, folder: Path) -> None:
        while not self._stopped.wait(EXPORT_EVERY_S):
            exports.write(self.world, folder)

    def stop(self) -> None:
        """Close both ports and end the threads."""
        self._stopped.set()
        if self._grpc is not None:
            self._grpc.stop(0)
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(timeout=10)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _application(sandbox: Sandbox) -> ASGIApp:
    mounts: list[BaseRoute] = [
        Mount(f"/{prefix}", routes=module.routes(sandbox.world, sandbox.faults)) for prefix, module in PLATFORMS.items()
    ]
    return Frame(Starlette(routes=mounts), sandbox)
