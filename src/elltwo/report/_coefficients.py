"""The section on coefficients: in words, in pictures, in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.plot import CoefficientDisplay
from elltwo.report._estimates import estimates
from elltwo.report._figures import MAX_CURVES, Picture, figures
from elltwo.report._html import Section, note, paragraph, table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from elltwo.functional._base.validate import Float64Array
    from elltwo.report._estimates import Estimates
    from elltwo.report._subject import Subject

_ROWS = 25  # features in a picture
_NAMED = 6  # features that a sentence names


def coefficients(subject: Subject) -> Section:
    """Return the section."""
    found, reason = estimates(subject)
    parts = [paragraph(f"{_largest(subject)} {_clear(subject, found)}")]
    parts.append(figures(coefficient_pictures(subject)))
    parts += [_table(subject, one, subject.effect[k]) for k, one in enumerate(found)]
    if reason:
        parts.append(note(reason))
    return Section("coefficients", "Coefficients", "\n".join(parts))


def coefficient_pictures(subject: Subject) -> list[Picture]:
    """Return a picture of the coefficients for each curve, of many classes for the first."""
    return [_picture(subject, k) for k in range(min(len(subject.curves), MAX_CURVES))]


def _picture(subject: Subject, curve: int) -> Picture:
    label = subject.curves[curve]
    classes = subject.classes
    target = None if label is None or classes is None else classes[curve]
    n_shown = min(len(subject.names), _ROWS)

    def draw(ax: Axes) -> None:
        CoefficientDisplay.from_fit(
            subject.fit,
            target=target,
            level=subject.level,
            scale=np.where(subject.deviation > 0.0, subject.deviation, 1.0),
            feature_names=subject.names,
            max_features=_ROWS,
            ax=ax,
        )
        ax.set_xlabel("coefficient for one deviation")

    return Picture(
        "Coefficients" if label is None else f"Coefficients of class {label}",
        "Coefficients for one standard deviation of each feature, the largest first, with their "
        "intervals where there are any; the table below holds the numbers.",
        draw,
        height=1.5 + 0.19 * n_shown,
    )


def _largest(subject: Subject) -> str:
    """Say which feature matters most, and what its coefficient means."""
    curve, feature = np.unravel_index(np.abs(subject.effect).argmax(), subject.effect.shape)
    change = float(subject.effect[curve, feature])
    if change == 0.0:
        return "All coefficients are zero: the fit predicts the same for all rows."
    label = subject.curves[curve]
    moved = subject.adds_to if label is None else f"the score of class {label}"
    return (
        f"By the size of its effect, “{subject.names[feature]}” comes first: one standard "
        f"deviation more of it goes with {abs(change):.3g} {'more' if change > 0.0 else 'less'} of "
        f"{moved}, the other features staying the same."
    )


def _clear(subject: Subject, found: list[Estimates]) -> str:
    """Say which features are active, or have an effect of a certain sign."""
    p, level = len(subject.names), f"{subject.level:.3g}"
    if found[0].relaxed is not None:
        active = int(np.count_nonzero(subject.coef.any(axis=0)))
        return f"{active} of {p} features are active; the others have a coefficient of zero."
    if found[0].credible is None:
        return ""
    clear = {j for one in found for j in one.clear()}
    where = "" if len(found) == 1 else " of some class"
    if not clear:
        return f"All credible intervals (level {level}) hold zero."
    order = np.argsort(-np.abs(subject.effect).max(axis=0), kind="stable").tolist()
    named = [f"“{subject.names[j]}”" for j in order if j in clear]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (
        f"The credible interval (level {level}){where} leaves zero out for {len(clear)} of {p} "
        f"feature{'s' if p > 1 else ''}: {', '.join(named[:_NAMED])}{more}."
    )


def _table(subject: Subject, one: Estimates, effect: Float64Array) -> str:
    """Lay out one curve's coefficients by the sizes of their effects, an intercept last."""
    p, percent = len(subject.names), f"{100.0 * subject.level:.4g}%"
    columns = {"coefficient": one.coef}
    for word, ends in (("credible", one.credible), ("sampling", one.sampling)):
        if ends is not None:
            columns |= {f"{percent} {word}, from": ends[0], f"{word}, to": ends[1]}
    if one.p_values is not None:
        columns["p-value"] = one.p_values
    columns["for one deviation"] = np.append(effect, np.nan)
    if subject.classes is not None:
        with np.errstate(over="ignore"):
            columns["odds ratio"] = np.append(np.exp(one.coef[:-1]), np.nan)
    if one.relaxed is not None:
        columns["relaxed"] = one.relaxed
    if one.vif is not None:
        columns["VIF"] = one.vif
    order = np.argsort(-np.abs(effect), kind="stable").tolist()
    if one.coef[p] != 0.0:
        order.append(p)
    scaled = bool((subject.units != 1.0).any())
    names = [*subject.names, "intercept at the means" if scaled else "intercept"]
    rows = [[names[j], *(float(values[j]) for values in columns.values())] for j in order]
    of = subject.adds_to if one.label is None else f"class {one.label}"
    return table(f"Coefficients of {of}, by the sizes of their effects", ["", *columns], rows)
