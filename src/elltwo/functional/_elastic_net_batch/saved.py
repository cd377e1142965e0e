"""What files of batches and groups of elastic nets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.saved_fields import number, record, several, taken_names
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError, read_array
from elltwo.functional._batch.saved import BATCHED, GROUPED, require_length
from elltwo.functional._elastic_net_batch.record import ElasticNetBatchFit, ElasticNetGroupedFit

if TYPE_CHECKING:
    from elltwo.functional._base.saved_kinds import Where


def _certificate(value: Any, where: Where) -> Any:  # noqa: ANN401
    return read_array(value, where.path)


def _net_batch_fit(**given: Any) -> ElasticNetBatchFit:  # noqa: ANN401
    certificates, batch = given["certificates"], given["alpha"].shape
    kinds = [array.dtype.kind for array in certificates if array.shape == batch]
    if kinds != ["f", "f", "i"]:
        raise SavedValueError("certificates are not gaps, violations and numbers of each problem")
    names = taken_names(given)
    return ElasticNetBatchFit(**given, names=names)


def _net_grouped_fit(**given: Any) -> ElasticNetGroupedFit:  # noqa: ANN401
    require_length(given["fits"], len(given["groups"]))
    return ElasticNetGroupedFit(**given)


KINDS = (
    Kind(
        "ElasticNetBatchFit",
        {
            **BATCHED,
            "l1_ratio": number,
            "certificates": several(_certificate),
            "info": record("ElasticNetInfo"),
        },
        _net_batch_fit,
    ),
    Kind(
        "ElasticNetGroupedFit",
        {**GROUPED, "fits": record("ElasticNetBatchFit")},
        _net_grouped_fit,
    ),
)
