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

FORMAT = "elltwo-ridge"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Model:
    """A linear model in the units of the table that it was fitted to."""

    target: str
    feature_names: list[str]
    coef: list[float]
    intercept: float
    alpha: float
    standardize: bool
    info: dict[str, Any]

    def predict(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``intercept + X @ coef``, the columns in the order of the feature names."""
        return np.asarray(X @ np.asarray(self.coef) + self.intercept)


def write_model(model: Model, path: Path) -> None:
    """Write a model; ``alpha`` is the text "inf" where it is infinite, as JSON has no number."""
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(model)}
    if math.isinf(model.alpha):
        content["alpha"] = "inf"
    text = json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


def read_model(path: Path) -> Model:
    """Read what `write_model` has written.

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
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CommandError(f"{path} is not a model file: it does not say format {FORMAT!r}")
    if content.get("format_version") != FORMAT_VERSION:
        raise CommandError(
            f"{path} has format version {content.get('format_version')!r}; "
            f"this elltwo reads version {FORMAT_VERSION}"
        )
    try:
        return _parsed(content)
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{path} is a broken model file: {_why(error)}") from error


def _parsed(content: dict[str, Any]) -> Model:
    model = Model(
        target=str(content["target"]),
        feature_names=_names(content["feature_names"]),
        coef=[_finite("coef", value) for value in content["coef"]],
        intercept=_finite("intercept", content["intercept"]),
        alpha=float(content["alpha"]),
        standardize=bool(content["standardize"]),
        info=dict(content["info"]),
    )
    if len(model.coef) != len(model.feature_names):
        raise ValueError(
            f"{len(model.coef)} coefficients for {len(model.feature_names)} feature names"
        )
    return model


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError("feature_names is not a list of names")
    return value


def _finite(name: str, value: object) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(f"{name} holds {value!r} where a finite number belongs")
    return float(value)  # type: ignore[arg-type]


def _why(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
