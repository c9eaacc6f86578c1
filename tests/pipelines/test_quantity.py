"""Targets are numbers with a unit."""

import pytest

from pipelines.quantity import Quantity, fits, parse


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3 %", 0.03, "ratio"),
        ("2,4 %", 0.024, "ratio"),
        ("€ 25", 25.0, "EUR"),
        ("€ 80.000", 80000.0, "EUR"),
        ("1.234,56 euro", 1234.56, "EUR"),
        ("8 op 10", 8.0, "score"),
        ("42 dagen", 42.0, "days"),
        ("6 weken", 42.0, "days"),
        ("12000", 12000.0, ""),
        (3, 3.0, ""),
        (2.5, 2.5, ""),
    ],
)
def test_a_quantity_is_read_as_people_write_it(text: str | float, value: float, unit: str) -> None:
    assert parse(text) == Quantity(pytest.approx(value), unit)


@pytest.mark.parametrize("wish", ["klanttevredenheid verbeteren", "", "veel", "8 van de 5", "%", True])
def test_a_wish_is_no_target(wish: str) -> None:
    with pytest.raises(ValueError, match="no number with a unit"):
        parse(wish)


def test_a_bare_number_fits_every_unit() -> None:
    assert fits(parse("5"), "EUR")
    assert not fits(parse("5 %"), "EUR")
