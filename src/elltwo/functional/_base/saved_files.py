"""Files of models: JSON that says what it is, written in one step and read with suspicion."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.saved_kinds import written_record
from elltwo.functional._base.saved_values import SavedValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "elltwo-model"
FORMAT_VERSION = 3


def write_model(record: object, path: str | os.PathLike[str]) -> None:
    """Write a record to a file, which an interruption leaves as it was.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError
        If the record holds something for which such a file has no form.
    """
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": _core.build_config()["version"],
    }
    content = {**head, **written_record(record)}
    _replace(Path(os.fspath(path)), _encoded(content))


def _encoded(content: dict[str, Any]) -> bytes:
    """Return JSON in UTF-8, the names of fields one to a line, arrays and lists in one."""
    try:
        return _text(content, False).encode()
    except UnicodeEncodeError:  # a name with half of a pair of surrogates
        return _text(content, True).encode()


def _text(content: Mapping[str, Any], ascii_only: bool) -> str:
    pieces: list[str] = []
    _append(content, "\n", ascii_only, pieces)
    return "".join([*pieces, "\n"])


def _append(value: object, line: str, ascii_only: bool, pieces: list[str]) -> None:
    if not isinstance(value, dict) or not value or "dtype" in value:
        pieces.append(json.dumps(value, allow_nan=False, ensure_ascii=ascii_only))
        return
    start = "{"
    for name, entry in value.items():
        pieces.append(f"{start}{line}  {json.dumps(name, ensure_ascii=ascii_only)}: ")
        _append(entry, f"{line}  ", ascii_only, pieces)
        start = ","
    pieces.append(f"{line}}}")


def _replace(path: Path, data: bytes) -> None:
    """Put data into a file in one step."""
    path = path.resolve() if path.is_symlink() else path
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Return the permissions of a file, or those that a new one is given."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def read_document(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the JSON of a file, which is an object that says to be of some format.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    SavedValueError
        If it is something else.
    """
    data = _bytes_of(Path(os.fspath(path)))
    try:
        content = json.loads(data.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise SavedValueError("it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        cut = " (it may be cut off)" if at_end else ""
        raise SavedValueError(f"it is not JSON{cut}: {error}") from None
    except (RecursionError, ValueError) as error:  # deep nesting, numbers of thousands of digits
        raise SavedValueError(f"it is not JSON of a model: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("format"), str):
        raise SavedValueError(f'it does not say "format": "{FORMAT}"')
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no number {name}")


def _bytes_of(path: Path) -> bytes:
    """Read a file; pipes and devices, which may have no end, are none."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise SavedValueError("it is not a regular file")
    return path.read_bytes()
