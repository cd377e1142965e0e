"""``elltwo compare`` scores models on rows that they have not seen, all on the same folds."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.cli import compare, main
from elltwo.cli.compare import in_order
from elltwo.cli.comparing import classifiers, compare_models, draw_folds, regressions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 6)) * [1.0, 10.0, 0.1, 1.0, 1.0, 1.0] + 3.0
Y = X @ [1.0, 0.2, 5.0, 0.0, 0.0, 0.0] + RNG.normal(size=90)
LABELS = np.where(Y + RNG.normal(size=90) > np.median(Y), "yes", "no")
FOLDS = draw_folds(Y, 4, 0, by_class=False)


def parts(k: int, folds: list[NDArray[np.intp]]) -> tuple[Array, Array, NDArray[np.intp]]:
    """Standardise as the rows outside a fold say; return training and test rows."""
    train = np.setdiff1d(np.arange(len(X)), folds[k])
    mean, deviation = X[train].mean(0), X[train].std(0)
    return (X[train] - mean) / deviation, (X[folds[k]] - mean) / deviation, train


def rmse(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def ridge(A: Array, y: Array, alpha: float, B: Array) -> Array:
    """Predict by the normal equations of centred data."""
    mean = A.mean(0)
    C = A - mean
    coef = np.linalg.solve(C.T @ C + alpha * np.eye(A.shape[1]), C.T @ (y - y.mean()))
    return np.asarray((B - mean) @ coef + y.mean())


def test_regressions_are_scored_as_by_hand() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    scores = {one.name: one for one in compare_models(X, Y, regressions(), FOLDS)}
    assert list(scores) == ["mean", "least squares", "ridge", "elastic net", "lasso"]
    for k, fold in enumerate(FOLDS):
        A, B, train = parts(k, FOLDS)
        y, truth = Y[train], Y[fold]
        baseline = rmse(truth - y.mean())
        expected = {"mean": np.full(len(fold), y.mean()), "least squares": ridge(A, y, 0.0, B)}
        expected["ridge"] = ridge(A, y, scores["ridge"].penalties[k][0] or 0.0, B)
        for name in ("lasso", "elastic net"):
            alpha, ratio = scores[name].penalties[k]
            net = linear_model.ElasticNet(
                alpha=(alpha or 0.0) / len(y), l1_ratio=ratio, tol=1e-14, max_iter=10**6
            )
            expected[name] = net.fit(A, y).predict(B)
        for name, values in expected.items():
            error = rmse(truth - values)
            assert scores[name].loss[k] == pytest.approx(error, rel=1e-6), name
            share = 1.0 - (error / baseline) ** 2
            assert scores[name].share[k] == pytest.approx(share, abs=1e-6)
    assert scores["lasso"].penalties[0][1] == 1.0


def test_classes_are_scored_as_by_hand() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    metrics = pytest.importorskip("sklearn.metrics")
    folds = draw_folds(LABELS, 3, 1, by_class=True)
    scores = {one.name: one for one in compare_models(X, LABELS, classifiers(), folds)}
    for k, fold in enumerate(folds):
        A, B, train = parts(k, folds)
        for name in ("no penalty", "ridge"):
            alpha = scores[name].penalties[k][0] or 1e-12
            peer = linear_model.LogisticRegression(C=1.0 / alpha, tol=1e-12, max_iter=10_000)
            peer.fit(A, LABELS[train])
            loss = metrics.log_loss(LABELS[fold], peer.predict_proba(B))
            assert scores[name].loss[k] == pytest.approx(loss, rel=1e-5)
            assert scores[name].share[k] == pytest.approx(peer.score(B, LABELS[fold]))
        share = np.mean(LABELS[train] == "yes")
        odds = np.where(LABELS[fold] == "yes", share, 1.0 - share)
        assert scores["class shares"].loss[k] == pytest.approx(-np.log(odds).mean(), rel=1e-12)


def test_what_is_chosen_for_a_fold_does_not_depend_on_its_rows() -> None:
    garbled_y, garbled_X = Y.copy(), X.copy()
    garbled_y[FOLDS[0]] *= -100.0
    garbled_X[FOLDS[0]] += 50.0
    before = compare_models(X, Y, regressions(), FOLDS)
    after = compare_models(garbled_X, garbled_y, regressions(), FOLDS)
    for one, other in zip(before, after, strict=True):
        assert one.penalties[0] == other.penalties[0]
        assert one.loss[0] != other.loss[0]


def test_weights_count_as_repetition() -> None:
    weights = np.where(np.arange(90) % 3 == 0, 2.0, 1.0)
    models = {name: regressions()[name] for name in ("mean", "least squares")}
    weighted = compare_models(X, Y, models, FOLDS, weights)
    rows = np.repeat(np.arange(90), weights.astype(int))
    places = [np.flatnonzero(np.isin(rows, fold)) for fold in FOLDS]
    repeated = compare_models(X[rows], Y[rows], models, places)
    for one, other in zip(weighted, repeated, strict=True):
        np.testing.assert_allclose(one.loss, other.loss, rtol=1e-9)
        np.testing.assert_allclose(one.share, other.share, rtol=1e-9, atol=1e-12)


def test_folds_share_rows_and_classes_evenly() -> None:
    folds = draw_folds(LABELS, 4, 0, by_class=True)
    assert sorted(np.concatenate(folds)) == list(range(90))
    for label in ("yes", "no"):
        counts = [int((LABELS[fold] == label).sum()) for fold in folds]
        assert max(counts) - min(counts) <= 1
    again = draw_folds(LABELS, 4, 0, by_class=True)
    assert all((one == other).all() for one, other in zip(folds, again, strict=True))
    other_seed = draw_folds(LABELS, 4, 7, by_class=True)
    assert any(set(one) != set(other) for one, other in zip(folds, other_seed, strict=True))


def test_models_are_in_order_with_paired_differences() -> None:
    scores = compare_models(X, Y, regressions(), FOLDS)
    lines = in_order(scores)
    assert [line.loss for line in lines] == sorted(line.loss for line in lines)
    assert lines[0].behind == 0.0
    assert lines[-1].name == "mean"
    best = next(one for one in scores if one.name == lines[0].name)
    last = next(one for one in scores if one.name == "mean")
    gaps = last.loss - best.loss
    assert lines[-1].behind == pytest.approx(gaps.mean())
    assert lines[-1].behind_se == pytest.approx(gaps.std(ddof=1) / 2.0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a table with categories and a gap."""
    rng = np.random.default_rng(3)
    path = tmp_path / "houses.csv"
    towns = rng.choice(["aa", "bb", "cc"], 60)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["town", "size", "price", "sold"])
        for i, town in enumerate(towns):
            size = rng.uniform(50.0, 150.0)
            price = 2.0 * size + {"aa": 0.0, "bb": 50.0, "cc": -30.0}[town] + rng.normal(0.0, 10.0)
            sold = "yes" if price + rng.normal(0.0, 60.0) < 220.0 else "no"
            writer.writerow([town, "" if i == 5 else size, price, sold])
    return path


