"""The section on collinearity: inflation factors, condition indices, blocks of correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional import RidgeFit
from elltwo.plot import CollinearityDisplay
from elltwo.report._figures import Picture, figures
from elltwo.report._html import Section, note, paragraph
from elltwo.report._subject import has_statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.report._subject import Subject

_COSTLY = 2000  # features whose correlations no reader looks through
_ROWS = 25  # features in a picture
_NUMBERS = 6  # features whose correlations a map has room to write
_BLOCKS = 60  # features on a map
_TEXT = (
    "Features that resemble each other share what they explain: their coefficients depend on each "
    "other, and least squares knows them badly. A factor of 1 is a feature like no other; one "
    "above 10, or a condition index above 30, is strong collinearity. The penalty makes up for "
    "it: it splits the effect among the features of a block instead of playing them off against "
    "each other. The columns of all levels of a category are exactly collinear by construction."
)


def collinearity(subject: Subject) -> Section | None:
    """Return the section, None for one feature."""
    p = len(subject.names)
    if p < 2:
        return None
    heading = "Collinearity of the features"
    if p > _COSTLY:
        return Section("collinearity", heading, note(f"Left out: there are {p} features."))
    body = paragraph(_TEXT) + figures([_factors(subject), _indices(subject), _map(subject)])
    return Section("collinearity", heading, body)


def _factors(subject: Subject) -> Picture:
    def draw(ax: Axes) -> None:
        options: dict[str, Any] = {"feature_names": subject.names, "max_features": _ROWS, "ax": ax}
        if isinstance(subject.fit, RidgeFit) and has_statistics(subject.fit):
            CollinearityDisplay.from_fit(subject.fit, kind="vif", **options)
        else:
            weight = subject.weight
            CollinearityDisplay.from_data(subject.X, sample_weight=weight, kind="vif", **options)

    return Picture(
        "Variance inflation factors",
        "How much less exactly each coefficient is known because its feature resembles others, the "
        "largest first.",
        draw,
        height=1.5 + 0.19 * min(len(subject.names), _ROWS),
    )


def _indices(subject: Subject) -> Picture:
    def draw(ax: Axes) -> None:
        CollinearityDisplay.from_data(
            subject.X, sample_weight=subject.weight, kind="condition", ax=ax
        )

    return Picture(
        "Condition indices",
        "The largest singular value of the standardised features over each of them.",
        draw,
    )


def _map(subject: Subject) -> Picture:
    def draw(ax: Axes) -> None:
        CollinearityDisplay.from_data(
            subject.X,
            sample_weight=subject.weight,
            kind="correlation",
            feature_names=subject.names,
            max_features=_BLOCKS,
            ax=ax,
        )
        if len(subject.names) > _NUMBERS:
            for text in list(ax.texts):
                text.remove()

    text = "A map of the correlations between features; blocks of similar features are framed."
    return Picture("Correlations", text, draw, height=4.4)
