#!/usr/bin/env python3
"""Makes the ONNX files that the import is tested on: trained and exported by PyTorch, quantised and
run by onnxruntime, on the handwritten digits of examples/digits/data.

    make.py DIR                all of them (needs torch, onnx, onnxscript, onnxruntime, safetensors)
    make.py DIR --from FOLDER  takes the float models from FOLDER and makes the rest (no torch)

Every fifth image (0, 5, ..) is held out, the one after it is for calibration, the other three are
for training. `expected.safetensors` holds what onnxruntime gives for the held-out images: for each
file the largest output of every image and all outputs of the first 120.
"""

import argparse
import pathlib
import shutil

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[4]
FLOAT = ["mlp", "products", "residual", "normalised"]
EXACT_ROWS = 120


def images():
    """Pixels 0..16 as floats [n, 1, 8, 8] and labels, for each of the three parts."""
    table = np.loadtxt(ROOT / "examples/digits/data/digits.csv", delimiter=",", dtype=np.int64)
    pixels = table[:, :64].reshape(-1, 1, 8, 8).astype(np.float32)
    labels = table[:, 64]
    part = np.arange(len(labels)) % 5
    return {
        name: (pixels[rows], labels[rows])
        for name, rows in [
            ("held out", part == 0),
            ("calibration", part == 1),
            ("training", part >= 2),
        ]
    }


def networks():
    import torch
    from torch import nn

    class Residual(nn.Module):
        """Convolutions with batch normalisation, a skip, a depthwise layer, both kinds of pool."""

        def __init__(self):
            super().__init__()

            def conv(inputs, outputs, kernel, **options):
                return [
                    nn.Conv2d(inputs, outputs, kernel, bias=False, **options),
                    nn.BatchNorm2d(outputs),
                ]

            self.first = nn.Sequential(*conv(1, 8, 3, padding=1), nn.ReLU())
            self.second = nn.Sequential(*conv(8, 8, 3, padding=1))
            self.pool = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2))
            self.third = nn.Sequential(
                *conv(8, 8, 3, padding=1, groups=8), nn.ReLU6(), *conv(8, 16, 1), nn.ReLU()
            )
            self.last = nn.Sequential(
                nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(16, 10)
            )

        def forward(self, x):
            x = self.first(x / 16)
            x = self.pool(self.second(x) + x)
            return self.last(self.third(x))

    class Products(nn.Module):
        """Products with matrices, without bias, and a softmax."""

        def __init__(self):
            super().__init__()
            self.first = nn.Parameter(torch.randn(64, 24) / 8)
            self.second = nn.Parameter(torch.randn(24, 10) / 5)

        def forward(self, x):
            x = torch.relu(x.flatten(1) @ self.first)
            return torch.log_softmax(x @ self.second, 1)

    torch.manual_seed(1998)
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    normalised = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, padding=1),
        nn.BatchNorm2d(6),
        nn.MaxPool2d(2, stride=1),
        nn.ReLU(),
        nn.AvgPool2d(3, stride=1, padding=1),
        nn.Flatten(),
        nn.Linear(54, 10),
    )
    return {"mlp": mlp, "products": Products(), "residual": Residual(), "normalised": normalised}


def train_and_export(folder):
    import torch

    torch.set_num_threads(1)
    pixels, labels = (torch.from_numpy(part) for part in images()["training"])
    for name, network in networks().items():
        optimiser = torch.optim.Adam(network.parameters(), 1e-2, weight_decay=1e-4)
        network.train()
        for _ in range(30):
            for rows in torch.randperm(len(labels)).split(64):
                loss = torch.nn.functional.cross_entropy(network(pixels[rows]), labels[rows])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        network.eval()
        path = str(folder / f"{name}.onnx")
        if name == "normalised":
            # The exporter by tracing, told to leave the batch normalisation as it is.
            torch.onnx.export(
                network,
                (pixels[:1],),
                path,
                dynamo=False,
                do_constant_folding=False,
                training=torch.onnx.TrainingMode.PRESERVE,
                opset_version=17,
                input_names=["image"],
                output_names=["logits"],
                dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
            )
        else:
            torch.onnx.export(
                network,
                (pixels[:2],),
                path,
                external_data=False,
                verbose=False,
                input_names=["image"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )
        strip(path)


def strip(path):
    """Leaves out where in the source the nodes come from: folders of the machine, and most of the
    file."""
    import onnx

    model = onnx.load(path)
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    for item in [*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output]:
        del item.metadata_props[:]
        item.doc_string = ""
    model.graph.doc_string = ""
    onnx.save(model, path)


def quantise(folder):
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Reader(CalibrationDataReader):
        def __init__(self):
            pixels, _ = images()["calibration"]
            self.rows = iter({"image": row[None]} for row in pixels)

        def get_next(self):
            return next(self.rows, None)

    formats = {"qdq": QuantFormat.QDQ, "qoperator": QuantFormat.QOperator}
    for network, kind, options in [
        ("mlp", "qdq", {}),
        ("mlp", "qoperator", {}),
        ("products", "qoperator", {}),
        ("residual", "qdq", {"per_channel": True}),
        ("residual", "qoperator", {"per_channel": True}),
        ("residual", "qdq-i8", {"per_channel": True, "activation_type": QuantType.QInt8}),
        (
            "residual",
            "qdq-symmetric",
            {
                "activation_type": QuantType.QInt8,
                "extra_options": {"ActivationSymmetric": True},
            },
        ),
    ]:
        options = {
            "activation_type": QuantType.QUInt8,
            "weight_type": QuantType.QInt8,
            **options,
        }
        path = folder / f"{network}.{kind}.onnx"
        quantize_static(
            str(folder / f"{network}.onnx"),
            str(path),
            Reader(),
            quant_format=formats[kind.split("-")[0]],
            **options,
        )
        strip(str(path))


def expect(folder):
    import onnxruntime
    from safetensors.numpy import save_file

    pixels, labels = images()["held out"]
    tensors = {}
    # Without fusions, so that what is run is what the file says.
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for path in sorted(folder.glob("*.onnx")):
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        rows = [session.run(None, {"image": row[None]})[0][0] for row in pixels]
        outputs = np.stack(rows).astype(np.float32)
        answers = outputs.argmax(1).astype(np.uint8)
        tensors[f"{path.stem}.outputs"] = outputs[:EXACT_ROWS]
        tensors[f"{path.stem}.answers"] = answers
        print(f"{path.name}: {(answers == labels).mean():.2%} right, {path.stat().st_size} bytes")
    save_file(tensors, str(folder / "expected.safetensors"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--from", dest="source", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.source:
        for name in FLOAT:
            shutil.copy(arguments.source / f"{name}.onnx", arguments.folder)
    else:
        train_and_export(arguments.folder)
    quantise(arguments.folder)
    expect(arguments.folder)


if __name__ == "__main__":
    main()
