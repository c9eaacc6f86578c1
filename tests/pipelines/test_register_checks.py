"""Asset checks of the register: the rule of five to ten, and reviews."""

import dagster as dg
import pytest

from pipelines.lint import Finding, Severity
from pipelines.register_checks import CHECKS, result


def finding(code: str, kpi_id: str | None = None) -> Finding:
    return Finding(Severity.WARNING, kpi_id, code, f"says {code}")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("five_to_ten_kpis", "few"),
        ("five_to_ten_kpis", "many"),
        ("reviews_in_time", "review"),
        ("reviews_in_time", "due"),
        ("reviews_in_time", "overdue"),
    ],
)
def test_what_the_linter_finds_fails_its_check_and_no_other(name: str, code: str) -> None:
    passed = {check: result(check, [finding(code)]).passed for check in CHECKS}
    assert passed == {check: check != name for check in CHECKS}


def test_a_finding_warns_in_its_own_words_with_the_kpi() -> None:
    found = result("reviews_in_time", [finding("overdue", "csat")])
    assert (found.severity, found.description) == (dg.AssetCheckSeverity.WARN, "csat: says overdue")


def test_nothing_found_passes() -> None:
    assert all(result(check, []).passed for check in CHECKS)


def test_what_belongs_to_no_check_fails_none() -> None:
    assert all(result(check, [finding("owner", "csat")]).passed for check in CHECKS)
