"""Why there is no figure: too little data gives none."""

from enum import StrEnum


class Reason(StrEnum):
    """Why customers have no expected value, as shown beside the empty figure."""

    TOO_SHORT_HISTORY = "too_short_history"
    TOO_FEW_REPEAT_CUSTOMERS = "too_few_repeat_customers"
    NO_DROPOUT_SEEN = "no_dropout_seen"
    INFINITE_MEAN_VALUE = "infinite_mean_value"
    NO_CONVERGENCE = "no_convergence"


class NoFigureError(Exception):
    """A model cannot be fitted to what there is. `reason` is for tables, the message for people."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
