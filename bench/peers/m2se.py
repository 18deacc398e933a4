"""M²SE's pre-training step as PyTorch computes it: the same function as dev.weft.mp4sr.model's,
with the same shortcuts (each item encoded once, the pooling's two maps as one, the last layer at
the last position only), so that engines are compared and not algorithms."""

from typing import Dict, Final

import torch
from torch import Tensor
from torch.nn import functional

import training


class Step(training.Training):
    """Loss, gradients, clipping and Adam in one call."""

    EPSILON: Final[float] = 1e-12
    EXPERTS: Final[int] = 8
    TEMPERATURE: Final[float] = 0.07
    CMCL_WEIGHT: Final[float] = 0.01
    MAX_MIXUP: Final[float] = 0.5
    MAX_NORM: Final[float] = 5.0
    RATE: Final[float] = 1e-3
    LOG_ZERO: Final[float] = -1e30

    def __init__(self, tensors: Dict[str, Tensor], dropout: float):
        super().__init__(tensors, dropout, 256, 2)

    def forward(self, text: Tensor, image: Tensor, items: Tensor, next: Tensor) -> Tensor:
        return self.update(self.loss(text, image, items, next))

    def loss(self, text: Tensor, image: Tensor, items: Tensor, next: Tensor) -> Tensor:
        batch, length = items.size(0), items.size(1)
        numbers, place, _ = torch._unique2(torch.cat([items.flatten(), next]), True, True)
        count = numbers.size(0)
        z_text = self.encode(text.index_select(0, numbers - 1), "encoder.text")
        z_image = self.encode(image.index_select(0, numbers - 1), "encoder.image")
        own = place[: batch * length].view(batch, length)
        mixed = torch.zeros_like(own)
        if self.dropout > 0:
            ratio = self.MAX_MIXUP * torch.rand(1)
            mixed = (torch.rand(batch, length) < ratio).long()
        rows = torch.cat([own + count * mixed, own + count * (1 - mixed)])
        h = self.sequences(torch.cat([z_text, z_image]), rows)
        target = place[batch * length :]
        same = next.unsqueeze(1) == next.unsqueeze(0)
        same = same.logical_and(torch.eye(batch, dtype=torch.bool).logical_not())
        t = functional.normalize(self.linear(h, "textProjection"), dim=-1)
        v = functional.normalize(self.linear(h, "imageProjection"), dim=-1)
        loss = self.next_item(t, functional.embedding(target, z_text), same)
        loss = loss + self.next_item(v, functional.embedding(target, z_image), same)
        return loss + self.CMCL_WEIGHT * (self.contrast(t) + self.contrast(v))

    def encode(self, x: Tensor, name: str) -> Tensor:
        first = self.p[name + ".pooling.projection.weight"]
        second = self.p[name + ".pooling.score.weight"]
        bias = self.linear(self.p[name + ".pooling.projection.bias"], name + ".pooling.score")
        weights = functional.linear(x, second.mm(first), bias).squeeze(-1).softmax(-1)
        e = torch.bmm(weights.unsqueeze(1), x).squeeze(1)
        outputs = self.drop(self.linear(e, name + ".experts.experts")).view(-1, self.EXPERTS, self.hidden)
        outputs = functional.layer_norm(outputs, [self.hidden], None, None, self.EPSILON)
        gates = functional.linear(e, self.p[name + ".experts.gate.weight"]).softmax(-1)
        scaled = outputs * self.p[name + ".experts.normWeight"]
        mixed = torch.bmm(gates.unsqueeze(1), scaled).squeeze(1)
        return mixed + gates.mm(self.p[name + ".experts.normBias"])

    def sequences(self, table: Tensor, rows: Tensor) -> Tensor:
        x = self.embedded(table, rows, "encoder.sequence")
        x = self.layer(x, "encoder.sequence.transformer.layers.0")
        return self.last(x, "encoder.sequence.transformer.layers.1")

    def last(self, x: Tensor, name: str) -> Tensor:
        weight = self.p[name + ".attention.queryKeyValue.weight"]
        bias = self.p[name + ".attention.queryKeyValue.bias"]
        end = x[:, -1:]
        q = self.heads(functional.linear(end, weight[:self.hidden], bias[:self.hidden]))
        k, v = functional.linear(x, weight[self.hidden :], bias[self.hidden :]).split(self.hidden, -1)
        scores = torch.matmul(q, self.heads(k).transpose(-1, -2)) * float(self.hidden // self.head_count) ** -0.5
        context = torch.matmul(self.drop(scores.softmax(-1)), self.heads(v))
        return self.rest(end, context.transpose(1, 2).reshape(end.shape), name).squeeze(1)

    def next_item(self, m: Tensor, targets: Tensor, same: Tensor) -> Tensor:
        """m: both sequences of a space, one below the other, of unit length."""
        batch = targets.size(0)
        z = functional.normalize(targets, dim=-1)
        m = m / self.TEMPERATURE
        logits = m.mm(z.t()).view(2, batch, batch).masked_fill(same, self.LOG_ZERO)
        every = logits.logsumexp(-1).logsumexp(0)
        own = (m.view(2, batch, -1) * z).sum(-1).logsumexp(0)
        return (every - own).mean()

    def contrast(self, unit: Tensor) -> Tensor:
        batch = unit.size(0) // 2
        scaled = unit / self.TEMPERATURE
        logits = scaled.mm(unit.t())
        logits = logits.masked_fill(torch.eye(2 * batch, dtype=torch.bool), self.LOG_ZERO)
        sums = logits.view(2 * batch, 2, batch).logsumexp(-1)
        first = sums[:batch]
        second = torch.stack([first[:, 1], sums[batch:, 1]], 1)
        own = (scaled[:batch] * unit[batch:]).sum(-1)
        return (0.5 * (first.logsumexp(-1) + second.logsumexp(-1)) - own).mean()
