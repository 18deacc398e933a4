"""What the training steps share: gradients, clipping and Adam, and the layers of dev.weft.nn."""

from typing import Dict, Final, List

import torch
from torch import Tensor, nn
from torch.nn import functional


class Training(nn.Module):
    """A model's parameters and how a loss moves them, all within one call of TorchScript."""

    EPSILON: Final[float] = 1e-12
    MAX_NORM: Final[float] = 5.0
    RATE: Final[float] = 1e-3

    def __init__(self, tensors: Dict[str, Tensor], dropout: float, hidden: int, heads: int):
        super().__init__()
        self.p: Dict[str, Tensor] = {k: v.clone().requires_grad_() for k, v in tensors.items()}
        self.m: Dict[str, Tensor] = {k: torch.zeros_like(v) for k, v in tensors.items()}
        self.v: Dict[str, Tensor] = {k: torch.zeros_like(v) for k, v in tensors.items()}
        self.step: int = 0
        self.dropout: float = dropout
        self.hidden: int = hidden
        self.head_count: int = heads

    def update(self, loss: Tensor) -> Tensor:
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
        return functional.layer_norm(x, [self.hidden], weight, bias, self.EPSILON)

    def embedded(self, table: Tensor, rows: Tensor, name: str) -> Tensor:
        """What the first layer sees of rows of a table, [batch, seq]."""
        x = functional.embedding(rows, table) + self.p[name + ".positions.weight"]
        return self.drop(self.norm(x, name + ".norm"))

    def layer(self, x: Tensor, name: str) -> Tensor:
        """A causal layer."""
        q, k, v = self.linear(x, name + ".attention.queryKeyValue").split(self.hidden, -1)
        q, k, v = self.heads(q), self.heads(k), self.heads(v)
        context = torch.bilinear(q, k, v, None)  # models.py puts the fused operator here
        return self.rest(x, context.transpose(1, 2).reshape(x.shape), name)

    def heads(self, x: Tensor) -> Tensor:
        width = self.hidden // self.head_count
        return x.view(x.size(0), x.size(1), self.head_count, width).transpose(1, 2)

    def rest(self, x: Tensor, attended: Tensor, name: str) -> Tensor:
        output = self.drop(self.linear(attended, name + ".attention.output"))
        x = self.norm(x + output, name + ".attentionNorm")
        inner = functional.gelu(self.linear(x, name + ".feedForward.intermediate"))
        output = self.drop(self.linear(inner, name + ".feedForward.output"))
        return self.norm(x + output, name + ".feedForwardNorm")
