"""The gRPC transport of the Analytics Data API: plaintext on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format

from sandbox.faults import Answer, Call, Faults
from sandbox.ga4_errors import Ga4Error, from_answer
from sandbox.ga4_service import RPCS, Ga4Api

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"
WORKERS = 32


@dataclass(frozen=True)
class Transport:
    """What surrounds every call: it is noted, a fault may answer it (after latency s), errors become statuses."""

    api: Ga4Api
    faults: Faults
    transient: tuple[Answer, ...]
    note: Callable[[Call], None]
    latency: float

    def handler(self, name: str) -> Any:
        """The grpc method handler of one RPC."""
        rpc = RPCS[name]

        def answer(request: Any, context: Any) -> Any:
            try:
                return self._answer(name, request, context)
            except Ga4Error as error:
                return _abort(context, error)

        return grpc.unary_unary_rpc_method_handler(
            answer,
            request_deserializer=type(rpc.raw_request()).FromString,
            response_serializer=type(rpc.raw_response()).SerializeToString,
        )

    def _answer(self, name: str, request: Any, context: Any) -> Any:
        call = Call("ga4", name, getattr(request, RPCS[name].property_field), "", request.SerializeToString())
        self.note(call)
        scripted = self.faults.next_answer(call, self.transient)
        if scripted is not None:
            time.sleep(self.latency)
            return _scripted(name, scripted)
        headers = dict(context.invocation_metadata())
        return self.api.call(name, request, headers.get("authorization", ""))


def _scripted(name: str, answer: Answer) -> Any:
    """A scripted 200 is the response as JSON; anything else is an error."""
    if answer.status >= 400:
        raise from_answer(answer.status, answer.body)
    return json_format.ParseDict(answer.body, RPCS[name].raw_response())


def _abort(context: Any, error: Ga4Error) -> None:
    context.set_trailing_metadata((("grpc-status-details-bin", error.proto().SerializeToString()),))
    context.abort(getattr(grpc.StatusCode, error.status), error.message)


def serve(transport: Transport, port: int) -> tuple[Any, int]:
    """A started grpc.Server on 127.0.0.1 and its port (0: a free one); raises RuntimeError when the port is taken."""
    server = grpc.server(ThreadPoolExecutor(WORKERS, "ga4"), options=[("grpc.so_reuseport", 0)])
    handlers = {name: transport.handler(name) for name in RPCS}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    taken = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, taken
