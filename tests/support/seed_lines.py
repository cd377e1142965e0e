"""The lines of the texts, on the backend of the environment; run as a program by tests.

Prints the backend and ends with an error if anything is not as it should be.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

# The frameworks' own imports warn, and NumPy 2 of how torch hands arrays over.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras
    from keras.layers import Dense
    from keras.regularizers import l2 as keras_l2

import numpy as np

from elltwo.integrations.keras import attach_l2, audit, exclude_from_decay, l2

RNG = np.random.default_rng(0)
X = RNG.standard_normal((32, 6)).astype("float32")
Y = RNG.standard_normal((32, 1)).astype("float32")


def model_of(layer: object) -> keras.Model:
    model = keras.Sequential([keras.Input((6,)), layer, Dense(1, name="head")])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    return model


def squares(model: keras.Model, place: int = 0) -> float:
    return float(np.square(model.layers[place].get_weights()[0].astype(np.float64)).sum())


def close(ours: float, theirs: float) -> None:
    assert abs(ours - theirs) <= 1e-5 * max(1.0, abs(theirs)), (ours, theirs)


def loss(model: keras.Model) -> float:
    return float(model.evaluate(X, Y, verbose=0))


def penalty(model: keras.Model) -> float:
    """Return what the loss has beyond the mean squared error."""
    residuals = np.asarray(model.predict(X, verbose=0), dtype=np.float64) - Y
    return loss(model) - float(np.square(residuals).mean())


def the_lines() -> None:
    """Train with both, and audit both, with the same report."""
    reports = []
    for rule in (l2, keras_l2):
        layer = Dense(25, activation="relu", kernel_regularizer=rule(0.01))
        model = model_of(layer)
        close(penalty(model), 0.01 * squares(model))
        before = loss(model)
        model.fit(X, Y, epochs=5, verbose=0)
        assert loss(model) < before
        report = audit(model, loss="mse", n_samples=32, n_outputs=1)
        rows = [(row.how, row.value, row.alpha) for row in report.rows if row.value > 0.0]
        assert len(rows) == 1
        assert rows[0][:2] == ("loss", 0.01)
        close(rows[0][2], 0.01 * 32)
        assert report.findings == ()
        reports.append(rows)
    assert reports[0] == reports[1]


def saved_loaded_cloned() -> None:
    model = model_of(Dense(25, activation="relu", kernel_regularizer=l2(0.01)))
    attach_l2(model, {"head": 0.02})
    wanted = 0.01 * squares(model) + 0.02 * squares(model, 1)
    close(penalty(model), wanted)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        loaded = keras.models.load_model(Path(folder) / "model.keras")
    close(penalty(loaded), wanted)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    clone.compile(optimizer="sgd", loss="mse")
    close(penalty(clone), wanted)


def attached_after_training() -> None:
    """Functions that are compiled already do not keep the old loss."""
    model = model_of(Dense(3, kernel_initializer="ones"))
    model.fit(X, Y, verbose=0)
    close(penalty(model), 0.0)
    attach_l2(model, 0.5, no_decay="head")
    close(penalty(model), 0.5 * squares(model))
    before = squares(model)
    model.fit(X, Y, epochs=20, verbose=0)
    assert squares(model) < 0.5 * before


def decayed_by_adamw() -> None:
    """Biases are left alone, and one step without gradient leaves 1 - lr wd of a kernel."""
    model = model_of(Dense(3, bias_initializer="ones", kernel_initializer="ones"))
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    exclude_from_decay(optimizer, model)
    variables = model.trainable_variables
    report = audit(model, optimizer, n_steps=1)
    assert report.findings == ()
    zeros = [keras.ops.zeros(variable.shape) for variable in variables]
    before = squares(model)
    optimizer.apply(zeros, variables)
    close(squares(model), before * report.steps[0].factor ** 2)
    close(report.steps[0].factor, 0.95)
    close(float(model.layers[0].get_weights()[1].sum()), 3.0)


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    for part in (the_lines, saved_loaded_cloned, attached_after_training, decayed_by_adamw):
        part()
    sys.stdout.write(f"{keras.backend.backend()}\n")
