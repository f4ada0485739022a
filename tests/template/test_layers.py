"""The layers: what is pruned from them, and how they are built."""

import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import av
import pytest

from local.paths import ROOT
from local.tools import codec_samples, prune_layer
from local.tools.elf import Library, NotDroppable
from local.tools.layer_sizes import BuiltLayer

PACKAGES = Path(av.__file__).parents[1]
LIBRARIES = PACKAGES / "av.libs"
ON_LINUX = pytest.mark.skipif(not LIBRARIES.exists(), reason="the wheel of this platform has no Linux libraries")

DECODE = """
import sys
from keepreel.media.libav import av
from keepreel.media import thumbnails
assert av.__file__.startswith(sys.argv[1]), av.__file__
for name in sys.argv[2:]:
    with av.open(name) as file:
        frame = next(file.decode(video=0))
        print(file.streams.video[0].codec_context.name, frame.width, frame.height)
"""


def test_botocore_has_the_data_of_every_service_that_has_a_client() -> None:
    source = (ROOT / "layers/keepreel/python/keepreel/aws.py").read_text()
    used = set(re.findall(r'_client\("([a-z0-9-]+)"', source))

    assert len(used) >= 8
    assert used | {"sts"} == prune_layer.SERVICES


def test_pruned_layer_has_only_what_functions_use(tmp_path: Path) -> None:
    data = "botocore/data"
    kept = {
        f"{data}/endpoints.json",
        f"{data}/partitions.json",
        f"{data}/_retry.json",
        f"{data}/sdk-default-configuration.json",
        f"{data}/dynamodb/2012-08-10/service-2.json.gz",
        f"{data}/dynamodb/2012-08-10/endpoint-rule-set-1.json.gz",
        "botocore/cacert.pem",
        "PIL/_imaging.cpython-313-x86_64-linux-gnu.so.txt",
        "requests-2.0.dist-info/METADATA",
        "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui.min.css",
    }
    removed = {
        f"{data}/ec2/2016-11-15/service-2.json.gz",
        f"{data}/dynamodb/2011-12-05/service-2.json.gz",
        f"{data}/dynamodb/2012-08-10/examples-1.json",
        "PIL/_avif.cpython-313-x86_64-linux-gnu.so.txt",
        "PIL/Image.pyi",
        "av/frame.pxd",
        "package/tests/test_module.py",
        "requests-2.0.dist-info/RECORD",
        "c2pa/libs/libc2pa_c.rlib",
    }
    for name in kept | removed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    prune_layer.prune(tmp_path)

    assert {it.relative_to(tmp_path).as_posix() for it in tmp_path.rglob("*") if it.is_file()} == kept


@ON_LINUX
def test_pruned_decoder_still_decodes_every_codec_that_browsers_play(tmp_path: Path) -> None:
    layer, films = tmp_path / "python", [codec_samples.write(it, tmp_path) for it in codec_samples.ENCODERS]
    for name in ("av", "av.libs"):
        shutil.copytree(PACKAGES / name, layer / name)

    prune_layer.prune(layer)

    command = [sys.executable, "-c", DECODE, str(layer), *map(str, films)]
    done = subprocess.run(command, env={"PYTHONPATH": str(layer)}, capture_output=True, text=True, check=False)
    left = {it.name.partition("-")[0] for it in (layer / "av.libs").iterdir()}
    assert done.stdout.split("\n")[:-1] == ["h264 64 64", "hevc 64 64", "vp9 64 64", "libdav1d 64 64"], done.stderr
    used = set() if library("libavcodec").name.partition(".so.")[2] >= "63" else {"libx265", "libSvtAv1Enc"}
    assert left & {"libx265", "libSvtAv1Enc", "libxcb", "libvmaf"} == used


@ON_LINUX
def test_library_that_is_needed_at_load_is_not_cut_off() -> None:
    codecs, devices = (Library.read(library(it)) for it in ("libavcodec", "libavdevice"))

    with pytest.raises(NotDroppable, match="x264_levels"):
        codecs.drop(library("libx264").name, Library.read(library("libx264")))
    with pytest.raises(NotDroppable, match="certain version"):
        devices.drop(library("libasound").name, Library.read(library("libasound")))


@ON_LINUX
def test_library_that_looks_up_everything_at_load_keeps_all(tmp_path: Path) -> None:
    content = library("libavcodec").read_bytes()
    codecs = Library(content.replace(struct.pack("<QQ", 30, 2), struct.pack("<QQ", 30, 10), 1))  # DF_BIND_NOW

    with pytest.raises(NotDroppable, match="x265"):
        codecs.drop(library("libx265").name, Library.read(library("libx265")))


def test_build_needs_lambdas_python_for_the_bytecode(tmp_path: Path) -> None:
    refused, allowed = build_package(tmp_path / "a"), build_package(tmp_path / "b", "LAYER_BYTECODE=no")

    assert (refused.returncode != 0, "make build LAYER_BYTECODE=no" in refused.stderr) == (True, True)
    assert "Python 3.99 is needed" in refused.stderr
    assert (allowed.returncode, (tmp_path / "b/python/keepreel/aws.py").exists()) == (0, True)


def test_zipped_size_is_that_of_the_upload(tmp_path: Path) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python/zeros").write_bytes(bytes(1_000_000))

    assert 900 < BuiltLayer(name="Layer", folder=tmp_path).zipped_bytes < 2000


def library(name: str) -> Path:
    return next(LIBRARIES.glob(f"{name}-*"))


def build_package(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    makefile = ROOT / "layers/keepreel/Makefile"
    command = [
        "make",
        "-f",
        str(makefile),
        "build-KeepreelLayer",
        f"ARTIFACTS_DIR={folder}",
        "LAYER_PYTHON=3.99",
        *options,
    ]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)
