"""Why a platform's own screen shows X where Kompas says Y: what is known of the difference, and what is not."""

from pipelines.reconcile.answer import Answer, Certainty, Part, Question
from pipelines.reconcile.causes import explain

__all__ = ["Answer", "Certainty", "Part", "Question", "explain"]
