"""Pictures of matplotlib as SVG within a page."""

from __future__ import annotations

import re
import warnings
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.plot._axes import require_matplotlib

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes

WIDTH = 4.4  # inches: narrow for displays, whose legends are below, and near to life at 400 px
_HEIGHT = 3.3
MAX_CURVES = 4  # classes with pictures of their own
_SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "elltwo",
    "axes.unicode_minus": True,
    "text.usetex": False,
}


class Picture(NamedTuple):
    """A picture to be drawn: its title, a description for those who do not see it, and how."""

    title: str
    text: str
    draw: Callable[[Axes], object]
    height: float = _HEIGHT  #: inches
    note: str = ""  #: what a reader should know about it


def figures(pictures: Sequence[Picture]) -> str:
    """Draw pictures side by side where there is room."""
    if not pictures:
        return ""
    return f'<div class="figures">{"".join(map(_figure, pictures))}</div>'


def _figure(picture: Picture) -> str:
    note = f'<span class="note">{escape(picture.note)}</span>' if picture.note else ""
    return (
        f"<figure>{_svg(picture)}<figcaption>{escape(picture.title)}. {note}</figcaption></figure>"
    )


def _svg(picture: Picture) -> str:
    text = StringIO()
    with settings():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH, picture.height), layout="constrained")
        picture.draw(figure.add_subplot())
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Date", "Creator")))
    return _inline(text.getvalue(), picture)


def as_file(pictures: Sequence[Picture], path: str | os.PathLike[str]) -> None:
    """Draw pictures into one file, two in a row; its suffix says of which kind it is."""
    n_columns = min(len(pictures), 2)
    n_rows = -(-len(pictures) // n_columns)
    heights = [
        max(picture.height for picture in pictures[row * n_columns : (row + 1) * n_columns])
        for row in range(n_rows)
    ]
    with settings():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(WIDTH * n_columns, sum(heights)), layout="constrained")
        parts = figure.subfigures(n_rows, n_columns, height_ratios=heights, squeeze=False)
        for part, picture in zip(parts.flat, pictures, strict=False):
            picture.draw(part.add_subplot())
            part.suptitle(picture.title, fontsize=10.0)
        figure.savefig(path, dpi=150)


def settings() -> AbstractContextManager[None]:
    """Draw by the report's own sizes and fonts, whatever the user's settings are."""
    from contextlib import contextmanager

    require_matplotlib()
    import matplotlib as mpl

    @contextmanager
    def drawing() -> Iterator[None]:
        with mpl.rc_context(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
            warnings.filterwarnings("ignore", "constrained_layout not applied", UserWarning)
            mpl.rcdefaults()
            mpl.rcParams.update(_SETTINGS)
            yield

    return drawing()


def _inline(text: str, picture: Picture) -> str:
    """Make the file a part of the page: names of its own, a title, a description, no script."""
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    place = re.sub(r"\W+", "-", picture.title.lower()).strip("-")
    svg = re.sub(r'\bid="', f'id="{place}-', svg)
    svg = re.sub(r'href="#', f'href="#{place}-', svg)
    svg = svg.replace("url(#", f"url(#{place}-")
    start, rest = svg.split(">", 1)
    start = re.sub(r' (?:width|height)="[^"]*"', "", start)
    about = {"role": "img", "aria-labelledby": f"{place}-title {place}-desc"}
    attributes = "".join(f' {name}="{value}"' for name, value in about.items())
    return (
        f'{start}{attributes}><title id="{place}-title">{escape(picture.title)}</title>'
        f'<desc id="{place}-desc">{escape(picture.text)}</desc>{rest}'
    )
