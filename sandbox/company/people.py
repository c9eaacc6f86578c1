"""Customers' names and addresses: invented, at domains that exist for no one."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company.chance import Chance, Ints

FIRST = np.array(
    "Emma Daan Sophie Lucas Julia Sem Mila Finn Tess Levi Anna Noah Eva Milan Sara Bram Lotte Luuk Fleur Thijs Noor "
    "Jesse Lieke Lars Roos Stijn Isa Ruben Elin Jan Marie Pieter Hannah Jonas Lena Wout Charlotte Arthur Louise Leon".split(),
    object,
)
LAST = np.array(
    ["de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder",
     "Bos", "Peters", "Hendriks", "van Dijk", "Dekker", "Brouwer", "Peeters", "Maes", "Claes", "Wouters", "Goossens",
     "Schmidt", "Weber", "Fischer", "Koch", "Vermeulen", "van Leeuwen", "Kok", "Jacobs", "de Smet"],
    object,
)  # fmt: skip
DOMAINS = np.array(["example.com", "example.org", "example.net", "mail.example", "post.example"], object)
STATES = np.array(["SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED"], object)


def columns(chance: Chance, customer_id: Ints, created: Ints, country: Any) -> dict[str, Any]:
    """Columns of customers. One e-mail address in thirty is written with capitals and a space, as people do."""
    first = FIRST[chance.choice("first name", customer_id, np.ones(len(FIRST)))]
    last = LAST[chance.choice("last name", customer_id, np.ones(len(LAST)))]
    domain = DOMAINS[chance.choice("domain", customer_id, (5, 3, 3, 2, 2))]
    sloppy = chance.hits("sloppy", customer_id, 1 / 30)
    people = zip(first, last, customer_id.tolist(), domain, sloppy, strict=True)
    email = np.array([_email(*person) for person in people], object)
    state = STATES[chance.choice("marketing", customer_id, (0.46, 0.46, 0.08))]
    return {
        "customer_id": customer_id, "created_at": created, "first_name": first, "last_name": last, "email": email,
        "country": country, "marketing_state": state,
    }  # fmt: skip


def _email(first: str, last: str, number: int, domain: str, sloppy: bool) -> str:
    local = f"{first}.{last.replace(' ', '')}.{number % 100_000_000_000}"
    return f" {local}@{domain}" if sloppy else f"{local}@{domain}".lower()
