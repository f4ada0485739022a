"""Text files that are served as they are, and a folder of them whose files stay together by a version."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

from keepreel.errors import NotFound

Source = Path | Traversable

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml; charset=utf-8",
}
_OF_A_PAGE = (".css", ".html", ".js", ".svg")
_VERSIONED = re.compile(r"([0-9a-f]{12})/(.+)")


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    text: str

    @property
    def content_type(self) -> str:
        return _TYPES[Path(self.name).suffix]

    @property
    def is_html(self) -> bool:
        return self.name.endswith(".html")


def read(path: Source) -> File:
    return File(name=path.name, text=path.read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A page's files as they were when it was read; nothing that is asked for later touches the disk.

    The version stands for the contents of all files together. Modules that were loaded under one import each other
    under it too, so that a new deployment never mixes with an old one. In HTML, `$version` is the version.
    """

    version: str
    files: Mapping[str, File]  # by path

    @classmethod
    def read(cls, path: Path) -> Self:
        files = {it.relative_to(path).as_posix(): read(it) for it in path.rglob("*") if it.suffix in _OF_A_PAGE}
        version = sha256(repr(sorted((name, it.text) for name, it in files.items())).encode()).hexdigest()[:12]
        return cls(version=version, files={name: _filled(it, version=version) for name, it in files.items()})

    def find(self, address: str) -> tuple[File, bool]:
        """The file at `<path>` or `<version>/<path>`, and whether this address will never show anything else.

        A page from before a deployment asks under its old version, and gets what there is now. Raises NotFound.
        """
        versioned = _VERSIONED.fullmatch(address)
        version, path = versioned.groups() if versioned else (None, address)
        if path not in self.files:
            raise NotFound("There is nothing at this address.")
        file = self.files[path]
        return file, version == self.version and not file.is_html


def _filled(file: File, *, version: str) -> File:
    return replace(file, text=file.text.replace("$version", version)) if file.is_html else file
