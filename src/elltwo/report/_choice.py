"""The section on the penalty: the curve that it was chosen by, and the trace of coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import (
    ElasticNetCVFit,
    LogisticCVFit,
    RidgeCVFit,
    elastic_net_path,
    logistic_path,
    ridge_path,
)
from elltwo.plot import (
    ElasticNetCVDisplay,
    ElasticNetPathDisplay,
    RidgeCVDisplay,
    RidgePathDisplay,
)
from elltwo.report._figures import MAX_CURVES, Picture, figures
from elltwo.report._html import Section, note, paragraph
from elltwo.report._subject import ELASTIC_NET, LOGISTIC, RIDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.functional import RidgePath
    from elltwo.functional._base.validate import Float64Array
    from elltwo.report._subject import Subject

_LINES = 60  # of a trace: more are grey anyhow, and make files that mail refuses
_COSTLY = 2e9  # rows x features x penalties of a path that is not computed for a picture
_AGREE = 1e-3  # relative difference from the fit beyond which a path is another model's
_PENALTIES = 50
_TOLERANCE = 1e-6  # of paths by iterations, well below what a picture shows


def choice(subject: Subject) -> Section:
    """Return the section."""
    curve, (traces, reason) = cv_picture(subject), trace_pictures(subject)
    parts = [paragraph(_in_words(subject))]
    parts.append(figures([*([curve] if curve else []), *traces]))
    if reason:
        parts.append(note(reason))
    return Section("penalty", "Penalty", "\n".join(parts))


def _in_words(subject: Subject) -> str:
    alpha = penalty(subject)
    if alpha is None:
        return "The penalty of this fit is not known: it has left its data behind."
    text = f"The penalty is alpha = {alpha:.4g}"
    ratio = getattr(subject.fit, "l1_ratio", None)
    if ratio is not None and float(ratio) > 0.0:
        text += f", {float(ratio):.3g} of it on absolute values, which sets coefficients to zero"
    if isinstance(subject.fit, RidgeCVFit | ElasticNetCVFit | LogisticCVFit):
        return text + ", chosen by cross-validation among those on the curve."
    return text + ", as it was given."


def penalty(subject: Subject) -> float | None:
    """Return alpha, None if the fit knows it no longer."""
    alpha = getattr(subject.fit, "alpha", None)
    if alpha is None:
        try:
            alpha = subject.fit.statistics.alpha  # type: ignore[union-attr]  # nets have alpha
        except ValueError:
            alpha = subject.options.get("alpha")
    return None if alpha is None else float(np.ravel(alpha)[0])


def cv_picture(subject: Subject) -> Picture | None:
    """Return the curve of a choice of alpha."""
    fit = subject.fit
    if isinstance(fit, LogisticCVFit):
        draw = _log_loss(fit)
    elif isinstance(fit, ElasticNetCVFit):

        def draw(ax: Axes) -> object:
            return ElasticNetCVDisplay.from_fit(fit, ax=ax)

    elif isinstance(fit, RidgeCVFit):

        def draw(ax: Axes) -> object:
            return RidgeCVDisplay.from_fit(fit, ax=ax)

    else:
        return None
    text = (
        "Mean error over left-out rows against the penalty, with bars of one standard error; marks "
        "at the best penalty and at the one chosen."
    )
    return Picture("Curve of cross-validation", text, draw)


def _log_loss(fit: LogisticCVFit) -> Any:  # noqa: ANN401  # what a Picture draws by
    at = int(np.flatnonzero(fit.l1_ratios == fit.l1_ratio)[0]) if fit.alphas.ndim == 2 else ...
    alphas, score, se = fit.alphas[at], fit.cv_score[at], getattr(fit, "cv_se", None)
    there = np.isfinite(alphas)
    # Logarithms of probabilities are losses with the other sign; other scores may be positive.
    sign = -1.0 if np.nanmax(score[there]) <= 0.0 else 1.0

    def draw(ax: Axes) -> object:
        display = RidgeCVDisplay(
            alphas=alphas[there],
            mean=sign * score[there],
            se=None if se is None else se[at][there],
            alpha=fit.alpha,
            score_name="mean loss" if sign < 0.0 else "mean score",
            greater_is_better=sign > 0.0,
        )
        return display.plot(ax)

    return draw


class Trace(NamedTuple):
    """Coefficients along a path of penalties."""

    alphas: Float64Array  #: (n_alphas,)
    coef: Float64Array  #: (n_curves, n_alphas, n_features)
    beside: Float64Array | None  #: (n_alphas,), degrees of freedom or numbers of active features


def trace_pictures(subject: Subject) -> tuple[list[Picture], str]:
    """Return the traces of the coefficients, and why there is none, if so."""
    alpha = penalty(subject)
    if alpha is None or not 0.0 < alpha < np.inf:
        return [], ""
    n, p = subject.rows.shape
    if float(n) * p * min(n, p) > _COSTLY * _PENALTIES:
        return [], "The trace of the coefficients is left out: it would take too long."
    trace = _trace(subject, alpha)
    at = int(np.flatnonzero(trace.alphas == alpha)[0])
    difference = np.abs(trace.coef[:, at] - subject.coef).max()
    if difference > _AGREE * max(float(np.abs(subject.coef).max()), 1e-300):
        return [], (
            "The trace of the coefficients is left out: by the options given the path does not "
            "pass through this fit."
        )
    pictures = [_picture(subject, trace, alpha, k) for k in range(min(len(trace.coef), MAX_CURVES))]
    left_out = len(trace.coef) - len(pictures)
    return pictures, f"The traces of {left_out} more classes are left out." if left_out else ""


def _trace(subject: Subject, alpha: float) -> Trace:
    """Compute the path through the fit, at the penalties of its curve or else about its own."""
    options = {k: v for k, v in subject.options.items() if k != "alpha"}
    options["sample_weight"] = subject.weight
    if subject.model != RIDGE:
        options.setdefault("tol", _TOLERANCE)
    alphas = _penalties(subject, alpha)
    if subject.model == RIDGE:
        path = ridge_path(subject.X, subject.y, alphas, **options)
        return Trace(alphas, path.coef[np.newaxis], _edf(path))
    ratio = float(getattr(subject.fit, "l1_ratio", options.pop("l1_ratio", 0.0)))
    options["l1_ratio"] = ratio
    if subject.model == ELASTIC_NET:
        net = elastic_net_path(subject.X, subject.y, alphas, **options)
        coef = net.coef[np.newaxis].astype(np.float64, copy=False)
        return Trace(alphas, coef, net.n_active.astype(np.float64))
    logistic = logistic_path(subject.X, subject.y, alphas, **options)
    each = logistic.coef[:, np.newaxis] if logistic.coef.ndim == 2 else logistic.coef
    return Trace(alphas, np.moveaxis(each, 1, 0), None)


def _edf(path: RidgePath) -> Float64Array | None:
    try:
        return path.edf
    except ValueError:  # bounds
        return None


def _penalties(subject: Subject, alpha: float) -> Float64Array:
    """Return penalties in descending order, alpha itself among them."""
    grid = np.ravel(getattr(subject.fit, "alphas", ()))
    grid = grid[np.isfinite(grid) & (grid > 0.0)]
    if not grid.size:
        grid = np.array([1e-3 * alpha, 1e3 * alpha])
    number = 20 if subject.model == LOGISTIC else _PENALTIES
    ends = min(grid.min(), alpha), max(grid.max(), alpha)
    even = np.geomspace(*ends, number) if ends[0] < ends[1] else np.array([alpha])
    return np.unique(np.append(even, alpha))[::-1].copy()


def _picture(subject: Subject, trace: Trace, alpha: float, curve: int) -> Picture:
    effect = trace.coef[curve] * subject.deviation
    largest = np.sort(np.argsort(-np.abs(effect).max(axis=0), kind="stable")[:_LINES])
    names = [subject.names[j] for j in largest]
    of_net = subject.model == ELASTIC_NET

    def draw(ax: Axes) -> None:
        given: dict[str, Any] = {"alphas": trace.alphas, "coef": effect[:, largest]}
        given |= {"alpha": alpha, "feature_names": names}
        if of_net:
            ElasticNetPathDisplay(**given, n_active=trace.beside).plot(ax)
        else:
            RidgePathDisplay(**given, edf=trace.beside).plot(ax)
        ax.set_ylabel("coefficient for one deviation")

    label = subject.curves[curve]
    title = "Trace of the coefficients" + ("" if label is None else f" of class {label}")
    left_out = effect.shape[1] - largest.size
    return Picture(
        title,
        "Coefficients for one standard deviation of each feature against the penalty; the dashed "
        "line marks the penalty of this fit.",
        draw,
        height=3.9,
        note=f"The {left_out} features with the smallest lines are left out." if left_out else "",
    )
