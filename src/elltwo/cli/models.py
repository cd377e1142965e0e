"""Fitted models as JSON files."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Coefficients = list[float] | list[list[float]]

FORMAT = "elltwo-model"
FORMAT_VERSION = 2
_FIRST = ("elltwo-ridge", 1)  # format and version before there were classes
_MODELS = ("ridge", "elastic_net", "logistic")


@dataclass(frozen=True)
class Model:
    """A linear model in the units of the table that it was fitted to.

    Of two classes there is one vector of coefficients, of more there is one for each, in their
    order.
    """

    target: str
    feature_names: list[str]
    coef: Coefficients
    intercept: float | list[float]
    alpha: float
    standardize: bool
    info: dict[str, Any]
    model: str = "ridge"
    l1_ratio: float = 0.0
    classes: list[Any] | None = None

    def linear_predictor(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``X @ coef.T + intercept``, the columns in the order of the feature names.

        It is (n_rows,), or (n_rows, n_classes) for more than two classes.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(X @ np.asarray(self.coef).T + np.asarray(self.intercept))


def write_model(model: Model, path: Path) -> None:
    """Write a model; infinity is the text "inf", as JSON has no number for it."""
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(model)}
    content["alpha"] = _written(model.alpha)
    content["info"] = {name: _written(value) for name, value in model.info.items()}
    text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


def read_model(path: Path) -> Model:
    """Read what `write_model` has written, now or before models had classes.

    Raises
    ------
    CommandError
        For a file that cannot be read or is not such a model.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{path} is not a model file: {error}") from error
    formats = (FORMAT, _FIRST[0])
    if not isinstance(content, dict) or content.get("format") not in formats:
        raise CommandError(f"{path} is not a model file: it does not say format {FORMAT!r}")
    version = content.get("format_version")
    known = FORMAT_VERSION if content["format"] == FORMAT else _FIRST[1]
    if version != known:
        raise CommandError(
            f"{path} has format version {version!r}; this elltwo reads version {known}"
        )
    try:
        return _parsed(content)
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{path} is a broken model file: {_why(error)}") from error


def _parsed(content: dict[str, Any]) -> Model:
    first = content["format"] == _FIRST[0]
    names = _names(content["feature_names"])
    classes = None if first else _classes(content["classes"])
    n_outputs = 1 if classes is None or len(classes) == 2 else len(classes)
    coef, intercept = content["coef"], content["intercept"]
    if n_outputs > 1:
        coef = [_numbers("coef", row, len(names)) for row in _list("coef", coef, n_outputs)]
        intercept = _numbers("intercept", intercept, n_outputs)
    else:
        coef, intercept = _numbers("coef", coef, len(names)), _finite("intercept", intercept)
    return Model(
        target=str(content["target"]),
        feature_names=names,
        coef=coef,
        intercept=intercept,
        alpha=float(content["alpha"]),
        standardize=bool(content["standardize"]),
        info=dict(content["info"]),
        model="ridge" if first else _known(content["model"]),
        l1_ratio=0.0 if first else _finite("l1_ratio", content["l1_ratio"]),
        classes=classes,
    )


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError("feature_names is not a list of names")
    return value


def _known(value: object) -> str:
    if value not in _MODELS:
        raise ValueError(f"model is {value!r}, which is none of {', '.join(_MODELS)}")
    return str(value)


def _classes(value: object) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) < 2:
        raise TypeError("classes is not a list of two or more labels")
    return value


def _list(name: str, value: object, length: int) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list")
    if len(value) != length:
        raise ValueError(f"{name} has {len(value)} entries for {length} classes")
    return value


def _numbers(name: str, value: object, length: int) -> list[float]:
    if isinstance(value, list) and len(value) != length and name == "coef":
        raise ValueError(f"{len(value)} coefficients for {length} feature names")
    return [_finite(name, number) for number in _list(name, value, length)]


def _finite(name: str, value: object) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(f"{name} holds {value!r} where a finite number belongs")
    return float(value)  # type: ignore[arg-type]


def _written(value: Any) -> Any:  # noqa: ANN401
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _why(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
