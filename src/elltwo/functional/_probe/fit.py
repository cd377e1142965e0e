"""A linear layer on features that a network has made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.class_weight import class_factors
from elltwo.functional._base.classes import Labels, read_labels
from elltwo.functional._base.options import flag
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import design_matrix, float64_array, row_weights, targets
from elltwo.functional._probe.layer import Layer, Rows
from elltwo.functional._probe.record import LinearProbe
from elltwo.functional._probe.rows_fit import fit_rows, scores_of
from elltwo.functional._probe.task import Task, read_cv, read_loss

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


@public("elltwo")
def linear_probe(
    features: npt.ArrayLike,
    y: Any,  # noqa: ANN401  # whatever has labels, or values
    *,
    loss: str = "softmax",
    cv: Any = None,  # noqa: ANN401  # a name, a number of folds, a splitter or pairs of indices
    validation: tuple[Any, ...] | None = None,
    alphas: npt.ArrayLike | None = None,
    prior: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    sample_weight: npt.ArrayLike | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    fit_intercept: bool = True,
    n_threads: int | None = None,
) -> LinearProbe:
    r"""Fit a linear layer to features, such as a network's, with its penalty chosen on other rows.

    For "softmax" the layer minimises the objective of `logistic` over the classes of y, for
    "sigmoid" that of two classes for every output on its own, for "squared_error" that of `ridge`:
    sums over rows, with the penalty

    .. math::
        \frac{\alpha}{2} \sum_{kj} (b_{kj} - m_{kj})^2, \qquad
        \text{or for squared error} \quad \alpha \sum_{kj} (b_{kj} - m_{kj})^2 .

    Without `prior`, m is zero and biases are free. With it, m is `prior` and the sums go over the
    biases too, so that ``alpha = inf`` returns `prior` as it is.

    Features that were trained on the rows at hand deceive every choice among these rows, by
    leave-one-out and by folds alike: a network that interpolates its training rows leaves features
    that predict them perfectly, and the smallest alpha looks best. Choose alpha on rows that the
    network has not seen: pass them as `validation`. The layer is then fitted to all rows at that
    alpha.

    Parameters
    ----------
    features : array-like of shape (n_samples, n_features)
        Inputs of the layer, finite. float32 and float64 arrays are read in place, memory maps
        included, unless there are `validation` or `prior`, which make a copy.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels of two or more classes ("softmax"); zeros and ones ("sigmoid") or values
        ("squared_error") of every output.
    loss : {"softmax", "sigmoid", "squared_error"}, default="softmax"
        The loss of the layer.
    cv : {"alo", "loo", "gcv"}, int, splitter or list, default=None
        How alpha is chosen among the rows of `features`: "alo" or folds for log loss, see
        `logistic_cv`; "loo", "gcv" or folds for squared error, see `ridge_cv`. None lets
        `validation` choose, and needs it.
    validation : tuple (features, y) or (features, y, sample_weight), default=None
        Further rows, which choose alpha unless `cv` does.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], which is continued where the best of several is the smallest
        or the largest; None stands for one made for the data.
    prior : tuple (coef, intercept), default=None
        A layer to shrink to: coef of shape (n_outputs, n_features), with one row for two classes,
        and intercept of shape (n_outputs,).
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of rows, not negative.
    class_weight : dict or "balanced", default=None
        Weights of classes ("softmax" alone), which multiply those of all their rows, of validation
        too; see `logistic`. "balanced" counts the rows of `features`.
    fit_intercept : bool, default=True
        Whether the layer has biases.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`. The answer does not depend
        on it.

    Returns
    -------
    LinearProbe
        Record with `coef`, `intercept`, `alpha`, `fits`, `info`, `before`, `after` and `notes`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If nothing chooses alpha, shapes disagree, a value is out of its range, or the data hold NaN
        or infinity.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If a fit did not reach its tolerance.
    elltwo.exceptions.SeparationWarning
        If an alpha of 0 was chosen, and features separate the classes.

    See Also
    --------
    logistic_cv, ridge_cv : The fits, on their own.

    References
    ----------
    .. [1] G. Alain and Y. Bengio (2017). Understanding intermediate layers using linear classifier
       probes. ICLR workshop.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(90, 3))
    >>> y = (X @ [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 1.0, 0.0]]).argmax(axis=1)
    >>> probe = elltwo.linear_probe(X[:60], y[:60], validation=(X[60:], y[60:]))
    >>> probe.coef.shape
    (3, 3)
    >>> probe.after.validation.accuracy > 0.9
    True
    """
    loss = read_loss(loss)
    cv = read_cv(cv, loss, has_validation=validation is not None)
    parts = [_read_part("", features, y, sample_weight)]
    if validation is not None:
        parts.append(_read_part("validation ", *_unpacked(validation)))
    rows, classes = _stacked(parts, loss)
    n_train, fit_intercept = len(parts[0][0]), flag(fit_intercept, "fit_intercept")
    if class_weight is not None:
        rows = _weighed_by_class(rows, n_train, classes, class_weight)
    shrunk_to = None
    if prior is not None:
        shrunk_to = _read_prior(prior, rows, classes)
        ones = np.ones((len(rows.X), int(fit_intercept)), rows.X.dtype)
        rows = rows._replace(X=np.concatenate([rows.X, ones], axis=1))
        if not fit_intercept and np.any(shrunk_to.coef[:, -1]):
            raise ValueError("prior must have intercepts of 0 where fit_intercept is False")
        shrunk_to = shrunk_to._replace(coef=shrunk_to.coef[:, : rows.X.shape[1]])
    probed = fit_rows(rows, n_train, Task(loss, cv, alphas, shrunk_to, fit_intercept, n_threads))
    before = None if shrunk_to is None else scores_of(shrunk_to, rows, n_train, loss)
    layer = probed.layer if shrunk_to is None or not fit_intercept else probed.layer.without_ones()
    return LinearProbe(
        loss, *layer, classes, probed.alpha, probed.fits, before, probed.after, probed.notes
    )


def _weighed_by_class(
    rows: Rows, n_train: int, classes: AnyArray | None, class_weight: Mapping[Any, float] | str
) -> Rows:
    """Return the rows with the weights of their classes as well."""
    if classes is None:
        raise ValueError("class_weight must be None unless loss is 'softmax'")
    fitted = rows.part(slice(n_train))
    factors = class_factors(fitted.weight, class_weight, Labels(classes, fitted.y))
    by_row = factors[rows.y]
    return rows._replace(weight=by_row if rows.weight is None else by_row * rows.weight)


def _unpacked(validation: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401  # whatever was passed
    if not isinstance(validation, tuple) or len(validation) not in {2, 3}:
        raise TypeError("validation must be a tuple (features, y) or (features, y, sample_weight)")
    X, y, *weight = validation
    return X, y, weight[0] if weight else None


def _read_part(
    which: str,
    features: Any,  # noqa: ANN401  # whatever was passed
    y: Any,  # noqa: ANN401  # whatever was passed
    weight: Any,  # noqa: ANN401  # whatever was passed
) -> tuple[FloatArray, Any, Float64Array | None]:
    try:
        X = design_matrix(features)
        _require_finite(X)
        return X, y, row_weights(weight, len(X))
    except (TypeError, ValueError) as error:
        if not which:
            raise
        raise type(error)(f"{which}{error}") from error


def _require_finite(X: FloatArray) -> None:
    with np.errstate(all="ignore"):
        if np.isfinite(X.sum()):
            return
    bad = np.argwhere(~np.isfinite(X))
    if len(bad):
        row, column = bad[0]
        raise ValueError(f"features hold {X[row, column]} at row {row}, column {column}")


def _stacked(
    parts: list[tuple[FloatArray, Any, Float64Array | None]], loss: str
) -> tuple[Rows, AnyArray | None]:
    """Return the rows of all parts with y as numbers, and the classes if there are any."""
    matrices = [X for X, _, _ in parts]
    if len({X.shape[1] for X in matrices}) > 1:
        raise ValueError(
            f"validation must have the {matrices[0].shape[1]} feature(s) of features, got "
            f"{matrices[1].shape[1]}"
        )
    X = matrices[0] if len(matrices) == 1 else np.concatenate(matrices)
    weights = [weight for _, _, weight in parts]
    weight = None
    if any(one is not None for one in weights):
        filled = [
            np.ones(len(M)) if w is None else w for M, w in zip(matrices, weights, strict=True)
        ]
        weight = np.concatenate(filled)
    if loss == "softmax":
        labels = read_labels(_joined([y for _, y, _ in parts], matrices), len(X))
        _require_known(labels.codes, labels.classes, len(matrices[0]))
        return Rows(X, labels.codes.astype(np.int64), weight), labels.classes
    Y = [_columns(y, len(M)) for M, (_, y, _) in zip(matrices, parts, strict=True)]
    if len({columns.shape[1] for columns in Y}) > 1:
        raise ValueError("y of validation must have as many outputs as y")
    values = np.concatenate(Y)
    if loss == "sigmoid":
        _require_two_classes(values)
    return Rows(X, values, weight), None


def _require_known(codes: AnyArray, classes: AnyArray, n_train: int) -> None:
    """Refuse labels that the rows of validation alone have: nothing fitted could predict them."""
    unknown = ~np.isin(codes[n_train:], codes[:n_train])
    if unknown.any():
        row = int(unknown.argmax())
        (label,) = classes[codes[n_train + row :][:1]].tolist()
        raise ValueError(f"validation y holds {label!r} in row {row}, which y does not hold")


def _joined(parts: list[Any], matrices: list[FloatArray]) -> Any:  # noqa: ANN401  # labels
    if len(parts) == 1:
        return parts[0]
    for X, y in zip(matrices, parts, strict=True):
        if len(y) != len(X):
            raise ValueError(f"features and y must have the same rows, got {len(X)} and {len(y)}")
    return [label for y in parts for label in np.asarray(y).tolist()]


def _columns(y: Any, n_rows: int) -> Float64Array:  # noqa: ANN401  # whatever was passed
    values = targets(y, n_rows)
    return values if values.ndim == 2 else values[:, np.newaxis]


def _require_two_classes(values: Float64Array) -> None:
    other = ~np.isin(values, (0.0, 1.0))
    if other.any():
        row, output = np.argwhere(other)[0]
        raise ValueError(
            f"y must be 0 or 1 for loss='sigmoid', got {values[row, output]} at row {row}, output "
            f"{output}"
        )
    constant = np.flatnonzero(values.min(axis=0) == values.max(axis=0))
    if constant.size:
        raise ValueError(f"y must hold zeros and ones, and output {constant[0]} holds one of them")


def _read_prior(prior: Any, rows: Rows, classes: AnyArray | None) -> Layer:  # noqa: ANN401
    """Return the layer with its biases as weights of one more feature."""
    if not isinstance(prior, tuple) or len(prior) != 2:
        raise TypeError("prior must be a tuple (coef, intercept)")
    n_outputs = rows.y.shape[1] if classes is None else len(classes)
    n_outputs = 1 if classes is not None and n_outputs == 2 else n_outputs
    coef = np.atleast_2d(float64_array(prior[0], "prior coef"))
    intercept = np.atleast_1d(float64_array(prior[1], "prior intercept"))
    wanted = (n_outputs, rows.X.shape[1])
    if coef.shape != wanted or intercept.shape != (n_outputs,):
        raise ValueError(
            f"prior must have shapes {wanted} and {wanted[:1]}, got {coef.shape} and "
            f"{intercept.shape}"
        )
    both = np.concatenate([coef, intercept[:, np.newaxis]], axis=1)
    if not np.isfinite(both).all():
        raise ValueError("prior must be finite")
    return Layer(both, np.zeros(n_outputs))
