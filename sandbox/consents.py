"""Refresh tokens that a platform replaces at every use: handed out into files that the connector may write in.

They are no files of sandbox/credentials: those are under version control, and a demo would change them.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.microsoft_state import REFRESH_TOKEN

CONSENTS = {"microsoft_ads.token": REFRESH_TOKEN}


def hand_out(folder: Path) -> None:
    """Write the tokens that are not there yet: those that are may be newer, and work as well."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, token in CONSENTS.items():
        path = folder / name
        if not path.exists():
            path.write_text(token, encoding="utf-8")
