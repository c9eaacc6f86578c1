"""E-mail addresses out of rows: each becomes its pseudonym, wherever in a text it stands.

Files hold them where nobody expects them: as a customer's id, in the address of a page, in a column that has shifted.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import Company
from connectors.secret import pseudonym

_EMAIL = re.compile(r"[\w.!#$%&*+^~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_WHOLE = re.compile(r"[^\s@/?=<>]+@[^\s@/?=<>]+\.[^\s@/?=<>]+")
_MAYBE = "@|%40"


class Pseudonyms:
    """Writes pseudonyms with the company's key, which is read when the first address turns up."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def of(self, emails: pa.Array) -> pa.Array:
        """A column of addresses as hex HMAC-SHA256, NULL where there is none."""
        key = self._company.reveal_hash_key()
        return pa.array([pseudonym(email, key) for email in emails.to_pylist()], pa.string())

    def clean(self, texts: pa.Array) -> pa.Array:
        """A column of texts with a pseudonym in the place of every address."""
        if not pc.any(pc.match_substring_regex(texts, _MAYBE)).as_py():
            return texts
        return pa.array([text and self.redact(text) for text in texts.to_pylist()], pa.string())

    def redact(self, text: str) -> str:
        """A text with a pseudonym in the place of every address."""
        return self._pseudonym(text) if _WHOLE.fullmatch(text) else _EMAIL.sub(self._replace, text)

    def _replace(self, match: re.Match[str]) -> str:
        return self._pseudonym(match[0].replace("%40", "@"))

    def _pseudonym(self, email: str) -> str:
        return str(pseudonym(email, self._company.reveal_hash_key()))
