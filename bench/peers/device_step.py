"""M²SE's pre-training step on a card: m2se.py in eager mode, on drawn features and histories of the size that
dev.weft.bench.device.TrainingCurve.Size.full() has."""

import torch
from torch.nn import functional

import m2se

ITEMS, WIDTH, HIDDEN, EXPERTS, LENGTH, BATCH = 5000, 768, 256, 8, 50, 1024
DROPOUT = 0.2


def shapes(width=WIDTH, hidden=HIDDEN, length=LENGTH):
    linear = lambda name, n_in, n_out: {name + ".weight": (n_out, n_in), name + ".bias": (n_out,)}
    found = {}
    for modality in ("encoder.text", "encoder.image"):
        found |= linear(modality + ".pooling.projection", width, hidden)
        found |= linear(modality + ".pooling.score", hidden, 1)
        found |= linear(modality + ".experts.experts", width, EXPERTS * hidden)
        found[modality + ".experts.gate.weight"] = (EXPERTS, width)
        found[modality + ".experts.normWeight"] = (EXPERTS, hidden)
        found[modality + ".experts.normBias"] = (EXPERTS, hidden)
    sequence = "encoder.sequence"
    found[sequence + ".positions.weight"] = (length, hidden)
    found |= {sequence + ".norm.weight": (hidden,), sequence + ".norm.bias": (hidden,)}
    for i in range(2):
        layer = f"{sequence}.transformer.layers.{i}"
        found |= linear(layer + ".attention.queryKeyValue", hidden, 3 * hidden)
        found |= linear(layer + ".attention.output", hidden, hidden)
        found |= linear(layer + ".feedForward.intermediate", hidden, 4 * hidden)
        found |= linear(layer + ".feedForward.output", 4 * hidden, hidden)
        for norm in (".attentionNorm", ".feedForwardNorm"):
            found |= {layer + norm + ".weight": (hidden,), layer + norm + ".bias": (hidden,)}
    return found | linear("textProjection", hidden, hidden) | linear("imageProjection", hidden, hidden)


def fused(q, k, v, _):
    """What models.py puts where the scripted code says torch.bilinear."""
    return functional.scaled_dot_product_attention(q, k, v, dropout_p=DROPOUT, is_causal=True)


class Step:
    """A step, always on the same histories."""

    def __init__(self, device, items=ITEMS, width=WIDTH, length=LENGTH, batch=BATCH):
        # What m2se.py makes without naming a device belongs on this one.
        torch.set_default_device(device)
        torch.bilinear = fused
        tensors = {}
        for name, shape in shapes(width=width, length=length).items():
            is_scale = name.lower().endswith("norm.weight") or name.endswith("normWeight")
            tensors[name] = torch.ones(shape) if is_scale else 0.02 * torch.randn(shape)
        self.model = m2se.Step(tensors, DROPOUT)
        self.text = torch.randn(items, 4, width)
        self.image = torch.randn(items, 1, width)
        self.items = torch.randint(1, items + 1, (batch, length))
        self.next = torch.randint(1, items + 1, (batch,))
        self.device = torch.device(device)

    def step(self):
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            loss = self.model.loss(self.text, self.image, self.items, self.next)
        return self.model.update(loss)
