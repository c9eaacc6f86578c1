"""GA4 Data API v1beta: a gRPC server, and the REST paths over the same core.

RunReport, BatchRunReports, GetMetadata and CheckCompatibility of property 424242 ("Duurzame Mode", EUR,
Europe/Amsterdam). Every call needs `authorization: Bearer <token>` with a token of google_oauth and is one of at most
10 at once. What the figures mean: ga4_facts and ga4_schema. What can be switched on: `property_of(world)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.faults import Answer, Call, Faults
from sandbox.ga4_errors import Ga4Error
from sandbox.ga4_grpc import Transport, serve
from sandbox.ga4_property import Property, property_of
from sandbox.ga4_rest import rest_routes
from sandbox.ga4_service import Ga4Api
from sandbox.google_tokens import Tokens, tokens_of

__all__ = ["PLATFORM", "TRANSIENT", "Property", "property_of", "routes", "start_grpc"]

PLATFORM = "ga4"
TRANSIENT = (
    Answer(500, Ga4Error("INTERNAL", "Internal error encountered.").body()),
    Answer(503, Ga4Error("UNAVAILABLE", "The service is currently unavailable.").body()),
)


def start_grpc(  # noqa: PLR0917 - the frame passes all five by position
    world: World,
    faults: Faults,
    port: int = 0,
    note: Callable[[Call], None] = lambda _call: None,
    latency: float = 0.0,
    tokens: Tokens | None = None,
) -> tuple[Any, int]:
    """A started grpc.Server (`.stop(grace)`) and the port it took; port 0 is any free one, latency is in seconds.

    A scripted answer of status 200 is the response as JSON; another status is a Google error body.
    """
    api = Ga4Api(world, tokens or tokens_of(world), property_of(world), latency)
    return serve(Transport(api, faults, TRANSIENT, note, latency), port)


def routes(world: World, _faults: Faults, tokens: Tokens | None = None) -> list[BaseRoute]:
    """The REST paths, for a client that speaks JSON; the quota is the one that gRPC spends from."""
    return rest_routes(Ga4Api(world, tokens or tokens_of(world), property_of(world)))
