"""Built functions and layers with their sizes. `make build` prints the sizes and fails above a limit."""

import io
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

LIMIT_BYTES = 250 * 2**20  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

# What a cold start downloads. Every function has these layers, so a new dependency must not double them unnoticed.
ZIPPED_LIMITS_BYTES = {"DependenciesLayer": 18 * 10**6}


@dataclass(frozen=True, kw_only=True)
class BuiltLayer:
    name: str
    folder: Path

    @property
    def zipped_bytes(self) -> int:
        """The size that `sam deploy` uploads."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(it for it in self.folder.rglob("*") if it.is_file()):
                archive.write(file, file.relative_to(self.folder))
        return content.tell()


@dataclass(frozen=True, kw_only=True)
class BuiltFunction:
    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]

    @property
    def unzipped_bytes(self) -> int:
        """The size that Lambda limits: the function with its layers."""
        files = (file for folder in (self.code, *self.layers) for file in folder.rglob("*"))
        return sum(file.stat().st_size for file in files if file.is_file())


def functions(build: Path) -> list[BuiltFunction]:
    """Return the functions in the output folder of `sam build`, in the order of the template."""
    template = yaml_parse((build / "template.yaml").read_text())
    resources = template["Resources"]
    shared = template["Globals"]["Function"]
    folders = {layer.name: layer.folder for layer in layers(build)}
    return [
        _function(name, resource["Properties"], shared=shared, layers=folders, build=build)
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def layers(build: Path) -> list[BuiltLayer]:
    """Return the layers in the output folder of `sam build`, in the order of the template."""
    resources = yaml_parse((build / "template.yaml").read_text())["Resources"]
    return [
        BuiltLayer(name=name, folder=(build / resource["Properties"]["ContentUri"]).resolve())
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    ]


def _function(
    name: str, own: dict[str, Any], *, shared: dict[str, Any], layers: dict[str, Path], build: Path
) -> BuiltFunction:
    """Merge like the SAM transform: a function's properties override Globals, and layer lists are concatenated."""
    return BuiltFunction(
        name=name,
        handler=own.get("Handler", shared["Handler"]),
        code=(build / own["CodeUri"]).resolve(),
        layers=tuple(layers[layer["Ref"]] for layer in [*shared["Layers"], *own.get("Layers", [])]),
    )


def too_large(built: list[BuiltFunction]) -> list[str]:
    """Return the names of the functions that exceed Lambda's limit."""
    return [function.name for function in built if function.unzipped_bytes > LIMIT_BYTES]


def main(build: Path) -> int:
    heavy = []
    for layer in layers(build):
        size = layer.zipped_bytes
        print(f"{size / 10**6:6.1f} MB zipped  {layer.name}")
        if size > ZIPPED_LIMITS_BYTES.get(layer.name, LIMIT_BYTES):
            heavy.append(f"{layer.name} ({ZIPPED_LIMITS_BYTES.get(layer.name, LIMIT_BYTES) / 10**6:.0f} MB)")
    if heavy:
        print(f"over the limit of a zipped layer, see local/tools/layer_sizes.py: {', '.join(heavy)}", file=sys.stderr)
        return 1
    built = functions(build)
    for function in built:
        print(f"{function.unzipped_bytes / 2**20:6.1f} MB  {function.name}")
    oversized = too_large(built)
    if oversized:
        print(f"over Lambda's limit of 250 MB unzipped, layers included: {', '.join(oversized)}", file=sys.stderr)
        return 1
    print("To deploy: make deploy STAGE=dev")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
