"""`make map`: print the first line of every module, so that the lines explain the project."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from local.paths import ROOT

_FOLDERS = ("layers/keepreel/python/keepreel", "functions", "local")
_JS_COMMENT = re.compile(r"\s*(?:\"use strict\";\s*)?(?://|/\*\*?)\s*(?:\* )?(.+?)\s*(?:\*/)?$", re.MULTILINE)


def main() -> None:
    folder = None
    for file in modules(ROOT):
        if file.parent != folder:
            folder = file.parent
            print(f"\n{folder.relative_to(ROOT)}/")
        print(f"  {file.name:<28} {summary(file)}".rstrip())


def modules(root: Path) -> Iterator[Path]:
    """Python modules and page modules, folder by folder; empty files are left out."""
    files = [file for name in _FOLDERS for file in (root / name).rglob("*") if file.suffix in {".py", ".js"}]
    listed = (it for it in files if it.stat().st_size and not {"__pycache__", "node_modules"} & {*it.parts})
    return iter(sorted(listed, key=lambda it: (_order(root, it), it.parent, it.name)))


def _order(root: Path, file: Path) -> int:
    relative = str(file.relative_to(root))
    return next(i for i, name in enumerate(_FOLDERS) if relative.startswith(name))


def summary(file: Path) -> str:
    """The first line of a Python docstring, or of the comment that a JavaScript file starts with; "" without one."""
    text = file.read_text()
    if file.suffix == ".py":
        return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    comment = _JS_COMMENT.match(text)
    return comment[1] if comment else ""


if __name__ == "__main__":
    main()
