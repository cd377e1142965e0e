"""What dask names a record or an estimator by, in the graphs of tasks that it appears in."""

from __future__ import annotations

import sys
from typing import Any


def dask_token(value: Any) -> tuple[str, str]:  # noqa: ANN401
    """Return the path of a value's type and a digest of its pickle, as ``__dask_tokenize__`` does.

    Equal values have equal tokens, in other processes as well. dask's own are of pickles which
    write an object once where two attributes share it, and a copy of arrays where they are not
    contiguous: a record and its pickled twin would differ in both.
    """
    from hashlib import blake2b

    kind = type(value)
    digest = blake2b(_pickled(value), digest_size=16).hexdigest()
    return f"{kind.__module__}.{kind.__qualname__}", digest


def _pickled(value: Any) -> bytes:  # noqa: ANN401
    """Pickle a value with every object written where it occurs.

    Classes and functions of a session or script go by their code, which is cloudpickle's work: dask
    depends on it, so that it is there when dask asks.
    """
    import io
    import pickle

    file = io.BytesIO()
    pickler = pickle.Pickler(file, 4)  # in later protocols arrays of other strides are of a kind
    pickler.fast = True
    try:
        pickler.dump(value)
    except (pickle.PicklingError, AttributeError, TypeError):
        pass
    else:
        if b"__main__" not in file.getvalue():
            return file.getvalue()
    cloudpickle: Any = sys.modules.get("cloudpickle", pickle)
    pickled: bytes = cloudpickle.dumps(value, protocol=4)
    return pickled
