"""Superset's REST API, as much of it as a dashboard needs. Raises ApiError with what Superset says."""

from __future__ import annotations

import json
from typing import Any

import requests

from bi.superset.server import Server

_PATIENCE_S = 120
Json = dict[str, Any]


class ApiError(Exception):
    """Superset refused."""


class Api:
    """A session that is logged in."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._session = requests.Session()
        told = {"username": server.user, "password": server.password, "provider": "db", "refresh": False}
        token = self._ask("POST", "security/login", json=told)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["X-CSRFToken"] = self._ask("GET", "security/csrf_token/")["result"]
        self._session.headers["Referer"] = server.url

    def put(self, kind: str, key: str, told: Json) -> int:
        """Make a thing, or change the one that has the same value of `key`; its id."""
        known = self.find(kind, **{key: told[key]})
        if known is not None:
            self._ask("PUT", f"{kind}/{known}", json=told)
            return known
        return int(self._ask("POST", f"{kind}/", json=told)["id"])

    def find(self, kind: str, **values: str) -> int | None:
        """The id of the thing that has these values."""
        query = json.dumps({"filters": [{"col": key, "opr": "eq", "value": value} for key, value in values.items()]})
        found = self._ask("GET", f"{kind}/", params={"q": query})["result"]
        return int(found[0]["id"]) if found else None

    def dataset(self, told: Json) -> int:
        """Make a dataset, or change the query of the one that is there, and read its columns anew. Its id."""
        known = self.find("dataset", table_name=told["table_name"], schema=told["schema"])
        if known is None:
            return int(self._ask("POST", "dataset/", json=told)["id"])
        if "sql" in told:
            self._ask("PUT", f"dataset/{known}", json={"sql": told["sql"]})
        self._ask("PUT", f"dataset/{known}/refresh")
        return known

    def data(self, chart: int) -> list[Json]:
        """What a chart shows now."""
        told = self._ask("GET", f"chart/{chart}/data/", params={"force": "true"})
        rows: list[Json] = told["result"][0]["data"]
        return rows

    def export(self, dashboard: int) -> bytes:
        """The dashboard with its charts, datasets and databases, as a ZIP that another Superset imports."""
        return self._answer("GET", "dashboard/export/", params={"q": f"!({dashboard})"}).content

    def _ask(self, method: str, path: str, **told: Any) -> Json:
        answer: Json = self._answer(method, path, **told).json()
        return answer

    def _answer(self, method: str, path: str, **told: Any) -> requests.Response:
        answer = self._session.request(method, f"{self.server.url}/api/v1/{path}", timeout=_PATIENCE_S, **told)
        if not answer.ok:
            raise ApiError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer
