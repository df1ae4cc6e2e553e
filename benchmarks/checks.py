"""The 60 checks that mlgate and every peer are asked, in words of no tool, and what is planted in the data.

Each peer translates this list into its own language. The ids are those of mlgate's items in `orders.gate.yaml`. Standard library only: this
module is imported in the environments of all peers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_CODES = (
    "AR AT AU BD BE BR CA CH CL CN CO CZ DE DK EG ES FI FR GB GR HK HU ID IE IL IN IR IT JP KE KR MA MX MY NG NL NO NZ PE PH"
    " PK PL PT RO SE SG TH TR UA US"
)
COUNTRIES = tuple(_CODES.split())
CHANNELS = ("web", "app", "store", "phone", "partner")
PRODUCTS = tuple(f"P{number:03}" for number in range(200))
NOW = "2026-02-01T00:00:00"
PSI_AT_MOST = 0.1
PSI_BINS = 10


@dataclass(frozen=True)
class Check:
    """One check: `kind` says which keys of `args` there are, `passes` what is true of the data that `make_data` makes."""

    id: str
    kind: str
    column: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    passes: bool = True


def _nulls() -> list[Check]:
    shares = {
        "order_id": 0,
        "customer_id": 0,
        "created_at": 0,
        "shipped_at": 0.04,
        "amount": 0.02,
        "total": 0.02,
        "weight_kg": 0.03,
        "age": 0.06,
        "country": 0,
        "channel": 0,
        "email": 0.02,  # planted: 3 % are null
        "rating": 0.05,  # planted: 4 % are null and 4 % NaN
    }
    broken = {"email", "rating"}
    return [Check(f"contract.{name}.null_share", "null_share", name, {"at_most": most}, name not in broken) for name, most in shares.items()]


def _ranges() -> list[Check]:
    bounds = {
        "customer_id": (1, 1_000_000_000),
        "amount": (0, 100_000),
        "discount": (0, 50_000),
        "quantity": (1, 100),
        "weight_kg": (0, 500),
        "distance_km": (0, 5_000),
        "score": (0, 1),
        "age": (18, 99),  # planted: five rows of 117
        "rating": (1, 5),
    }
    return [Check(f"contract.{name}.values", "between", name, {"low": low, "high": high}, name != "age") for name, (low, high) in bounds.items()]


def _sets_and_patterns() -> list[Check]:
    return [
        Check("contract.channel.values", "in", "channel", {"values": CHANNELS}),
        Check("contract.country.values", "in", "country", {"values": COUNTRIES}, False),  # planted: seven rows of XX
        Check("contract.product.values", "in", "product", {"values": PRODUCTS}),
        Check("retired.product.values", "not_in", "product", {"values": ("P200", "P201", "P900")}),
        Check("contract.order_id.values", "matches", "order_id", {"pattern": "^[0-9A-F]{10}$"}),
        Check("contract.session.values", "matches", "session", {"pattern": "^[a-z]{2}-[0-9]{6}$"}),
        Check("contract.email.values", "matches", "email", {"pattern": "^[^@]+@[^@]+[.][a-z]+$"}, False),  # planted: nine without @
        Check("contract.order_id.unique", "unique", "order_id"),
    ]


def _rules() -> list[Check]:
    def rule(name: str, require: str, *columns: str, when: str = "", passes: bool = True) -> Check:
        return Check(name, "rule", args={"require": require, "when": when, "columns": columns}, passes=passes)

    return [  # a condition that is null is no violation
        rule("sums", "abs(total - (amount - discount + tax)) < 0.01", "total", "amount", "discount", "tax"),
        rule("discounted", "discount <= amount", "discount", "amount"),
        rule("taxed", "tax >= 0 and tax <= 0.3 * amount", "tax", "amount"),
        rule("shipped-later", "shipped_at >= created_at", "shipped_at", "created_at", passes=False),  # planted: eleven rows
        rule("store-is-near", "distance_km = 0", "distance_km", "channel", when="channel = 'store'"),
        rule("members-score", "score >= 0.2", "score", "is_member", when="is_member"),
    ]


def _statistics() -> list[Check]:
    means = {"amount": (44, 48), "score": (0.49, 0.51), "quantity": (6.2, 6.8), "age": (40, 44)}
    quantiles = {("amount", 0.5): (32, 34), ("amount", 0.99): (200, 226), ("weight_kg", 0.5): (3.2, 3.5), ("distance_km", 0.9): (405, 450)}
    return [
        *(Check(f"contract.{name}.mean", "mean", name, {"low": low, "high": high}) for name, (low, high) in means.items()),
        Check("contract.score.std", "std", "score", {"low": 0.28, "high": 0.30}),
        *(
            Check(f"contract.{name}.quantiles.{share:g}", "quantile", name, {"share": share, "low": low, "high": high})
            for (name, share), (low, high) in quantiles.items()
        ),
    ]


def _drift() -> list[Check]:
    numbers = ("amount", "discount", "tax", "total", "quantity", "weight_kg", "distance_km", "score", "age", "rating")
    categories = ("country", "channel", "product", "is_member")
    drifted = {"distance_km"}  # planted: distances are longer by two thirds
    return [
        Check(f"psi.{name}", "psi", name, {"numeric": name in numbers, "at_most": PSI_AT_MOST}, name not in drifted)
        for name in (*numbers, *categories)
    ]


CHECKS: tuple[Check, ...] = (
    Check("volume", "rows", args={"at_least": 1_000}),
    Check("fresh", "freshness", "created_at", {"now": NOW, "within_s": 3600}),
    *_nulls(),
    *_ranges(),
    *_sets_and_patterns(),
    *_rules(),
    *_statistics(),
    *_drift(),
)
BY_ID = {check.id: check for check in CHECKS}
