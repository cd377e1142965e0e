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
    from matplotlib.figure import Figure, SubFigure

WIDTH = 4.8  # inches: at 400 px the letters have the size of the page's small type
_HEIGHT = 3.3
MAX_CURVES = 4  # classes with pictures of their own
_LONGEST = 26  # letters of a name
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


def shown_names(names: Sequence[str]) -> list[str]:
    """Shorten names for a picture."""
    return [shown_name(name) for name in names]


def shown_name(name: str) -> str:
    """Shorten a name in the middle."""
    line = " ".join(name.split())
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST - 10]}…{line[-9:]}"
    return line


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
        _legend_below(figure)
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

        figure = Figure(figsize=(1.1 * WIDTH * n_columns, sum(heights)), layout="constrained")
        parts = figure.subfigures(n_rows, n_columns, height_ratios=heights, squeeze=False)
        for part, picture in zip(parts.flat, pictures, strict=False):
            picture.draw(part.add_subplot())
            part.suptitle(picture.title, fontsize=10.0)
            _legend_below(part)
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


def _legend_below(figure: Figure | SubFigure) -> None:
    """Move the legends of all axes below them, where a narrow picture has room."""
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend is None:
            continue
        handles, labels = ax.get_legend_handles_labels()
        legend.remove()
        columns = 1 if max(map(len, labels)) > 32 else 2 if max(map(len, labels)) > 16 else 3
        where = {"loc": "outside lower center", "ncols": columns, "frameon": False}
        moved = figure.legend(handles, labels, **where)
        for text in moved.get_texts():
            text.set_parse_math(False)  # a dollar in a name is one


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
