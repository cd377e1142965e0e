"""What files of fits of streams hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import (
    any_floats,
    number,
    number_or,
    optional,
    record,
    several,
    size,
    texts,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.stream._logistic_record import LogisticStreamFit
from elltwo.stream._record import StreamFit

if TYPE_CHECKING:
    from elltwo.functional._base.saved_kinds import Field

_CHOICES = ("RidgeCVFit", "ElasticNetCVFit", "RelaxedCVFit")
_STREAM: dict[str, Field] = {
    "feature_names": optional(texts),
    "n_rows": size,
    "n_skipped": size,
}


def _stream_fit(**given: Any) -> StreamFit:  # noqa: ANN401
    fit, names = given["fit"], given["feature_names"]
    given["feature_names"] = None if names is None else list(names)
    given["fold_moments"] = list(given["fold_moments"])
    scores = fit if type(fit).__name__ in _CHOICES else None
    return StreamFit(scores=scores, **given)


def _logistic_stream_fit(**given: Any) -> LogisticStreamFit:  # noqa: ANN401
    fit = given["fit"]
    scores = fit if type(fit).__name__ == "PassesCVFit" else None
    return LogisticStreamFit(scores=scores, **given)


KINDS = (
    Kind(
        "StreamFit",
        {
            "fit": record("MomentsFit", "RidgeFit", "ElasticNetFit", *_CHOICES),
            "moments": record("Moments"),
            "fold_moments": several(record("Moments")),
            "alpha": number_or(any_floats),
            **_STREAM,
        },
        _stream_fit,
    ),
    Kind(
        "LogisticStreamFit",
        {"fit": record("PassesFit", "PassesCVFit"), "alpha": number, **_STREAM},
        _logistic_stream_fit,
    ),
)
