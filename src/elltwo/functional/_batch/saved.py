"""What files of batches and groups of ridge regressions hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import (
    NAMES,
    any_floats,
    finite_floats,
    floats,
    integers,
    labels,
    optional,
    record,
    require_grid,
    taken_names,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._batch.alpha_choice import Choice
from elltwo.functional._batch.cv_record import BatchCVFit
from elltwo.functional._batch.groups_record import GroupedCVFit, GroupedFit
from elltwo.functional._batch.record import BatchFit

if TYPE_CHECKING:
    from elltwo.functional._batch.batched import Batched

BATCHED = {
    "coef": finite_floats("batch", "*t", "p"),
    "intercept": finite_floats("batch", "*t"),
    "alpha": floats("batch"),
    **NAMES,
}
GROUPED = {"groups": labels("batch"), "n_rows": integers("batch"), "fits": record("BatchFit")}
CHOICE = {
    "alpha": floats("batch"),
    "alphas": any_floats,
    "scores": floats("batch", "a"),
    "score_errors": optional(floats("batch", "a")),
}


def _batch_fit(**given: Any) -> BatchFit:  # noqa: ANN401
    names = taken_names(given)
    return BatchFit(**given, names=names)


def require_length(fits: Batched, length: int) -> None:
    """Refuse fits that are not as many as something else of a record."""
    if len(fits) != length:
        raise SavedValueError(f"there are {len(fits)} fits for {length}")


def _choice(**given: Any) -> Choice:  # noqa: ANN401
    choice = Choice(**given)
    require_grid(choice.alphas, choice.scores)
    return choice


def _batch_cv_fit(fit: BatchFit, choice: Choice) -> BatchCVFit:
    require_length(fit, len(choice.alpha))
    return BatchCVFit(fit, choice)


def _grouped_fit(**given: Any) -> GroupedFit:  # noqa: ANN401
    require_length(given["fits"], len(given["groups"]))
    return GroupedFit(**given)


def _grouped_cv_fit(**given: Any) -> GroupedCVFit:  # noqa: ANN401
    require_length(given["fits"], len(given["groups"]))
    require_length(given["fits"], len(given["choice"].alpha))
    return GroupedCVFit(**given)


_OF_EACH = dict.fromkeys(("optimality", "rcond"), floats("batch"))
KINDS = (
    Kind("BatchFit", {**BATCHED, **_OF_EACH, "info": record("SolveInfo")}, _batch_fit),
    Kind("Choice", CHOICE, _choice),
    Kind("BatchCVFit", {"fit": record("BatchFit"), "choice": record("Choice")}, _batch_cv_fit),
    Kind("GroupedFit", GROUPED, _grouped_fit),
    Kind("GroupedCVFit", {**GROUPED, "choice": record("Choice")}, _grouped_cv_fit),
)
