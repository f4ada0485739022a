"""A folder on the function's disk for the files of one save."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "keepreel-save-"


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder, which is removed at the end, and remove the folders of processes that were killed.

    Lambda keeps the disk when it replaces a process that ran out of time or memory. A few such folders would fill it.
    """
    _remove_left_overs()
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as path:
        yield Path(path)


def _remove_left_overs() -> None:
    for path in Path(gettempdir()).glob(f"{_PREFIX}*"):
        process_id = path.name.removeprefix(_PREFIX).partition("-")[0]
        if process_id.isdigit() and not _is_running(int(process_id)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        return True
    return True
