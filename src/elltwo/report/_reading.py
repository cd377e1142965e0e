"""The section on how to read the page, and the terms that it uses."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from elltwo.report._html import Section
from elltwo.report._subject import ELASTIC_NET, LOGISTIC, RIDGE

if TYPE_CHECKING:
    from elltwo.report._subject import Subject

_OBJECTIVES = {
    RIDGE: "sum w (y - b0 - x·b)² + alpha sum f (b - m)²",
    ELASTIC_NET: "½ sum w (y - b0 - x·b)² + alpha sum f (r |b - m| + (1 - r)/2 (b - m)²)",
    LOGISTIC: "-sum w log p + alpha sum f (r |b - m| + (1 - r)/2 (b - m)²)",
}
_COMMON = {
    "Coefficient": (
        "How much the prediction changes with one unit of the feature while all others stay the "
        "same. A penalty pulls it towards zero, so that predictions of new rows get better; it is "
        "biased then, and no p-value is given. It tells what goes together in these rows, not what "
        "would happen if the feature were changed."
    ),
    "For one deviation": (
        "The coefficient times the standard deviation of its feature. These can be compared with "
        "each other whatever the units are, and pictures and tables are sorted by them."
    ),
    "Penalty": (
        "Alpha weighs the size of the coefficients against the errors. With more of it the "
        "coefficients shrink. Cross-validation chooses the alpha that predicts left-out rows best; "
        "the 1-SE rule takes the largest one that is as good within one standard error."
    ),
    "Certificate": (
        "Evidence from the solver that the coefficients are the minimum of the objective below, "
        "and how far they may be from it."
    ),
}
_INTERVALS = {
    "Credible interval": (
        "Where the coefficient lies with the probability given, if the penalty is taken as what "
        "was known before the data."
    ),
    "Sampling interval": (
        "How far the estimate would vary over new rows of the same kind, even if their errors had "
        "unequal variances. The bias of the penalty is not included."
    ),
}
_OF_MODEL = {
    RIDGE: {
        **_INTERVALS,
        "VIF": (
            "Variance inflation factor: how much less exactly a coefficient is known because its "
            "feature resembles others, relative to the feature alone and unpenalised."
        ),
    },
    ELASTIC_NET: {
        "Relaxed": "The least-squares coefficients of the active features, without a penalty.",
    },
    LOGISTIC: {
        **_INTERVALS,
        "Odds ratio": (
            "The factor by which one unit more of the feature multiplies the odds of the class."
        ),
        "Calibration": (
            "Whether what is predicted with probability 0.7, say, happens in 70% of the rows."
        ),
    },
}

_LETTERS = (
    "y is the target, x are the features, b and b0 the coefficients and the intercept, w the "
    "weights of the rows, f the factors of the features and m their prior means (1 and 0 unless "
    "given)"
)
_MORE_LETTERS = {
    RIDGE: "",
    ELASTIC_NET: ", and r the share of absolute values",
    LOGISTIC: ", p the probability of a row's class, and r the share of absolute values",
}


def reading(subject: Subject) -> Section:
    """Return the section."""
    terms = {**_COMMON, **_OF_MODEL[subject.model]}
    listed = "".join(
        f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in terms.items()
    )
    letters = _LETTERS + _MORE_LETTERS[subject.model]
    objective = escape(_OBJECTIVES[subject.model]).replace("-", "\N{MINUS SIGN}")
    return Section(
        "reading",
        "How to read this page",
        f'<dl class="terms">{listed}</dl>\n<p>The fit minimises <code>{objective}</code>, where '
        f"{escape(letters)}.</p>",
    )
