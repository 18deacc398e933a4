#!/usr/bin/env python3
"""Writes what the peers read: TorchScript for PyTorch, ONNX for ONNX Runtime.

    models.py WEIGHTS OUTPUT

WEIGHTS holds the .safetensors files that dev.weft.bench.compare.ModelWeights wrote, so that every
engine has the same numbers. The PyTorch of a distribution is enough to write the files: newer run
times read them. Nothing here is used by Weft itself.
"""

import json
import pathlib
import re
import sys
import zipfile
from typing import Optional, Tuple

import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional

import m2se
import sasrec

EPSILON = 1e-5


def read_safetensors(path):
    """name -> float32 tensor; the format is a length, a JSON header and the bytes."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], dtype="<f4")
        tensors[name] = torch.from_numpy(values.copy()).reshape(entry["shape"])
    return tensors


class Norm(nn.Module):
    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.bias = nn.Parameter(torch.empty(size))
        self.size = size
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, (self.size,), self.weight, self.bias, self.epsilon)


class Attention(nn.Module):
    """Fused: one product for query, key and value, and one operator for the rest. Otherwise three
    products and a softmax between two, which is what ONNX Runtime's optimizer looks for."""

    def __init__(self, hidden: int, heads: int, fused: bool):
        super().__init__()
        self.queryKeyValue = nn.Linear(hidden, 3 * hidden)
        self.output = nn.Linear(hidden, hidden)
        self.hidden = hidden
        self.heads = heads
        self.fused = fused

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        if self.fused:
            q, k, v = self.queryKeyValue(x).split(self.hidden, -1)
            q, k, v = self.split(q), self.split(k), self.split(v)
            context = torch.bilinear(q, k, v, mask)  # see with_fused_attention
        else:
            w = self.queryKeyValue.weight
            b = self.queryKeyValue.bias
            n = self.hidden
            q = self.split(functional.linear(x, w[:n], b[:n]))
            k = self.split(functional.linear(x, w[n : 2 * n], b[n : 2 * n]))
            v = self.split(functional.linear(x, w[2 * n :], b[2 * n :]))
            scores = torch.matmul(q, k.transpose(-1, -2)) / (self.hidden // self.heads) ** 0.5
            context = torch.matmul(scores.softmax(-1), v)
        joined = context.permute(0, 2, 1, 3).contiguous()
        return self.output(joined.view(joined.size(0), joined.size(1), self.hidden))

    def split(self, x: Tensor) -> Tensor:
        heads = x.view(x.size(0), x.size(1), self.heads, self.hidden // self.heads)
        return heads.permute(0, 2, 1, 3)


class FeedForward(nn.Module):
    def __init__(self, hidden: int, inner: int, quick: bool):
        super().__init__()
        self.intermediate = nn.Linear(hidden, inner)
        self.output = nn.Linear(inner, hidden)
        self.quick = quick

    def forward(self, x: Tensor) -> Tensor:
        x = self.intermediate(x)
        if self.quick:
            x = x * torch.sigmoid(1.702 * x)
        else:
            x = functional.gelu(x)
        return self.output(x)


class Layer(nn.Module):
    def __init__(self, hidden: int, pre: bool, quick: bool, epsilon: float, fused: bool):
        super().__init__()
        self.attention = Attention(hidden, hidden // 64, fused)
        self.attentionNorm = Norm(hidden, epsilon)
        self.feedForward = FeedForward(hidden, 4 * hidden, quick)
        self.feedForwardNorm = Norm(hidden, epsilon)
        self.pre = pre

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        if self.pre:
            x = x + self.attention(self.attentionNorm(x), mask)
            return x + self.feedForward(self.feedForwardNorm(x))
        x = self.attentionNorm(x + self.attention(x, mask))
        return self.feedForwardNorm(x + self.feedForward(x))


class Transformer(nn.Module):
    def __init__(self, layers: int, hidden: int, pre: bool, quick: bool, epsilon: float, fused: bool):
        super().__init__()
        kinds = [Layer(hidden, pre, quick, epsilon, fused) for _ in range(layers)]
        self.layers = nn.ModuleList(kinds)

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Bert(nn.Module):
    def __init__(self, fused: bool):
        super().__init__()
        self.words = nn.Embedding(30522, 768)
        self.positions = nn.Embedding(512, 768)
        self.segments = nn.Embedding(2, 768)
        self.embeddingNorm = Norm(768, 1e-12)
        self.encoder = Transformer(12, 768, False, False, 1e-12, fused)
        self.pooler = nn.Linear(768, 768)

    def forward(self, ids: Tensor) -> Tuple[Tensor, Tensor]:
        places = self.positions.weight[: ids.size(1)] + self.segments.weight[0]
        x = self.encoder(self.embeddingNorm(self.words(ids) + places))
        return x, torch.tanh(self.pooler(x[:, 0]))


class MaskedBert(Bert):
    """Texts of several lengths: mask [batch, 1, 1, seq], true where there is a token. Only the
    first token's state."""

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        places = self.positions.weight[: ids.size(1)] + self.segments.weight[0]
        return self.encoder(self.embeddingNorm(self.words(ids) + places), mask)[:, 0]


class ClipVision(nn.Module):
    def __init__(self, fused: bool):
        super().__init__()
        self.classToken = nn.Parameter(torch.empty(768))
        self.patches = nn.Parameter(torch.empty(768, 3, 32, 32))
        self.positions = nn.Embedding(50, 768)
        self.preNorm = Norm(768, 1e-5)
        self.encoder = Transformer(12, 768, True, True, 1e-5, fused)
        self.postNorm = Norm(768, 1e-5)
        self.projection = nn.Linear(768, 512, bias=False)

    def forward(self, pixels: Tensor) -> Tensor:
        grid = functional.conv2d(pixels, self.patches, None, [32, 32])
        patches = grid.flatten(2).transpose(1, 2)
        classes = self.classToken.expand(patches.size(0), 1, 768)
        x = self.preNorm(torch.cat([classes, patches], 1) + self.positions.weight)
        return self.projection(self.postNorm(self.encoder(x)[:, 0]))


class MatmulOp(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return torch.matmul(a, b)


class SoftmaxOp(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.softmax(-1)


class GeluOp(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.gelu(x)


class LayerNormOp(nn.Module):
    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return functional.layer_norm(x, (768,), gamma, beta, EPSILON)


class SoftmaxBackward(nn.Module):
    def forward(self, y: Tensor, gradient: Tensor) -> Tensor:
        return torch._softmax_backward_data(gradient, y, -1, torch.float32)


class GeluBackward(nn.Module):
    def forward(self, x: Tensor, gradient: Tensor) -> Tensor:
        return torch.ops.aten.gelu_backward(gradient, x)


class LayerNormBackward(nn.Module):
    def forward(self, x: Tensor, mean: Tensor, rstd: Tensor, gamma: Tensor, gradient: Tensor) -> Tensor:
        dx, _, _ = torch.ops.aten.native_layer_norm_backward(
            gradient, x, [768], mean, rstd, gamma, gamma, [True, True, True]
        )
        return dx


def with_fused_attention(path, dropout=0.0, causal=False):
    """Names the operator that PyTorch 2 fuses attention with, which an older one cannot script.
    A TorchScript file is an archive whose code is text; torch.bilinear, otherwise unused here,
    holds the place."""

    def call(found):
        arguments = found[1].split(", ")
        mask = arguments[3] if len(arguments) > 3 else "None"
        qkv = ", ".join(arguments[:3])
        return f"torch.scaled_dot_product_attention({qkv}, {mask}, {dropout}, {causal})"

    with zipfile.ZipFile(path) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            if name.endswith(".py"):
                data = re.sub(r"torch\.bilinear\(([^()]*)\)", call, data.decode()).encode()
            archive.writestr(name, data)


def script(module, path, freeze=False):
    scripted = torch.jit.script(module.eval())
    if freeze:
        scripted = torch.jit.freeze(scripted)
    scripted.save(str(path))


def onnx(module, arguments, path, inputs):
    """inputs: the name of each and of its axes, as far as they may have any size."""
    torch.onnx.export(
        module.eval(),
        arguments,
        str(path),
        opset_version=17,
        input_names=list(inputs),
        dynamic_axes={name: dict(enumerate(axes)) for name, axes in inputs.items()},
    )


def kernels(output):
    script(SoftmaxBackward(), output / "softmax_backward.pt")
    script(GeluBackward(), output / "gelu_backward.pt")
    script(LayerNormBackward(), output / "layer_norm_backward.pt")
    square, rows = torch.zeros(4, 4), torch.zeros(4, 768)
    x = {"x": ["rows", "columns"]}
    factors = {"a": ["m", "k"], "b": ["k", "n"]}
    batches = {"a": ["batch", "m", "k"], "b": ["batch", "k", "n"]}
    onnx(MatmulOp(), (square, square), output / "matmul_2.onnx", factors)
    onnx(MatmulOp(), (square[None], square[None]), output / "matmul_3.onnx", batches)
    onnx(SoftmaxOp(), (square,), output / "softmax.onnx", x)
    onnx(GeluOp(), (square,), output / "gelu.onnx", x)
    norm = {"x": ["rows"], "gamma": [], "beta": []}
    onnx(LayerNormOp(), (rows, rows[0], rows[0]), output / "layer_norm.onnx", norm)


def encoders(weights, output):
    for name, kind, example, axes in (
        ("bert", Bert, torch.zeros(1, 128, dtype=torch.long), ["batch", "seq"]),
        ("clip", ClipVision, torch.zeros(1, 3, 224, 224), ["batch"]),
    ):
        tensors = read_safetensors(weights / f"{name}.safetensors")
        with torch.no_grad():
            fused = kind(fused=True)
            fused.load_state_dict(tensors)
            script(fused, output / f"{name}.pt", freeze=True)
            with_fused_attention(output / f"{name}.pt")
            plain = kind(fused=False)
            plain.load_state_dict(tensors)
            onnx(plain, (example,), output / f"{name}.onnx", {"x": axes})
            if name == "bert":
                masked = MaskedBert(fused=True)
                masked.load_state_dict(tensors)
                script(masked, output / "bert_masked.pt", freeze=True)
                with_fused_attention(output / "bert_masked.pt")


def steps(weights, output):
    for module, name, dropouts in ((m2se, "m2se", (0.2, 0.0)), (sasrec, "sasrec", (0.5, 0.0))):
        tensors = read_safetensors(weights / f"{name}.safetensors")
        for dropout in dropouts:
            path = output / (f"{name}.pt" if dropout > 0 else f"{name}-without-dropout.pt")
            script(module.Step(tensors, dropout), path)
            with_fused_attention(path, dropout, causal=True)


def main():
    weights, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    output.mkdir(parents=True, exist_ok=True)
    kernels(output)
    encoders(weights, output)
    steps(weights, output)


if __name__ == "__main__":
    main()
