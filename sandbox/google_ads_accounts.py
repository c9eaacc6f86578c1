"""The accounts that the sandbox user can reach, and through which manager.

The user of the refresh token is invited to the shop's own account and to the agency's manager account. The agency's
German account is reached through the manager only, so that a forgotten login-customer-id shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.google_ads_errors import NO_PERMISSION, AdsError


@dataclass(frozen=True)
class Account:
    """One customer. `direct`: the user was invited to it; `managers`: accounts above it."""

    id: str
    name: str
    currency: str
    time_zone: str
    manager: bool = False
    direct: bool = False
    managers: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """`customers/<id>`."""
        return f"customers/{self.id}"


MANAGER = "9990001112"
ACCOUNTS: dict[str, Account] = {
    account.id: account
    for account in (
        Account("1112223334", "Duurzame Mode", "EUR", "Europe/Amsterdam", direct=True, managers=(MANAGER,)),
        Account("5556667778", "Duurzame Mode (agency)", "GBP", "Europe/London", managers=(MANAGER,)),
        Account(MANAGER, "Agency manager", "EUR", "Europe/Amsterdam", manager=True, direct=True),
    )
}


def account_for(customer_id: str, login_customer_id: str | None) -> Account:
    """The account of the path, if the user may act on it as login_customer_id; raises AdsError."""
    if not re.fullmatch(r"\d{10}", customer_id):
        raise AdsError(400, "requestError", "INVALID_CUSTOMER_ID", f"Invalid customer ID '{customer_id}'.")
    if login_customer_id is not None and not re.fullmatch(r"\d{10}", login_customer_id):
        raise AdsError(
            400, "headerError", "INVALID_LOGIN_CUSTOMER_ID",
            f"The login customer ID could not be validated: '{login_customer_id}'.",
        )  # fmt: skip
    account, login = ACCOUNTS.get(customer_id), ACCOUNTS.get(login_customer_id or customer_id)
    if account is None or login is None or not login.direct or login.id not in (account.id, *account.managers):
        raise AdsError(403, "authorizationError", "USER_PERMISSION_DENIED", NO_PERMISSION)
    return account


def tree(account: Account) -> list[tuple[Account, int]]:
    """The account and all below it, each with its level."""
    below = [(child, 1) for child in ACCOUNTS.values() if account.id in child.managers]
    return [(account, 0), *below]


def accessible() -> list[str]:
    """Resource names of the accounts that the user is invited to."""
    return [account.resource for account in ACCOUNTS.values() if account.direct]
