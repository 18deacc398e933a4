"""M²SE's pre-training step as PyTorch computes it: the same function as dev.weft.mp4sr.model's,
with the same shortcuts (each item encoded once, the pooling's two maps as one, the last layer at
the last position only), so that engines are compared and not algorithms."""

from typing import Dict, Final, List

import torch
from torch import Tensor, nn
from torch.nn import functional


class Step(nn.Module):
    """Loss, gradients, clipping and Adam in one call."""

    HIDDEN: Final[int] = 256
    HEADS: Final[int] = 2
    EXPERTS: Final[int] = 8
    EPSILON: Final[float] = 1e-12
    TEMPERATURE: Final[float] = 0.07
    CMCL_WEIGHT: Final[float] = 0.01
    MAX_MIXUP: Final[float] = 0.5
    MAX_NORM: Final[float] = 5.0
    RATE: Final[float] = 1e-3
    LOG_ZERO: Final[float] = -1e30

    def __init__(self, tensors: Dict[str, Tensor], dropout: float):
        super().__init__()
        self.p: Dict[str, Tensor] = {k: v.clone().requires_grad_() for k, v in tensors.items()}
        self.m: Dict[str, Tensor] = {k: torch.zeros_like(v) for k, v in tensors.items()}
        self.v: Dict[str, Tensor] = {k: torch.zeros_like(v) for k, v in tensors.items()}
        self.step: int = 0
        self.dropout: float = dropout

    def forward(self, text: Tensor, image: Tensor, items: Tensor, next: Tensor) -> Tensor:
        loss = self.loss(text, image, items, next)
        names: List[str] = []
        values: List[Tensor] = []
        for name, value in self.p.items():
            names.append(name)
            values.append(value)
        found = torch.autograd.grad([loss], values)
        with torch.no_grad():
            gradients: List[Tensor] = []
            for gradient in found:
                assert gradient is not None
                gradients.append(gradient)
            self.clip(gradients)
            self.adam(names, gradients)
        return loss.detach()

    def clip(self, gradients: List[Tensor]):
        norms: List[Tensor] = []
        for gradient in gradients:
            norms.append(torch.linalg.vector_norm(gradient))
        norm = torch.linalg.vector_norm(torch.stack(norms))
        factor = torch.clamp(self.MAX_NORM / (norm + 1e-6), max=1.0)
        for gradient in gradients:
            gradient.mul_(factor)

    def adam(self, names: List[str], gradients: List[Tensor]):
        self.step += 1
        first = 1 - 0.9**self.step
        second = (1 - 0.999**self.step) ** 0.5
        for name, gradient in zip(names, gradients):
            m = self.m[name]
            v = self.v[name]
            m.lerp_(gradient, 0.1)
            v.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            self.p[name].addcdiv_(m, (v.sqrt() / second).add_(1e-8), value=-self.RATE / first)

    def drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, True) if self.dropout > 0 else x

    def linear(self, x: Tensor, name: str) -> Tensor:
        return functional.linear(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self.p[name + ".weight"], self.p[name + ".bias"]
        return functional.layer_norm(x, (self.HIDDEN,), weight, bias, self.EPSILON)

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
        outputs = self.drop(self.linear(e, name + ".experts.experts")).view(-1, self.EXPERTS, self.HIDDEN)
        outputs = functional.layer_norm(outputs, (self.HIDDEN,), None, None, self.EPSILON)
        gates = functional.linear(e, self.p[name + ".experts.gate.weight"]).softmax(-1)
        scaled = outputs * self.p[name + ".experts.normWeight"]
        mixed = torch.bmm(gates.unsqueeze(1), scaled).squeeze(1)
        return mixed + gates.mm(self.p[name + ".experts.normBias"])

    def sequences(self, table: Tensor, rows: Tensor) -> Tensor:
        x = functional.embedding(rows, table) + self.p["encoder.sequence.positions.weight"]
        x = self.drop(self.norm(x, "encoder.sequence.norm"))
        name = "encoder.sequence.transformer.layers.0"
        q, k, v = self.linear(x, name + ".attention.queryKeyValue").split(self.HIDDEN, -1)
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        context = torch.bilinear(q, k, v, None)  # models.py puts the fused operator here
        x = self.rest(x, context.transpose(1, 2).reshape(x.shape), name)
        return self.last(x, "encoder.sequence.transformer.layers.1")

    def last(self, x: Tensor, name: str) -> Tensor:
        weight = self.p[name + ".attention.queryKeyValue.weight"]
        bias = self.p[name + ".attention.queryKeyValue.bias"]
        end = x[:, -1:]
        q = self.heads(functional.linear(end, weight[:self.HIDDEN], bias[:self.HIDDEN]))
        k, v = functional.linear(x, weight[self.HIDDEN :], bias[self.HIDDEN :]).split(self.HIDDEN, -1)
        scores = torch.matmul(q, self.heads(k).transpose(-1, -2)) * float(self.HIDDEN // self.HEADS) ** -0.5
        context = torch.matmul(self.drop(scores.softmax(-1)), self.heads(v))
        return self.rest(end, context.transpose(1, 2).reshape(end.shape), name).squeeze(1)

    def heads(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(1), self.HEADS, self.HIDDEN // self.HEADS).transpose(1, 2)

    def rest(self, x: Tensor, attended: Tensor, name: str) -> Tensor:
        output = self.drop(self.linear(attended, name + ".attention.output"))
        x = self.norm(x + output, name + ".attentionNorm")
        inner = functional.gelu(self.linear(x, name + ".feedForward.intermediate"))
        output = self.drop(self.linear(inner, name + ".feedForward.output"))
        return self.norm(x + output, name + ".feedForwardNorm")

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
