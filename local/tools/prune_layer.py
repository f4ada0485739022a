"""Remove from a layer what no function uses: botocore's other services, stubs, tests, encoders and X11 libraries."""

import re
import shutil
import sys
from pathlib import Path

from local.tools.elf import Library

# The services of aws.py, and STS, with which a profile may take a role.
SERVICES = {"cognito-idp", "dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "ssm", "stepfunctions", "sts"}
_UNUSED_FILES = re.compile(
    r".*\.(pyi|pxd|pyx|c|h|rlib|d|a)|py\.typed|build\.py|RECORD|INSTALLER|REQUESTED|examples-1\.json(\.gz)?"
)
_UNUSED_FOLDERS = {"tests", "sboms"}
# Compiled modules of Pillow: formats that a request may not have, fonts, and Tk. Pillow works without them.
_UNUSED_MODULES = re.compile(r"PIL/_(avif|imagingft|imagingtk|imagingmorph)\..*")
# Libraries, by the one that calls them, for encoders, filters and screen recording: none is called to decode a frame.
_NEVER_CALLED = {
    "libavcodec": ("libx265", "libSvtAv1Enc"),
    "libavdevice": ("libxcb",),
    "libavfilter": ("libvmaf",),
}
# Before FFmpeg 9, which Lambda's Python gets, the list of codecs asks each encoder for its formats.
_FIRST_VERSION = {"libavcodec": 63}


def prune(layer: Path) -> None:
    """Prune a layer's `python` folder. Raises NotDroppable if a library to leave out is needed after all."""
    for path in sorted(layer.rglob("*")):
        if path.exists() and _is_unused(path.relative_to(layer)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in layer.glob("botocore/data/*/"):
        for outdated in sorted(it for it in folder.iterdir() if it.is_dir())[:-1]:
            shutil.rmtree(outdated)
    for folder in layer.glob("*.libs"):
        _prune_libraries(folder, layer)


def _is_unused(path: Path) -> bool:
    if path.parent == Path("botocore/data") and not path.suffix:
        return path.name not in SERVICES and path.name != "_retry"
    is_file_unused = _UNUSED_FILES.fullmatch(path.name) or _UNUSED_MODULES.fullmatch(path.as_posix())
    return bool(is_file_unused) or path.name in _UNUSED_FOLDERS


def _prune_libraries(folder: Path, layer: Path) -> None:
    """Cut off the libraries that are never called, and delete every library that is then needed by none."""
    for caller, unused in _NEVER_CALLED.items():
        for path in folder.glob(f"{caller}-*"):
            if _version(path) >= _FIRST_VERSION.get(caller, 0):
                _cut_off(path, unused, folder)
    needed: set[str] = set()
    waiting = [path for path in layer.rglob("*.so*") if path.parent != folder]
    while waiting:
        found = {it for it in Library.read(waiting.pop()).needed() if (folder / it).exists()} - needed
        needed |= found
        waiting += [folder / it for it in found]
    for path in folder.iterdir():
        if path.name not in needed:
            path.unlink()


def _version(library: Path) -> int:
    """Return 63 for `libavcodec-d61378e8.so.63.1.102`."""
    return int(library.name.partition(".so.")[2].partition(".")[0])


def _cut_off(path: Path, unused: tuple[str, ...], folder: Path) -> None:
    library = Library.read(path)
    for name in library.needed():
        if name.startswith(unused):
            library.drop(name, Library.read(folder / name))
    library.write(path)


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
