"""What files of networks of scikit-learn's kind hold."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sklearn.preprocessing import LabelBinarizer

from elltwo.functional._base.saved_fields import (
    among,
    any_finite_floats,
    integer,
    labels,
    optional,
    plain,
    record,
    several,
    size,
    struct,
    text,
)
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.linear_model._saved_content import estimator_kind, require_names
from elltwo.neural_network._mlp_classifier import MLPClassifier
from elltwo.neural_network._mlp_regressor import MLPRegressor

if TYPE_CHECKING:
    from elltwo.functional._base.saved_kinds import Field, Where

_BINARIZER = struct(
    {
        "neg_label": integer,
        "pos_label": integer,
        "sparse_output": plain,
        "y_type_": text,
        "sparse_input_": plain,
        "classes_": labels("c"),
    }
)


def _arrays(value: Any, where: Where) -> list[Any]:  # noqa: ANN401
    return list(several(any_finite_floats)(value, where))


def _binarizer(value: Any, where: Where) -> LabelBinarizer:  # noqa: ANN401
    content = _BINARIZER(value, where)
    names = ("neg_label", "pos_label", "sparse_output")
    binarizer = LabelBinarizer(**{name: content.pop(name) for name in names})
    vars(binarizer).update(content)
    return binarizer


_FITTED: dict[str, Field] = {
    "coefs_": _arrays,
    "intercepts_": _arrays,
    "info_": record("MLPInfo"),
    "out_activation_": among("identity", "logistic", "softmax"),
    **dict.fromkeys(("t_", "n_outputs_", "n_layers_", "_no_improvement_count"), size),
    "_optimizer": optional(record("NetworkState")),
    "_label_binarizer": _binarizer,
    **dict.fromkeys(
        ("loss_", "loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"),
        plain,
    ),
}


def _require_layers(network: MLPClassifier | MLPRegressor) -> None:
    """Refuse weights that do not follow each other from the features to the outputs."""
    held = vars(network)
    coefs, intercepts = held.get("coefs_"), held.get("intercepts_")
    if coefs is None and intercepts is None:
        return
    if not coefs or not intercepts or len(coefs) != len(intercepts):
        raise SavedValueError("a network does not have weights and intercepts for each layer")
    if any(
        coef.ndim != 2 or b.shape != coef.shape[1:]
        for coef, b in zip(coefs, intercepts, strict=True)
    ):
        raise SavedValueError("the intercepts of a network do not fit to its weights")
    ends = (coefs[0].shape[0], coefs[-1].shape[1], len(coefs) + 1)
    if (
        any(a.shape[1] != b.shape[0] for a, b in pairwise(coefs))
        or ends != (held.get("n_features_in_"), held.get("n_outputs_"), held.get("n_layers_"))
        or not min(coef.size for coef in coefs)
    ):
        raise SavedValueError("the weights of a network do not lead from features to outputs")
    require_names(network)


KINDS = tuple(
    estimator_kind(kind, _FITTED, _require_layers) for kind in (MLPClassifier, MLPRegressor)
)
