"""Every record of a fit and every estimator comes back from its file as it was."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import linear_model, neural_network
from elltwo._saving.kinds import HOMES, find_kind
from saved_records import RECORDS, X, answers, require_same

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")

# Certificates, summaries, scores, options and derivatives: parts of records, and no models.
PARTS = {
    "ElasticNetInfo",
    "ElasticNetSummary",
    "IntervalPrediction",
    "LogisticInfo",
    "LogisticStatistics",
    "LogisticSummary",
    "MLPCurvature",
    "MLPInfo",
    "MiniBatches",
    "PassInfo",
    "PathPoint",
    "PredictionInterval",
    "ProbeScore",
    "ProbeScores",
    "RidgeAdjoint",
    "RidgeStatistics",
    "RidgeSummary",
    "SolveInfo",
    "StandardErrors",
    "StreamError",
    "ZValues",
}
# Known with the data alone, which files leave behind.
OF_DATA = {"statistics", "edf", "rss", "head", "aic", "bic", "r2", "dispersion"}


SAVED = [name for name in RECORDS if name.split(",", 1)[0] not in PARTS]


@pytest.mark.parametrize("name", SAVED)
def test_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    record = RECORDS[name]()
    path, other = tmp_path / "model.json", tmp_path / "again.json"
    record.save(path)
    twin = elltwo.load(path)
    assert type(twin) is type(record)
    before, after = answers(record), answers(twin)
    assert before.keys() - after.keys() <= OF_DATA | {"n_samples"}
    assert after.keys() <= before.keys()
    for key in after.keys() - {"keeps_data"}:
        require_same(before[key], after[key], f"{name}.{key}")
    twin.save(other)
    assert other.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", SAVED)
def test_predicts_the_same_bits(name: str, tmp_path: Path) -> None:
    record = RECORDS[name]()
    known = ("predict", "predict_proba", "decision_function", "linear_predictor", "decision")
    ways = tuple(way for way in known if hasattr(record, way))
    given = (np.arange(40) % 2,) if "groups" in vars(type(record)) or "Grouped" in name else ()
    takes_tables = name.split(",", 1)[0] in {"TableFit", "FormulaFit"}
    X_of = None if takes_tables or name == "RidgePath, iterated" else X
    record.save(tmp_path / "model.json")
    twin = elltwo.load(tmp_path / "model.json")
    for way in ways:
        if X_of is not None and "names" not in name:
            require_same(getattr(record, way)(X_of, *given), getattr(twin, way)(X_of, *given), way)


def test_all_public_records_and_estimators_are_saved_or_parts() -> None:
    classes = {
        name
        for module in (elltwo, linear_model, neural_network)
        for name in module.__all__
        if inspect.isclass(getattr(module, name))
    }
    models = {name for name in classes if hasattr(getattr(_owner(name), name), "save")}
    assert {name for name in PARTS if name not in classes} <= {"StreamError"}
    assert models >= {name.split(",", 1)[0] for name in SAVED}
    assert classes - models <= PARTS
    assert models <= HOMES.keys()


def _owner(name: str) -> Any:  # noqa: ANN401
    return next(m for m in (elltwo, linear_model, neural_network) if name in m.__all__)


@pytest.mark.parametrize("name", HOMES)
def test_kind_is_where_the_table_says(name: str) -> None:
    kind = find_kind(name)
    assert kind is not None
    assert kind.name == name


def test_paths_know_their_own_alphas_alone(tmp_path: Path) -> None:
    for make in ("RidgePath, automatic", "LogisticPath, L1", "ElasticNetPath"):
        path = RECORDS[make]()
        path.save(tmp_path / "path.json")
        twin = elltwo.load(tmp_path / "path.json")
        with pytest.raises(ValueError, match="left its data behind"):
            twin.at(0.123)
        if make != "ElasticNetPath":
            one = path.alphas[1]
            np.testing.assert_array_equal(twin.at(one).coef, path.at(one).coef)


def test_a_loaded_path_keeps_what_it_knows_of_its_rows(tmp_path: Path) -> None:
    path = elltwo.ridge_path(X, X[:, 0] + X[:, 1] ** 2)
    path.save(tmp_path / "path.json")
    twin = elltwo.load(tmp_path / "path.json")
    for name in ("edf", "rss", "gcv", "aic", "bic", "eigenvalues", "n_samples"):
        np.testing.assert_array_equal(getattr(twin, name), getattr(path, name))


def test_an_unfitted_estimator_is_saved_with_its_parameters(tmp_path: Path) -> None:
    model = linear_model.LogisticRegression(C=0.5, class_weight={"a": 2.0, "b": np.float64(1.0)})
    model.save(tmp_path / "model.json")
    assert elltwo.load(tmp_path / "model.json").get_params() == model.get_params()


def test_a_loaded_network_goes_on_as_the_first_one(tmp_path: Path) -> None:
    y = X[:, 0]
    given: dict[str, Any] = {"hidden_layer_sizes": 3, "random_state": 0}
    model = neural_network.MLPRegressor(solver="adam", **given).partial_fit(X, y)
    model.save(tmp_path / "model.json")
    twin = elltwo.load(tmp_path / "model.json")
    model.partial_fit(X, y)
    np.testing.assert_array_equal(twin.partial_fit(X, y).coefs_[0], model.coefs_[0])


def test_coefficients_are_numbers_that_people_can_read(tmp_path: Path) -> None:
    fit = elltwo.ridge(X, X[:, 0], alpha=1.0)
    fit.save(tmp_path / "model.json")
    content = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert content["format"] == "elltwo-model"
    assert content["format_version"] == 3
    assert content["version"] == elltwo.__version__
    assert content["content"]["coef"]["values"] == fit.coef.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_features", [3, 3000])
def test_long_coefficients_are_bytes(n_features: int, dtype: Any, tmp_path: Path) -> None:  # noqa: ANN401
    wide = np.random.default_rng(0).normal(size=(5, n_features)).astype(dtype)
    fit = elltwo.ridge(wide, np.arange(5.0), alpha=1.0)
    fit.save(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    assert ("base64" in text) == (n_features == 3000)
    require_same(fit.coef, elltwo.load(tmp_path / "model.json").coef, "coef")


LABELS: dict[str, Any] = {
    "text": ["b", "é", "日本"],
    "integers": [3, -1, 7],
    "bool": [True, False],
    "floats": [1.0, 2.0],
    "mixed": ["a", 1, True],
    "times": np.array(["2020-01-01", "2021-01-01"], dtype="datetime64[ns]"),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_come_back(kind: str, tmp_path: Path) -> None:
    labels = LABELS[kind]
    y = (
        labels[np.arange(40) % len(labels)]
        if isinstance(labels, np.ndarray)
        else [labels[i % len(labels)] for i in range(40)]
    )
    fit = elltwo.logistic(X, y)
    fit.save(tmp_path / "model.json")
    twin = elltwo.load(tmp_path / "model.json")
    require_same(fit.classes, twin.classes, kind)
    require_same(fit.predict(X), twin.predict(X), kind)


def test_labels_without_a_form_are_refused(tmp_path: Path) -> None:
    fit = elltwo.logistic(X, [("a", i % 2) for i in range(40)])
    with pytest.raises(TypeError, match="classes holds a tuple"):
        fit.save(tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []


def test_what_runs_is_refused(tmp_path: Path) -> None:
    model = linear_model.RidgeCV(scoring=lambda *_: 1.0)
    with pytest.raises(TypeError, match=r"the parameter scoring is a function.*set_params"):
        model.save(tmp_path / "model.json")

    class Mine(linear_model.Ridge):
        pass

    with pytest.raises(TypeError, match=r"Mine, which elltwo\.load does not know"):
        Mine().save(tmp_path / "model.json")
    assert list(tmp_path.iterdir()) == []
