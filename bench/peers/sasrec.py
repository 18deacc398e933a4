"""SASRec's training step as PyTorch computes it: the same function as dev.weft.mp4sr.model.SasRec
at every position of its histories, cross-entropy over all items."""

from typing import Dict, Final

from torch import Tensor
from torch.nn import functional

import training


class Step(training.Training):
    """Loss, gradients, clipping and Adam in one call."""

    EPSILON: Final[float] = 1e-12
    MAX_NORM: Final[float] = 5.0
    RATE: Final[float] = 1e-3

    def __init__(self, tensors: Dict[str, Tensor], dropout: float):
        super().__init__(tensors, dropout, 64, 2)

    def forward(self, items: Tensor, next: Tensor) -> Tensor:
        return self.update(self.loss(items, next))

    def loss(self, items: Tensor, next: Tensor) -> Tensor:
        """items: [batch, seq], next: [batch · seq], both from 1."""
        table = self.p["itemEmbedding.weight"][1:]
        x = self.embedded(table, items - 1, "sequence")
        x = self.layer(x, "sequence.transformer.layers.0")
        x = self.layer(x, "sequence.transformer.layers.1")
        return functional.cross_entropy(x.view(-1, self.hidden).mm(table.t()), next - 1)
