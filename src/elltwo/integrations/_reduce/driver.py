"""Passes over partitions: tasks out, one merged piece back, its fault raised here, once."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.integrations._reduce.encode import Encoding
from elltwo.integrations._reduce.layout import known_layout
from elltwo.integrations._reduce.options import levels_of
from elltwo.integrations._reduce.piece import Piece
from elltwo.integrations._reduce.saved import Saved
from elltwo.integrations._reduce.task import Reading, Task
from elltwo.integrations._reduce.tree import default_fan_in
from elltwo.integrations._reduce.watch import Passes, PassWatch

if TYPE_CHECKING:
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import Run


class PassCost(NamedTuple):
    """What a pass took: seconds, and the bytes that the engine moved as far as it knows."""

    seconds: float
    n_bytes: int


class Driver:
    """A run over the partitions of an engine; `costs` are those of its passes so far.

    Parameters
    ----------
    engine : Engine
        What runs leaves and merges.
    run : Run
        The options.
    n_folds : int
        Folds that the rows are divided into.
    """

    def __init__(self, engine: Engine, run: Run, n_folds: int = 1) -> None:
        self.engine = engine
        self.run = run
        self.costs: list[PassCost] = []
        self.n_rows: int | None = None  # of a pass, those left out included
        beside = run.roles.target is None
        layout = known_layout(engine.schema, run.roles, beside=beside)
        features = () if layout is None or layout.columns is None else layout.columns.features
        self.reading = Reading(
            run.roles,
            layout,
            levels_of(run.encode, engine.schema, features),
            run.skip_missing,
            n_folds,
            run.rows_of_a_fold(),
            run.n_threads,
        )

    @property
    def fan_in(self) -> int:
        """How many pieces are merged at a time."""
        return self.run.fan_in or default_fan_in(self.n_features)

    def one_pass(
        self, kind: str, body: bytes = b"", *, before: int = 0, expected: int = 1
    ) -> Piece:
        """Return the piece of all partitions; `before` passes of about `expected` have been made.

        Where nothing is known of the columns beforehand, each partition is taken as it is. If some
        then have other columns than the first that has rows, the pass is made once more, and theirs
        are put into the order of the first, or refused.

        Raises
        ------
        StreamError, ValueError, TypeError and others
            The fault of the first partition that has one.
        """
        passes = Passes(before, expected, self.n_rows)
        piece = self._reduce(kind, body, passes)
        if piece.differs:
            self.reading = replace(self.reading, layout=piece.layout)
            piece = self._reduce(kind, body, passes)
        if piece.fault is not None:
            piece.fault.throw()
        if piece.layout is not None and (
            self.reading.layout is None or self.reading.layout.n_targets is None
        ):
            self.reading = replace(self.reading, layout=piece.layout)
        self.n_rows = piece.n_rows
        return piece

    def saved(self, work: dict[str, Any]) -> Saved:
        """Return the state file of a run that does some work, as JSON describes it."""
        reading = self.reading.content()
        content = {"parts": self.engine.n_parts, "fan_in": self.fan_in, "work": work}
        described = ("roles", "levels", "skip_missing", "n_folds", "fold_rows")
        return Saved(self.run.state, {**content, **{name: reading[name] for name in described}})

    def finish(self, n_passes: int = 1) -> None:
        """Show that so many passes have been made, and no more are to come."""
        rows = n_passes * (self.n_rows or 0)
        self.run.progress.finish(rows, rows)

    def _reduce(self, kind: str, body: bytes, passes: Passes) -> Piece:
        start = time.perf_counter()
        watch = PassWatch(self.run.progress, self.engine.n_parts, passes)
        task = Task(kind, self.reading, body).to_bytes()
        try:
            piece = Piece.from_bytes(self.engine.reduce(task, self.fan_in, watch))
        except BaseException:
            self.run.progress.close()
            raise
        self.costs.append(PassCost(time.perf_counter() - start, watch.n_bytes))
        return piece

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """Names of the features, levels of categories included; None if there are none yet."""
        layout, levels = self.reading.layout, self.reading.levels
        if layout is None or layout.columns is None:
            return None
        features = layout.columns.features
        return tuple(Encoding(features, levels).names) if levels else features

    @property
    def n_features(self) -> int | None:
        """Return the number of features, None where it is not known yet."""
        names, layout = self.feature_names, self.reading.layout
        if names is not None:
            return len(names)
        return None if layout is None else layout.n_features
