"""The figures of a page: drawn by its own examples, and kept below docs/figures.

``python tests/support/page_figures.py`` draws those of docs/plots.md anew.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from markdown_code import code_and_output

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "docs" / "figures"
PLOTS = ROOT / "docs" / "plots.md"


def figures_of(page: Path) -> list[str]:
    """Names of the files that a page's examples save."""
    return re.findall(r'savefig\("([\w.]+)"', page.read_text(encoding="utf-8"))


def draw(page: Path, folder: Path) -> None:
    """Run the examples of a page in a folder, in matplotlib's own style."""
    import matplotlib as mpl

    before = Path.cwd()
    os.chdir(folder)
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.use("Agg")
            namespace: dict[str, Any] = {}
            for code, _ in code_and_output(page.read_text(encoding="utf-8"), all_blocks=False):
                exec(compile(code, page.name, "exec"), namespace)
    finally:
        os.chdir(before)


def drawn_by(picture: Path) -> str:
    """Return the version of matplotlib that drew a picture, from its metadata, "3.11" say."""
    from PIL import Image

    with Image.open(picture) as image:
        software = str(image.info.get("Software", ""))
    found = re.search(r"Matplotlib version(\d+\.\d+)", software)
    return found[1] if found else ""


def main() -> None:
    """Draw the figures of docs/plots.md and keep them."""
    with tempfile.TemporaryDirectory() as folder:
        draw(PLOTS, Path(folder))
        for name in figures_of(PLOTS):
            (FIGURES / name).write_bytes((Path(folder) / name).read_bytes())


if __name__ == "__main__":
    main()
