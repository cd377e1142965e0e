"""The section on how well the fit describes its rows: residuals, or calibration and hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional import LogisticFit, RidgeFit
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.plot import CalibrationDisplay, ResidualDisplay
from elltwo.report._figures import MAX_CURVES, Picture, figures
from elltwo.report._html import Section, note, paragraph, table
from elltwo.report._subject import has_statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.functional._base.validate import Float64Array
    from elltwo.report._subject import Subject

_POINTS = 1500  # rows in a picture
_KINDS = {
    "fitted": (
        "Residuals against fitted values",
        "Errors of the rows against what is predicted for them, with their mean in bins.",
    ),
    "quantile": (
        "Residuals against normal quantiles",
        "Standardised errors in their order against what normal errors would be.",
    ),
    "leverage": (
        "Residuals against leverages",
        "Standardised errors against how much each row pulls the fit, with Cook's distances.",
    ),
}
_RESIDUALS = (
    "Residuals are targets less their predictions. A bend of their mean against the fitted values "
    "says that something other than a straight line is at work, a funnel that the errors are of "
    "unequal size. Points far from the line of the quantiles are outliers."
)
_LEVERAGES = (
    " Far to the right among the leverages stand rows with unusual features, which pull the fit "
    "towards themselves."
)
_SEEN = (
    "All of this is about rows that the fit has seen, which it describes better than new ones; "
    "errors over left-out rows are what cross-validation gives."
)


def quality(subject: Subject) -> Section:
    """Return the section."""
    if isinstance(subject.fit, LogisticFit):
        return _of_classes(subject, subject.fit)
    return _of_numbers(subject)


def _of_numbers(subject: Subject) -> Section:
    """Return residuals against fitted values, normal quantiles and, where known, leverages."""
    own = isinstance(subject.fit, RidgeFit) and has_statistics(subject.fit)
    pictures = [_residuals(subject, kind, own=own) for kind in _KINDS if own or kind != "leverage"]
    text = _RESIDUALS + (_LEVERAGES if own else "")
    parts = [paragraph(text), figures(pictures), note(_SEEN)]
    return Section("quality", "Residuals", "\n".join(parts))


def _residuals(subject: Subject, kind: str, *, own: bool) -> Picture:
    """Draw residuals, by the statistics that the fit has of its own rows where there are any."""
    data = () if own else (subject.X, subject.y)
    weight = {} if own else {"sample_weight": subject.weight}

    def draw(ax: Axes) -> None:
        ResidualDisplay.from_fit(subject.fit, *data, **weight, kind=kind, max_points=_POINTS, ax=ax)

    n = len(subject.y)
    sampled = f"Of {n} rows those with the largest residuals and a sample of the others are shown."
    title, text = _KINDS[kind]
    return Picture(title, text, draw, note=sampled if n > _POINTS else "")


def _of_classes(subject: Subject, fit: LogisticFit) -> Section:
    probability = np.concatenate(
        [fit.predict_proba(block, _part(subject, rows)) for rows, block in row_blocks(subject.rows)]
    )
    classes = fit.classes.tolist()
    hit = fit.classes[probability.argmax(axis=1)] == subject.y
    share = float(np.average(hit, weights=subject.weights))
    largest = max(float(subject.weights[subject.y == label].sum()) for label in classes)
    text = (
        f"The most probable class is the right one for {share:.1%} of the rows; the most frequent "
        f"class alone would be right for {largest / float(subject.weights.sum()):.1%}. Where the "
        "points lie on the dashed line, what is predicted with some probability happens as often."
    )
    shown = range(1, 2) if len(classes) == 2 else range(min(len(classes), MAX_CURVES))
    pictures = [_calibration(subject, probability, k) for k in shown]
    parts = [paragraph(text), figures(pictures), _confusion(subject, probability, classes)]
    return Section("quality", "Calibration and hits", "\n".join([*parts, note(_SEEN)]))


def _part(subject: Subject, rows: slice) -> Float64Array | None:
    offset = subject.options.get("offset")
    return None if offset is None else np.asarray(offset)[rows]


def _calibration(subject: Subject, probability: Float64Array, place: int) -> Picture:
    label = subject.fit.classes[place]  # type: ignore[union-attr]
    n_bins = int(np.clip(len(subject.y) // 25, 3, 10))

    def draw(ax: Axes) -> None:
        CalibrationDisplay.from_predictions(
            subject.y == label,
            np.clip(probability[:, place], 0.0, 1.0),
            n_bins=n_bins,
            pos_label=True,
            sample_weight=subject.weight,
            ax=ax,
        )
        ax.set_xlabel("mean predicted probability")
        ax.set_ylabel("share of rows")

    text = "Shares of the class in bins of its predicted probability, with intervals of 95%."
    return Picture(f"Calibration of class {label}", text, draw)


def _confusion(subject: Subject, probability: Float64Array, classes: list[object]) -> str:
    predicted = probability.argmax(axis=1)
    rows = [
        [f"is {label}"]
        + [
            float(subject.weights[(subject.y == label) & (predicted == k)].sum())
            for k in range(len(classes))
        ]
        for label in classes
    ]
    return table("Rows by class", ["", *(f"predicted {label}" for label in classes)], rows)
