"""Shopify's Admin API 2026-10 in the vendor's own words: npm's @shopify/dev-mcp holds its introspection and scopes."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any, cast

from graphql import GraphQLSchema, build_client_schema

from tests.contract.vendor_files import from_npm

VERSION = "2026-10"
PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = f"package/dist/data/admin_{VERSION}.json.gz"


@cache
def vendor_file() -> dict[str, Any]:
    """Introspection (`data`) and required scopes (`offline_scopes`) as the vendor ships them."""
    return cast(dict[str, Any], json.loads(gzip.decompress(from_npm(PACKAGE, MEMBER))))


@cache
def vendor_schema() -> GraphQLSchema:
    """The schema. Skips the test where it is not to be had."""
    # assume_valid: graphql-core minds a deprecated argument that the vendor's own interface does not deprecate.
    return build_client_schema(vendor_file()["data"], assume_valid=True)