@pytest.mark.parametrize("target", ["price", "sold"])
def test_the_command_prints_a_table(
    target: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "sold" if target == "price" else "price"
    arguments = [str(table), "--target", target, "--ignore", other, "--missing", "drop"]
    scores = table.with_name("scores.csv")
    assert main(["compare", *arguments, "--folds", "3", "--out", str(scores)]) == 0
    printed = capsys.readouterr()
    lines = printed.out.replace(str(scores), "").splitlines()
    assert max(map(len, lines)) <= 80
    said = f"Models of {target} on 4 columns, 59 rows (1 left out: a value is missing), 3 folds"
    assert said in " ".join(lines)
    first = next(i for i, line in enumerate(lines) if line.startswith(" "))
    shown = {line[:15].rstrip(" *"): line[15:].split() for line in lines[first + 1 : first + 6]}
    assert set(shown) == set(regressions() if target == "price" else classifiers())
    with scores.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 15
    loss = "rmse" if target == "price" else "log_loss"
    for name, cells in shown.items():
        values = [float(row[loss]) for row in rows if row["model"] == name]
        assert float(cells[0]) == pytest.approx(np.mean(values), rel=1e-3)
        assert float(cells[1]) == pytest.approx(np.std(values, ddof=1) / np.sqrt(3), rel=1e-2)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ("1,2\n" * 5, [], "5 rows are too few for 5 folds"),
        ("1,2\n" * 20, [], "the target is 2.0 in all rows"),
        ("1,a\n" * 20 + "1,b\n", [], "the class b has one row"),
        ("1,2\n" * 10 + ",3\n", [], "--missing drop leaves out rows"),
        ("1,2\n2,3\n" * 10, ["--folds", "1"], "must be a whole number from 2 on"),
        ("1,2\n2,3\n" * 10, ["--seed", "-1"], "must be a whole number from 0 on"),
        ("1,2\n2,3\n" * 10, ["--task", "best"], "invalid choice: 'best'"),
        ("1,x\n2,y\n" * 10, ["--task", "numbers"], "is not a finite number: 'x'"),
    ],
)
def test_errors_take_one_line(
    rows: str,
    options: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"a,b\n{rows}", encoding="utf-8")
    try:
        code: Any = main(["compare", str(path), "--target", "b", *options])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_constant_columns_and_rare_levels_do_no_harm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{rng.normal():.6f},1,{'rare' if i == 3 else 'a'},{i % 7}" for i in range(40)]
    path = tmp_path / "table.csv"
    path.write_text("x,one,level,y\n" + "\n".join(rows), encoding="utf-8")
    assert main(["compare", str(path), "--target", "y", "--task", "numbers"]) == 0
    assert "nan" not in capsys.readouterr().out


def test_what_takes_long_says_how_far_it_is(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "PATIENCE", 0.0)
    monkeypatch.setattr(compare, "LINE_PAUSE", 0.0)
    arguments = [str(table), "--target", "price", "--missing", "drop", "--folds", "2"]
    assert main(["compare", *arguments]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "compare, " in line]
    assert len(lines) == 10
    assert "5 of 10" in lines[5]
    assert lines[5].startswith("compare, mean:")
