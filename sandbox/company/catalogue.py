"""What the shop sells: clothes that are made to last. Prices in cents, VAT included."""

from __future__ import annotations

import numpy as np

RETURN_SHARE: dict[str, float] = {
    "Jurken": 0.36, "Broeken": 0.33, "Jassen": 0.30, "Schoenen": 0.30, "Truien": 0.22, "Shirts": 0.16,
    "Accessoires": 0.06, "Ondergoed": 0.04,
}  # fmt: skip
"""Share of the units of a product type that come back."""

_PRODUCTS: tuple[tuple[str, str, int, int], ...] = (
    ("Linnen wikkeljurk", "Jurken", 8995, 9), ("Midi-jurk van Tencel", "Jurken", 7995, 8),
    ("Overhemdjurk biokatoen", "Jurken", 8495, 6), ("Feestjurk gerecycled satijn", "Jurken", 12995, 4),
    ("Rechte jeans", "Broeken", 8995, 12), ("Wijde jeans", "Broeken", 9495, 9), ("Linnen broek", "Broeken", 6995, 6),
    ("Chino biokatoen", "Broeken", 7495, 6), ("Corduroy broek", "Broeken", 7995, 4),
    ("Wollen mantel", "Jassen", 18995, 4), ("Regenjas gerecycled nylon", "Jassen", 12995, 5),
    ("Gewatteerde jas", "Jassen", 14995, 4), ("Spijkerjasje", "Jassen", 9995, 4),
    ("Sneakers van druivenleer", "Schoenen", 11995, 7), ("Enkellaarsjes", "Schoenen", 14995, 4),
    ("Espadrilles", "Schoenen", 5995, 3), ("Merino trui", "Truien", 8995, 10), ("Kabeltrui", "Truien", 9995, 6),
    ("Vest van gerecyclede wol", "Truien", 9495, 5), ("Sweater biokatoen", "Truien", 6495, 9),
    ("T-shirt ronde hals", "Shirts", 2495, 22), ("T-shirt V-hals", "Shirts", 2495, 14),
    ("Bretonse streep", "Shirts", 3995, 12), ("Poplin blouse", "Shirts", 5995, 7),
    ("Overhemd flanel", "Shirts", 6495, 5),
    ("Wollen sjaal", "Accessoires", 3995, 7), ("Muts van merinowol", "Accessoires", 2995, 7),
    ("Leren riem", "Accessoires", 3995, 4), ("Canvas tas", "Accessoires", 1995, 9),
    ("Sokken, 3 paar", "Ondergoed", 1795, 18), ("Boxershorts, 2 stuks", "Ondergoed", 2995, 9),
    ("Bralette biokatoen", "Ondergoed", 2995, 6),
)  # fmt: skip

SIZES = ("XS", "S", "M", "L", "XL")
SIZE_WEIGHTS = (0.10, 0.24, 0.30, 0.24, 0.12)
PRODUCT_ID_ZERO = 8_700_000_000_000

TITLES = np.array([title for title, _, _, _ in _PRODUCTS], object)
TYPES = np.array([kind for _, kind, _, _ in _PRODUCTS], object)
PRICES = np.array([price for _, _, price, _ in _PRODUCTS], np.int64)
WEIGHTS = np.array([weight for _, _, _, weight in _PRODUCTS], np.float64)
RETURNS = np.array([RETURN_SHARE[kind] for _, kind, _, _ in _PRODUCTS])
SKUS = np.array([f"DM-{n + 1:03d}-{size}" for n in range(len(_PRODUCTS)) for size in SIZES], object)
"""SKU of (product number, size number) at product * 5 + size."""
