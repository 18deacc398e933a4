#!/usr/bin/env python3
"""What dev.weft.bench.device.SpeedRun measures, by PyTorch on the same card, under the same names.

    device.py FILE

Times are the device's own, by CUDA events, medians of 15 rounds. Products, attention and BERT are in
BF16, the training step under autocast in BF16; what waits for memory alone is in F32, as ours is.
"""

import json
import statistics
import sys

import torch
from torch import nn
from torch.nn import functional

CUDA = torch.device("cuda:0")
ROUNDS = 15
LEAST_MILLIS = 5.0


def millis(work, calls):
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for _ in range(calls):
        work()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / calls


def measured(name, work, rate=None, unit="1/s"):
    for _ in range(3):
        work()
    calls = max(1, min(1000, round(LEAST_MILLIS / max(millis(work, 1), 1e-3))))
    times = sorted(millis(work, calls) for _ in range(ROUNDS))
    median = statistics.median(times)
    per_second = 1000 / median
    scale = {"TFLOP/s": 1e-12, "GB/s": 1e-9, "1/s": 1.0}[unit]
    line = {
        "name": name,
        "millis": median,
        "spread": (times[-1] - times[0]) / median,
        "rate": (rate or 1) * per_second * scale,
        "unit": unit,
    }
    print(f"{name:28s} {median:10.3f} ms {line['rate']:10.1f} {unit}")
    return line


def normal(*shape, dtype=torch.float32):
    return torch.randn(*shape, device=CUDA).to(dtype)


def memory_bound():
    x, out = normal(1 << 26), torch.empty(1 << 26, device=CUDA)
    size = 2 * x.numel() * 4
    yield measured("copy", lambda: out.copy_(x), size, "GB/s")
    yield measured("gelu", lambda: functional.gelu(x), size, "GB/s")
    rows = x.view(65536, 1024)
    yield measured("softmax", lambda: rows.softmax(-1), size, "GB/s")
    weight, bias = normal(1024), normal(1024)
    norm = lambda: functional.layer_norm(rows, (1024,), weight, bias)
    yield measured("layer norm", norm, size, "GB/s")
    parameter = nn.Parameter(normal(1 << 25))
    parameter.grad = normal(1 << 25)
    adam = torch.optim.AdamW([parameter], lr=1e-3, weight_decay=0.01, fused=True)
    yield measured("AdamW", adam.step, 7 * 4 * parameter.numel(), "GB/s")


def products():
    n = 4096
    for name, dtype in (("matmul BF16", torch.bfloat16), ("matmul F32", torch.float32)):
        # As ours under -Dweft.cuda.precision=bf16: F32 factors may be rounded for tensor cores.
        torch.backends.cuda.matmul.allow_tf32 = True
        a, b = normal(n, n, dtype=dtype), normal(n, n, dtype=dtype)
        yield measured(name, lambda: a @ b, 2.0 * n**3, "TFLOP/s")


def attention():
    q, k, v = (normal(8, 12, 512, 64, dtype=torch.bfloat16).requires_grad_() for _ in range(3))
    operations = 4.0 * q.numel() * 512
    with torch.no_grad():
        forward = lambda: functional.scaled_dot_product_attention(q, k, v)
        yield measured("attention forward", forward, operations, "TFLOP/s")
    output = functional.scaled_dot_product_attention(q, k, v)
    gradient = torch.randn_like(output)
    backward = lambda: torch.autograd.grad(output, (q, k, v), gradient, retain_graph=True)
    yield measured("attention backward", backward, 2.5 * operations, "TFLOP/s")


class Layer(nn.Module):
    """A post-norm layer of BERT with the fused operator for attention."""

    def __init__(self, hidden, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.output = nn.Linear(hidden, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.inner, self.outer = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)

    def forward(self, x):
        split = lambda t: t.view(t.size(0), t.size(1), self.heads, -1).transpose(1, 2)
        q, k, v = map(split, self.qkv(x).chunk(3, -1))
        context = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        x = self.norm1(x + self.output(context))
        return self.norm2(x + self.outer(functional.gelu(self.inner(x))))


class Bert(nn.Module):
    def __init__(self, vocabulary=30522, hidden=768):
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, hidden), nn.Embedding(512, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.layers = nn.ModuleList(Layer(hidden, 12) for _ in range(12))
        self.pooler = nn.Linear(hidden, hidden)

    def forward(self, ids):
        x = self.norm(self.words(ids) + self.places.weight[: ids.size(1)])
        for layer in self.layers:
            x = layer(x)
        return x, torch.tanh(self.pooler(x[:, 0]))


def bert():
    model = Bert().to(CUDA, torch.bfloat16).eval()
    ids = torch.randint(0, 1000, (64, 128), device=CUDA)
    with torch.no_grad():
        yield measured("BERT-base 64×128", lambda: model(ids))


def report(path):
    lines = []
    for work in (memory_bound, products, attention, bert, step):
        try:
            lines += list(work())
        except (RuntimeError, ImportError) as e:
            print(f"{work.__name__} left out: {e}")
    facts = {"device": torch.cuda.get_device_name(CUDA), "torch": torch.__version__}
    with open(path, "w", encoding="utf-8") as out:
        json.dump(facts | {"lines": lines}, out, indent=1)


def step():
    import device_step

    training = device_step.Step(CUDA)
    yield measured("M²SE step 1024", training.step)


if __name__ == "__main__":
    with torch.inference_mode(False):
        report(sys.argv[1])
