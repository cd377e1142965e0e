"""Collections whose values an engine has yet to compute, which are refused where arrays are read.

They would otherwise be computed into the memory of the caller, or fail in a way that says nothing.
They are known by their types, and no package is imported for them.
"""

from __future__ import annotations

from typing import Any

# What the paths of types begin with; the integration for them, if there is one; what brings their
# values into memory.
_ENGINES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("distributed.client.Future",), "dask", ".result()"),
    (("pyspark.pandas.",), "spark", ".to_pandas()"),
    (
        ("pyspark.sql.dataframe.", "pyspark.sql.classic.", "pyspark.sql.connect."),
        "spark",
        ".toPandas()",
    ),
    (("pyspark.sql.column.", "pyspark.core.rdd.", "pyspark.rdd."), "spark", ".collect()"),
    (("ray.data.dataset.", "ray.data.grouped_data."), "ray", ".to_pandas()"),
    (("ray.data.iterator.", "ray.data._internal.iterator."), "ray", ".materialize()"),
    (("ray.ObjectRef", "ray._raylet.ObjectRef"), "ray", "ray.get()"),
    (("polars.lazyframe.",), "", ".collect()"),
)


class NotComputedError(TypeError):
    """A collection was passed whose values an engine has yet to compute."""


def refuse_lazy(value: Any, name: str) -> None:  # noqa: ANN401
    """Raise NotComputedError for a collection yet to be computed, or a list that holds one.

    Parameters
    ----------
    value : object
        What was passed.
    name : str
        Name of the argument, for the error.
    """
    if not isinstance(value, list | tuple):
        _refuse(value, name)
        return
    kinds = set(map(type, value))
    if any(_engine(kind) is not None for kind in kinds):
        for i, item in enumerate(value):
            _refuse(item, f"{name}[{i}]")


def _refuse(value: Any, name: str) -> None:  # noqa: ANN401
    found = _engine(type(value))
    if found is None or not _is_lazy(value):
        return
    integration, compute = found
    there = f"elltwo.integrations.{integration} fits it where it is, or " if integration else ""
    package = type(value).__module__.partition(".")[0]
    raise NotComputedError(
        f"{name} is lazy ({package} {type(value).__name__}), its values have yet to be computed; "
        f"{there}call {compute} first"
    )


def _engine(kind: type) -> tuple[str, str] | None:
    """Return the integration for a type of lazy collections and how to compute one."""
    if hasattr(kind, "__dask_graph__"):
        return "dask", ".compute()"
    path = f"{kind.__module__}.{kind.__qualname__}"
    for modules, integration, compute in _ENGINES:
        if path.startswith(modules):
            return integration, compute
    return None


def _is_lazy(value: Any) -> bool:  # noqa: ANN401
    """Whether a value of such a type has yet to be computed; arrays of xarray may be either."""
    if type(value).__module__.startswith(("dask.", "dask_expr.")) or not hasattr(
        type(value), "__dask_graph__"
    ):
        return True
    return value.__dask_graph__() is not None
