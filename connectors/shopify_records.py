"""What is read from Shopify, as data: fields, paths, and the two forms of one question, by the page and in bulk.

Both forms are made from the same fields, and both give the same rows: dictionaries as Shopify sends them. A row that
hangs under another record (a line of an order) carries that record as `parent`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
_PAGE_INFO = "pageInfo { hasNextPage endCursor }"


@dataclass(frozen=True)
class Records:
    """One kind of row.

    `name` is the stream's; `root` is the connection that is asked for, `fields` what is read of its nodes. Rows are
    the nodes themselves, or the members of their list `members`, or the nodes of their connection `children` with
    `child_fields`. `paths` maps a column to its place in a row; `days` a date column to the instant that it is the
    day of, in the shop's time zone; `hashed` a column to the text that it is the pseudonym of.
    """

    name: str
    root: str
    fields: str
    paths: Mapping[str, str]
    days: Mapping[str, str]
    page_rows: int
    hashed: Mapping[str, str] = field(default_factory=dict)
    members: str = ""
    children: str = ""
    child_fields: str = ""
    child_rows: int = 20

    @property
    def page_query(self) -> str:
        """Variables: first, after, query, and children (the first so many of each node's)."""
        nested = f"{self.children}(first: $children) {{ nodes {{ {self.child_fields} }} {_PAGE_INFO} }}"
        fields = f"{self.fields} {nested}" if self.children else self.fields
        declared = ", $children: Int!" if self.children else ""
        return (
            f"query Page($first: Int!, $after: String, $query: String{declared}) "
            f"{{ {self.root}(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) "
            f"{{ nodes {{ {fields} }} {_PAGE_INFO} }} }}"
        )

    @property
    def children_query(self) -> str:
        """The further children of one node. Variables: id, first, after."""
        return (
            "query Children($id: ID!, $first: Int!, $after: String) "
            f"{{ node: {self.root.removesuffix('s')}(id: $id) {{ {self.children}(first: $first, after: $after) "
            f"{{ nodes {{ {self.child_fields} }} {_PAGE_INFO} }} }} }}"
        )

    def bulk_query(self, changed_since: str) -> str:
        """The whole, for bulkOperationRunQuery: no variables, no `first`, connections as edges."""
        nested = f"{self.children} {{ edges {{ node {{ {self.child_fields} }} }} }}" if self.children else ""
        term = search_term(changed_since)
        return f'{{ {self.root}(query: "{term}") {{ edges {{ node {{ {self.fields} {nested} }} }} }} }}'

    def rows(self, nodes: Iterable[Row]) -> list[Row]:
        """The rows that complete nodes hold."""
        if self.children:
            return [child | {"parent": node} for node in nodes for child in node[self.children]["nodes"]]
        if self.members:
            return [member | {"parent": node} for node in nodes for member in node[self.members]]
        return list(nodes)


def search_term(changed_since: str) -> str:
    """Shopify's search syntax for records changed at or after an instant (ISO 8601, UTC)."""
    return f"updated_at:>='{changed_since}'"


def _money(name: str) -> str:
    return f"{name} {{ shopMoney {{ amount }} }}"


ORDERS = Records(
    name="orders",
    root="orders",
    page_rows=100,
    fields=f"""
        id name createdAt processedAt updatedAt cancelledAt test currencyCode displayFinancialStatus sourceName
        shippingAddress {{ countryCodeV2 }}
        {_money("totalPriceSet")} {_money("subtotalPriceSet")} {_money("totalDiscountsSet")} {_money("totalTaxSet")}
        {_money("totalShippingPriceSet")} {_money("totalRefundedSet")}
        customer {{ id }}
        customerJourneySummary {{ customerOrderIndex lastVisit {{ utmParameters {{ source medium campaign }} }} }}
    """,
    paths={
        "order_id": "id",
        "order_name": "name",
        "created_at": "createdAt",
        "processed_at": "processedAt",
        "updated_at": "updatedAt",
        "cancelled_at": "cancelledAt",
        "test": "test",
        "currency": "currencyCode",
        "financial_status": "displayFinancialStatus",
        "source_name": "sourceName",
        "country": "shippingAddress.countryCodeV2",
        "total_amount": "totalPriceSet.shopMoney.amount",
        "subtotal_amount": "subtotalPriceSet.shopMoney.amount",
        "discount_amount": "totalDiscountsSet.shopMoney.amount",
        "tax_amount": "totalTaxSet.shopMoney.amount",
        "shipping_amount": "totalShippingPriceSet.shopMoney.amount",
        "refunded_amount": "totalRefundedSet.shopMoney.amount",
        "customer_id": "customer.id",
        "customer_order_index": "customerJourneySummary.customerOrderIndex",
        "utm_source": "customerJourneySummary.lastVisit.utmParameters.source",
        "utm_medium": "customerJourneySummary.lastVisit.utmParameters.medium",
        "utm_campaign": "customerJourneySummary.lastVisit.utmParameters.campaign",
    },
    days={"order_date": "processedAt"},
)

ORDER_LINES = Records(
    name="order_lines",
    root="orders",
    page_rows=25,
    fields="id processedAt updatedAt currencyCode",
    children="lineItems",
    child_fields=f"""
        id sku title quantity currentQuantity product {{ id productType }} {_money("discountedUnitPriceSet")}
    """,
    paths={
        "order_id": "parent.id",
        "line_id": "id",
        "updated_at": "parent.updatedAt",
        "sku": "sku",
        "product_id": "product.id",
        "title": "title",
        "product_type": "product.productType",
        "quantity": "quantity",
        "current_quantity": "currentQuantity",
        "unit_price": "discountedUnitPriceSet.shopMoney.amount",
        "currency": "parent.currencyCode",
    },
    days={"order_date": "parent.processedAt"},
)

REFUNDS = Records(
    name="refunds",
    root="orders",
    page_rows=100,
    fields="id updatedAt refunds { id processedAt updatedAt totalRefundedSet { shopMoney { amount currencyCode } } }",
    members="refunds",
    paths={
        "refund_id": "id",
        "order_id": "parent.id",
        "updated_at": "updatedAt",
        "processed_at": "processedAt",
        "amount": "totalRefundedSet.shopMoney.amount",
        "currency": "totalRefundedSet.shopMoney.currencyCode",
    },
    days={"refund_date": "processedAt"},
)

CUSTOMERS = Records(
    name="customers",
    root="customers",
    page_rows=100,
    fields="""
        id createdAt updatedAt numberOfOrders amountSpent { amount currencyCode }
        defaultEmailAddress { emailAddress marketingState }
    """,
    paths={
        "customer_id": "id",
        "created_at": "createdAt",
        "updated_at": "updatedAt",
        "number_of_orders": "numberOfOrders",
        "amount_spent": "amountSpent.amount",
        "currency": "amountSpent.currencyCode",
        "marketing_state": "defaultEmailAddress.marketingState",
    },
    days={"created_date": "createdAt"},
    hashed={"email_hash": "defaultEmailAddress.emailAddress"},
)
