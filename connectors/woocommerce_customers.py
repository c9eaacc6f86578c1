"""WooCommerce's customers: those with an account, under a pseudonym."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import pick
from connectors.load import Load
from connectors.records import columns, note_unknown
from connectors.secret import pseudonym
from connectors.stream import ACCOUNT_ID, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from connectors.woocommerce_api import Record
from connectors.woocommerce_records import CUSTOMER
from connectors.woocommerce_rows import DOCS, changed_since, days, fields, filed, paths

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.woocommerce import WooCommerce


def _pull_customers(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    """Customers changed since the window began. All are read, as the shop cannot be asked for changes of customers."""
    since, key = changed_since(connector, window), connector.company.reveal_hash_key()
    more = ("date_created", "date_modified_gmt", "email")
    params = {"role": "all", "orderby": "id", "order": "asc", "_fields": ",".join(paths(CUSTOMER, more))}
    for customers in connector.api(account).pages("customers", params, load):
        note_unknown(load, CUSTOMER, customers, more)
        changed = [one for one in customers if str(_changed(one)) > since]
        made: dict[str, Any] = columns(CUSTOMER, changed) | {"created_date": days(changed)}
        made["updated_at"] = [_changed(one) for one in changed]
        made["email_hash"] = [pseudonym(email, key) for email in pick(changed, "email")]
        yield filed(CUSTOMERS, made, account, load)


def _changed(customer: Record) -> Any:
    """The last change; an account that was never changed since it was made has none."""
    return customer.get("date_modified_gmt") or customer.get("date_created_gmt")


CUSTOMERS = Stream(
    name="customers",
    description="Customers with an account, without names and addresses; guests are none",
    fields=(
        ACCOUNT_ID,
        *fields(CUSTOMER),
        Field("updated_at", TIMESTAMP, "The last change"),
        Field("created_date", DATE, "The day on which the account was made, by the shop's clock"),
        Field("email_hash", TEXT, "Keyed pseudonym (HMAC-SHA256) of the e-mail address", nullable=True),
    ),
    key=("account_id", "customer_id"),
    kind=Kind.ENTITY,
    day_field="updated_at",
    pull=_pull_customers,
    docs_url=f"{DOCS}customers/",
)
