"""`python -m benchmarks`: measures, checks every answer, prints ratios and writes the reports."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.base import records
from benchmarks.base.records import Results
from benchmarks.distributed.group import names as distributed_names
from benchmarks.harness import front, machine
from benchmarks.harness.calls import CALLS
from benchmarks.harness.cluster import run_distributed
from benchmarks.harness.kinds import GROUPS, MEMORY_GROUPS
from benchmarks.harness.memory import run_memory
from benchmarks.harness.settings import Settings, available_threads, run_child
from benchmarks.harness.startup import NAME, run_imports
from benchmarks.report import summary, text

ROOT = Path(__file__).resolve().parents[1]


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    command = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = command.add_argument
    add("--smoke", action="store_true", help="tiny shapes: checks that everything works")
    add(
        "--threads",
        type=thread_counts,
        default="1,all",
        help="thread counts, such as 1,2 or all (default 1,all)",
    )
    add(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="only what contains NAME (repeatable), such as cv, sparse, 100000x500, float32; "
        "=NAME: only what is called so; front: the rows of the README's table",
    )
    add(
        "--without",
        action="append",
        default=[],
        metavar="LIBRARY",
        help="leave out libraries whose names contain LIBRARY (repeatable)",
    )
    add("--repeat", type=positive, default=7, help="interleaved rounds (default 7)")
    add("--budget", type=float, default=20.0, help="seconds: slower fits are skipped (default 20)")
    add(
        "--parquet-gb",
        type=float,
        default=3.0,
        metavar="GB",
        help="size of the files that are fitted out of core (default 3)",
    )
    add("--load", type=Path, metavar="FILE", help="report an earlier run instead of measuring")
    add("--out", type=Path, metavar="FILE", help="write every record as JSON")
    add(
        "--publish",
        type=Path,
        nargs="?",
        const=ROOT,
        metavar="FOLDER",
        help="write the tables of docs/benchmarks.md and README.md that the run holds all of, and "
        "the README's figure (default: of this repository)",
    )
    add("--figure", type=Path, metavar="FILE", help="draw time over limit (SVG or PNG)")
    return command


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1 expected, got {text!r}")
    return number


def thread_counts(text: str) -> list[int]:
    """Read `1,2` or `all`; every count once."""
    counts = [available_threads() if part == "all" else int(part) for part in text.split(",")]
    if min(counts) < 1:
        raise argparse.ArgumentTypeError(f"positive counts or 'all' expected, got {text!r}")
    return list(dict.fromkeys(counts))


def known_names() -> list[str]:
    """Everything that `--only` can choose from."""
    names = [name for group in GROUPS for name in group.names]
    names += [*CALLS, NAME, *distributed_names()]
    return names + [group.name for group in MEMORY_GROUPS]


def measure(options: argparse.Namespace) -> Results:
    """One child process per thread count, then what needs processes of its own."""
    results = Results(smoke=options.smoke, machine=machine.describe(available_threads()))
    without = front.WITHOUT if front.NAME in options.only else ()
    settings = Settings(
        max(options.threads),
        options.smoke,
        front.expand(options.only),
        2 if options.smoke else options.repeat,
        options.budget,
        (*options.without, *without),
        options.parquet_gb,
    )
    for n_threads in options.threads:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.json"
            run_child(
                "benchmarks.harness.worker", replace(settings, n_threads=n_threads), str(path)
            )
            results.extend(records.load(path))
    results.memory += run_memory(settings)
    results.imports += run_imports(settings)
    results.distributed += run_distributed(settings)
    return results


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 if one of elltwo's answers is not the minimum."""
    command = parser()
    options = command.parse_args(arguments)
    if not Settings(only=front.expand(options.only)).selects(*known_names()):
        command.error(f"--only {options.only} is part of none of {', '.join(known_names())}")
    results = records.load(options.load) if options.load else measure(options)
    print(text.report(results))
    if options.out:
        results.save(options.out)
    if options.publish:
        from benchmarks.report.publish import publish

        print("\n".join(publish(results, options.publish)))
    if options.figure:
        from benchmarks.report import figure

        figure.draw(results, options.figure)
    wrong = summary.wrong_answers(results)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
