"""The page as a whole."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional import ElasticNetCVFit, LogisticCVFit, RidgeCVFit, build_config
from elltwo.report._certificate import certificate
from elltwo.report._choice import choice, penalty
from elltwo.report._coefficients import coefficients
from elltwo.report._collinearity import collinearity
from elltwo.report._data import data
from elltwo.report._html import number
from elltwo.report._quality import quality
from elltwo.report._reading import reading
from elltwo.report._style import STYLE

if TYPE_CHECKING:
    from elltwo.report._html import Section
    from elltwo.report._subject import Subject

_SUMMARY_FACTS = ("effective degrees of freedom", "R^2", "R^2 (McFadden)", "active")


def page(subject: Subject, title: str | None) -> str:
    """Return the page as text of HTML 5."""
    title = f"{subject.model_name} of {subject.target}" if title is None else title
    made = (
        coefficients(subject),
        choice(subject),
        quality(subject),
        collinearity(subject),
        data(subject),
        certificate(subject),
        reading(subject),
    )
    sections = [section for section in made if section is not None]
    body = "\n".join(map(str, sections))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1>\n{_tiles(subject)}\n{_contents(sections)}</header>\n"
        f"<main>\n{body}\n</main>\n"
        f"<footer>Made by elltwo {escape(str(build_config()['version']))}.</footer>\n"
        "</body>\n</html>\n"
    )


def _tiles(subject: Subject) -> str:
    """Return the numbers that a reader looks for first."""
    n, p = subject.rows.shape
    shown: dict[str, object] = {"rows": n, "features": p}
    alpha = penalty(subject)
    if alpha is not None:
        shown["penalty alpha"] = alpha
    try:
        known = subject.fit.summary().facts
    except ValueError:  # of bounds, an L1 penalty, or a fit that has left its data behind
        known = {}
    shown |= {name: known[name] for name in _SUMMARY_FACTS if name in known}
    shown |= _left_out_error(subject)
    shown["status"] = subject.fit.info.status.replace("_", " ")
    pairs = "".join(
        f"<div><dt>{escape(name.replace('^2', '²'))}</dt><dd>{number(value)}</dd></div>"
        for name, value in shown.items()
    )
    return f'<dl class="tiles">{pairs}</dl>'


def _left_out_error(subject: Subject) -> dict[str, object]:
    """Return the error of predictions of left-out rows, if there was cross-validation."""
    fit = subject.fit
    if isinstance(fit, RidgeCVFit | ElasticNetCVFit):
        return {"root mean squared error, left-out rows": float(np.sqrt(np.nanmin(fit.cv_mse)))}
    if isinstance(fit, LogisticCVFit):
        best = float(np.nanmax(fit.cv_score))
        name, value = ("mean loss", -best) if best <= 0.0 else ("mean score", best)
        return {f"{name}, left-out rows": value}
    return {}


def _contents(sections: list[Section]) -> str:
    links = "".join(
        f'<li><a href="#{section.place}">{escape(section.heading)}</a></li>' for section in sections
    )
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'
