"""The benchmark's report in docs/benchmarks.md, README.md and the figure: what is written when."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import measure, parser
from benchmarks.base.records import Call, Fit, Limit, Results
from benchmarks.harness import front, kinds
from benchmarks.harness.settings import Settings
from benchmarks.report import publish, summary, tables
from paths import ROOT

LIBRARIES = {
    "elltwo": ("elltwo", 0.25, 0.0),
    "NumPy normal equations": ("NumPy", 0.5, 0.0),
    "scikit-learn fast and far off": ("scikit-learn", 0.01, 0.5),
    "scikit-learn cholesky": ("scikit-learn", 1.0, 1e-12),
}


def a_run() -> Results:
    """All rows of the README's table, with times that are made up."""
    results = Results(machine={"processor": "abacus"}, thread_pools={"2": "blas 2"})
    names = {name: group for group in kinds.GROUPS for name in group.names}
    for row in front.ROWS:
        if row.name in names:
            section = names[row.name].section.name
            problem = row.name.removeprefix(f"{section}-")
            results.fits += [
                Fit(problem, 2, library, family, [time], gap, section=section)
                for library, (family, time, gap) in LIBRARIES.items()
            ]
            results.limits.append(Limit(problem, 2, 1e9, 0.1, 0.05, 0.1))
        else:
            results.calls += [
                Call(row.name, 2, library, f"{library}()", [time], 0.0)
                for library, time in {"elltwo": 2e-6, "scikit-learn": 5e-4, "NumPy": 1e-5}.items()
            ]
    return results


def a_tree(folder: Path) -> Path:
    """Write the page and the README with an old text in each block."""
    blocks = "".join(
        f"{publish.begin(name)}\nold {name}\n{publish.end(name)}\n"
        for name in publish.tables_of(a_run())
    )
    (folder / "docs").mkdir()
    (folder / publish.PAGE).write_text(f"# page\n{blocks}after\n", encoding="utf-8")
    readme = f"# before\n{publish.begin('front')}\nold\n{publish.end('front')}\nafter\n"
    (folder / "README.md").write_text(readme, encoding="utf-8")
    return folder


def test_a_run_of_the_front_rows_writes_the_table_and_the_figure(tmp_path: Path) -> None:
    lines = publish.publish(a_run(), a_tree(tmp_path))
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# before\n{publish.begin('front')}\n| work, 2 threads | elltwo |")
    assert readme.endswith(f"{publish.end('front')}\nafter\n")
    assert readme.count("\n| ") == len(front.ROWS) + 2
    assert "| 250 ms, 0 | 1.00 s, 1e-12 | 500 ms, 0 (NumPy normal equations) |" in readme
    assert "| 2.00 µs, 0 | 500 µs, 0 | 10.0 µs, 0 (NumPy) |" in readme
    page = (tmp_path / publish.PAGE).read_text(encoding="utf-8")
    assert "processor abacus" in page
    assert "old front" not in page
    assert "old ridge" in page  # of which the run holds two problems alone
    assert f"{publish.PAGE}, ridge: not written, the run does not hold all of it" in lines
    assert "multiple of elltwo" in (tmp_path / publish.FIGURE).read_text(encoding="utf-8")


def test_a_part_of_the_front_rows_leaves_the_readme_alone(tmp_path: Path) -> None:
    results = a_run()
    results.calls.clear()
    publish.publish(results, a_tree(tmp_path))
    assert "old" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not (tmp_path / publish.FIGURE).exists()


def test_a_smoke_run_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="smoke"):
        publish.publish(Results(smoke=True), tmp_path)


def test_a_block_must_be_there_once(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(ValueError, match="benchmark:cv:begin"):
        publish.replace_block(page, "cv", "text")


def test_the_repository_has_every_block(tmp_path: Path) -> None:
    for path, names in ((publish.PAGE, publish.tables_of(a_run())), ("README.md", ["front"])):
        copy = tmp_path / Path(path).name
        copy.write_text((ROOT / path).read_text(encoding="utf-8"), encoding="utf-8")
        for name in names:
            publish.replace_block(copy, name, "text")


def test_front_stands_for_exact_names() -> None:
    settings = Settings(only=front.expand(["front"]))
    chosen = [
        name for group in kinds.GROUPS if settings.selects(*group.names) for name in group.names
    ]
    assert set(chosen) < {row.name for row in front.ROWS}
    assert len(chosen) == len(front.ROWS) - 1  # the last one is a call
    assert not settings.selects("fit-100000x500-float32")
    assert front.expand(["cv"]) == ("cv",)


def test_libraries_can_be_left_out() -> None:
    settings = Settings(without=("lstsq", "sag"))
    assert not settings.admits("NumPy lstsq")
    assert not settings.admits("scikit-learn saga")
    assert settings.admits("scikit-learn svd")


@pytest.mark.filterwarnings("default")
def test_a_smoke_run_of_one_row_leaves_libraries_out() -> None:
    line = ["--smoke", "--only", "=fit-500x50000", "--threads", "1", "--without"]
    results = measure(parser().parse_args([*line, "scikit-learn s"]))
    libraries = {fit.library for fit in results.fits}
    assert "scikit-learn lsqr" in libraries
    assert "scikit-learn svd" not in libraries
    assert summary.compared(results, f"fit-{results.fits[0].problem}", 1)[0] is not None


def test_labels_of_problems() -> None:
    assert tables.label("20000x500-100targets").endswith(", 100 targets")
