"""What a change of the contract asks of its version."""

from __future__ import annotations

from pipelines.contract import Contract

MAJOR, MINOR, PATCH = range(3)


def change(old: Contract, new: Contract) -> int:
    """MAJOR when a column goes or gets another type, MINOR when one comes, PATCH when neither."""
    if old.missing(new.tables):
        return MAJOR
    return MINOR if new.missing(old.tables) else PATCH


def step(old: Contract, new: Contract) -> int:
    """Which of its numbers the version moves."""
    return next(place for place, (was, becomes) in enumerate(zip(old.order, new.order, strict=True)) if was != becomes)
