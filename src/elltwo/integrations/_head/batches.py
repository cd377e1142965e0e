"""Batches of features and targets as the rows of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from elltwo.integrations._head.weights import Float64Array

    # features (..., n_features), targets, weights of rows or None
    Batch = tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]


class HeadRows(NamedTuple):
    """Some rows, checked."""

    X: NDArray[np.float32]  #: (n_rows, n_features)
    y: NDArray[Any]  #: classes (n_rows,), or values (n_rows, n_outputs)
    weight: Float64Array | None  #: (n_rows,)


def split_batch(batch: Any, layer: str) -> tuple[Any, Any, Any]:  # noqa: ANN401  # a loader's
    """Return the inputs and targets of a batch, and the weights of its rows or None."""
    if not isinstance(batch, tuple | list) or len(batch) not in {2, 3}:
        raise TypeError(
            f"layer {layer!r}: a batch must be (inputs, targets) or (inputs, targets, weights), "
            f"got {type(batch).__name__}"
        )
    inputs, targets, *weight = batch
    return inputs, targets, weight[0] if weight else None


def with_constant(X: NDArray[np.float32]) -> NDArray[np.float32]:
    """Append the constant 1 as a last feature."""
    return np.concatenate([X, np.ones((len(X), 1), np.float32)], axis=1)


def joined_weights(
    weights: Sequence[Float64Array | None], targets: Sequence[NDArray[Any]]
) -> Float64Array | None:
    """Return the weights of the rows of several batches; None if no batch has any."""
    if all(weight is None for weight in weights):
        return None
    return np.concatenate(
        [
            np.ones(len(y)) if weight is None else weight
            for weight, y in zip(weights, targets, strict=True)
        ]
    )


class Reader:
    """Checks batches of one layer, and names it where they are wrong."""

    def __init__(self, layer: str, n_outputs: int, loss: str, class_weight: Any) -> None:  # noqa: ANN401
        self._layer = layer
        self.n_outputs = n_outputs
        self._loss = loss
        self._class_weight = _read_class_weight(class_weight, n_outputs, loss)

    def read(self, batches: Iterable[Batch], which: str) -> Iterator[HeadRows]:
        """Yield the rows of batches; `which` names them in messages."""
        n_rows = 0
        for features, targets, weight in batches:
            rows = self._rows(
                features, targets, weight, f"the batch of {which} from row {n_rows} on"
            )
            n_rows += len(rows.X)
            if len(rows.X):
                yield rows
        if n_rows == 0:
            raise ValueError(f"layer {self._layer!r}: {which} gave no rows")

    def require_classes(self, counts: NDArray[np.int64]) -> None:
        """Refuse outputs that no row belongs to, or whose rows are all of one kind."""
        missing = np.flatnonzero(counts == 0)
        if missing.size == 0:
            return
        raise ValueError(
            f"layer {self._layer!r}: no row is of class {missing[0]}, of {self.n_outputs}; its "
            "bias would be minus infinity"
        )

    def require_both(self, low: Float64Array, high: Float64Array) -> None:
        """Refuse outputs of which all targets are equal."""
        constant = np.flatnonzero(low == high)
        if constant.size:
            raise ValueError(
                f"layer {self._layer!r}: all targets of output {constant[0]} are "
                f"{low[constant[0]]:g}; a separate fit needs zeros and ones"
            )

    def _rows(
        self, features: NDArray[Any], targets: NDArray[Any], weight: NDArray[Any] | None, where: str
    ) -> HeadRows:
        shape = features.shape[:-1]
        X = np.ascontiguousarray(features.reshape(-1, features.shape[-1]), dtype=np.float32)
        finite = np.isfinite(X).all(axis=1)
        if not finite.all():
            row = int(np.argmin(finite))
            bad = X[row][~np.isfinite(X[row])][0]
            raise ValueError(
                f"layer {self._layer!r}: its input holds {bad} at row {row} of {where}"
            )
        y = self._classes(targets, shape, where) if self._loss == "softmax" else None
        y = self._values(targets, shape, where) if y is None else y
        if weight is not None:
            if weight.shape != shape:
                raise ValueError(
                    f"layer {self._layer!r}: weights of {where} have shape {weight.shape}, and its "
                    f"inputs are {shape} rows"
                )
            weight = weight.reshape(-1).astype(np.float64)
            if not (np.isfinite(weight) & (weight >= 0.0)).all():
                raise ValueError(
                    f"layer {self._layer!r}: weights of {where} must be finite and not negative"
                )
        if self._class_weight is not None:
            own = self._class_weight[y]
            weight = own if weight is None else weight * own
        return HeadRows(X, y, weight)

    def _classes(self, targets: NDArray[Any], shape: tuple[int, ...], where: str) -> NDArray[Any]:
        if targets.shape == (*shape, self.n_outputs) and self.n_outputs > 1:
            if not (((targets == 0) | (targets == 1)).all() and (targets.sum(axis=-1) == 1).all()):
                raise ValueError(
                    f"layer {self._layer!r}: targets of {where} must be labels or one-hot rows; "
                    "probabilities of classes are not fitted"
                )
            numbers: NDArray[np.intp] = targets.argmax(axis=-1)
            return numbers.reshape(-1)
        if targets.shape not in {shape, (*shape, 1)}:
            raise ValueError(
                f"layer {self._layer!r}: targets of {where} have shape {targets.shape}, and its "
                f"inputs are {shape} rows"
            )
        labels = targets.reshape(-1)
        classes = labels.astype(np.int64)
        wrong = (classes != labels) | (classes < 0) | (classes >= self.n_outputs)
        if wrong.any():
            raise ValueError(
                f"layer {self._layer!r} has {self.n_outputs} classes, 0 to {self.n_outputs - 1}, "
                f"and {where} holds the label {labels[wrong][0]}"
            )
        return classes

    def _values(self, targets: NDArray[Any], shape: tuple[int, ...], where: str) -> NDArray[Any]:
        allowed = {(*shape, self.n_outputs)} | ({shape} if self.n_outputs == 1 else set())
        if targets.shape not in allowed:
            raise ValueError(
                f"layer {self._layer!r}: targets of {where} have shape {targets.shape}, and it has "
                f"{self.n_outputs} output(s) for {shape} rows"
            )
        values = targets.reshape(-1, self.n_outputs).astype(np.float64)
        if not np.isfinite(values).all():
            raise ValueError(f"layer {self._layer!r}: targets of {where} hold NaN or infinity")
        if self._loss == "sigmoid" and not np.isin(values, (0.0, 1.0)).all():
            raise ValueError(f"layer {self._layer!r}: targets of {where} must be 0 or 1")
        return values


def _read_class_weight(weight: Any, n_outputs: int, loss: str) -> Float64Array | None:  # noqa: ANN401
    if weight is None:
        return None
    if loss != "softmax":
        raise ValueError(f"class_weight is for loss='softmax', got loss={loss!r}")
    values = np.ones(n_outputs)
    if hasattr(weight, "items"):
        for label, value in weight.items():
            if label not in range(n_outputs):
                raise ValueError(f"class_weight names class {label!r}, of {n_outputs}")
            values[label] = value
    else:
        values = np.asarray(weight, np.float64)
    if values.shape != (n_outputs,) or not (np.isfinite(values) & (values >= 0.0)).all():
        raise ValueError(
            f"class_weight must be {n_outputs} finite numbers that are not negative, got {weight!r}"
        )
    return values
