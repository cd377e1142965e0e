"""The function `elltwo.load`."""

from __future__ import annotations

import os
from typing import Any

from elltwo._saving.kinds import find_earlier, find_kind
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.saved_files import FORMAT, FORMAT_VERSION, read_document
from elltwo.functional._base.saved_kinds import Where, read_record
from elltwo.functional._base.saved_values import SavedValueError


@public("elltwo")
def load(path: str | os.PathLike[str]) -> Any:  # noqa: ANN401  # whatever was saved
    """Read a model from a file that `save` or ``elltwo fit`` has written.

    Nothing in such a file is run and no module that it names is imported: it is JSON with numbers,
    text and arrays, whose types, shapes and sizes are checked before there is a model.

    Parameters
    ----------
    path : str or path-like
        File to read.

    Returns
    -------
    object
        What was saved: the record of a fit, or an estimator. Like a copy it does not have the data
        that the fit was made from, so that `statistics` are not known.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If it is no model, is cut off or damaged, or is of a newer version; the message names the
        file and says which.

    Examples
    --------
    >>> import elltwo, os, tempfile
    >>> fit = elltwo.ridge([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.5], alpha=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.json")
    ...     fit.save(path)
    ...     again = elltwo.load(path)
    >>> again.predict([[3.0]]) == fit.predict([[3.0]])
    array([ True])
    """
    try:
        return _read(read_document(path))
    except SavedValueError as error:
        raise ValueError(f"cannot load {os.fspath(path)}: {error}") from error


def _read(document: dict[str, Any]) -> Any:  # noqa: ANN401
    version = document.get("format_version")
    read_earlier = find_earlier(document["format"], version)
    if read_earlier is not None:
        return read_earlier(document)
    if document["format"] != FORMAT:
        raise SavedValueError(f'it does not say "format": "{FORMAT}"')
    if type(version) is int and version > FORMAT_VERSION:
        raise SavedValueError(
            f"its format version {version} is newer than {FORMAT_VERSION}, which this elltwo reads"
            f"; it was written by elltwo {document.get('version')!r:.40}"
        )
    if version != FORMAT_VERSION:
        raise SavedValueError(f"its format version is {version!r:.40}")
    try:
        record = read_record(document, Where("", {}, find_kind))
    except RecursionError:
        raise SavedValueError("it is nested too deeply") from None
    if not hasattr(record, "save"):
        raise SavedValueError(f"it holds a {document['kind']}, which is a part of a model")
    return record
