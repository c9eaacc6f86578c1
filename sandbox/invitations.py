"""Whom the account of a survey platform asked, and what of their answers is known by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.company import World
from sandbox.company.questionnaires import ACCOUNTS, Account

_SQL = """
    SELECT response_id, order_id, asked_at, answered_at, score
    FROM survey_invitations LEFT JOIN (
        SELECT response_id, answered_at, score FROM surveys WHERE known_at <= $clock) USING (response_id)
    WHERE tool = $tool AND account_id = $account AND asked_at <= $clock ORDER BY asked_at, response_id"""


@dataclass(frozen=True)
class Invitation:
    """One customer who was asked. The id is of 32 hex digits; without an answer there is no score. Times are UTC."""

    id: str
    order_id: int
    asked_at: datetime
    answered_at: datetime | None
    score: int | None

    @property
    def number(self) -> int:
        """The id as a whole number of fifteen digits, for platforms that count."""
        return 10**14 + int(self.id[:16], 16) % (9 * 10**14)

    @property
    def customer(self) -> str:
        """An address such as people leave in a survey."""
        return f"klant{self.order_id % 100_000}@example.com"


def accounts(platform: str) -> dict[str, Account]:
    """The accounts of a platform by id."""
    return {account.account_id: account for account in ACCOUNTS if account.platform == platform}


def invitations(world: World, account: Account) -> list[Invitation]:
    """All of an account, oldest first."""
    params = {"tool": account.platform, "account": account.account_id, "clock": world.clock}
    return [
        Invitation(name, order, asked.replace(tzinfo=UTC), answered and answered.replace(tzinfo=UTC), score)
        for name, order, asked, answered, score in world.query(_SQL, params)
    ]
