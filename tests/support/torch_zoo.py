"""Small modules of torch of every kind, for rules that have to tell their parameters apart."""

from __future__ import annotations

import torch
from torch import nn


class RMSNorm(nn.Module):
    """A norm made at home."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


class Block(nn.Module):
    """A transformer block that norms first."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, 2, batch_first=True, add_bias_kv=True)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 16), nn.GELU(), nn.Linear(16, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.ln_1(x)
        x = x + self.attn(h, h, h)[0]
        h = self.mlp(self.ln_2(x))
        return x + h


class Language(nn.Module):
    """Embedding and head with one weight, a norm made at home, and a learned position."""

    def __init__(self, vocabulary: int = 11, width: int = 8) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocabulary, width)
        self.pos = nn.Parameter(torch.zeros(1, 5, width))
        self.block = Block(width)
        self.ln_f = RMSNorm(width)
        self.logit_scale = nn.Parameter(torch.tensor(1.0))
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.wte(tokens) + self.pos[:, : tokens.shape[1]]
        scores: torch.Tensor = self.logit_scale * self.lm_head(self.ln_f(self.block(x)))
        return scores


class Recurrent(nn.Module):
    """An LSTM with a projection, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(4, 6, proj_size=3, batch_first=True)
        self.head = nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.rnn(x)[0][:, -1])
        return scores


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.PReLU(), nn.Linear(6, 2))


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * 36, 3),
    )


def weight_norm() -> nn.Module:
    return nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(4, 6)), nn.Linear(6, 2))


def frozen_body() -> nn.Module:
    model = mlp()
    assert isinstance(model, nn.Sequential)
    model[0].requires_grad_(False)
    return model


def lazy() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.LazyLinear(2))


ZOO = {
    "mlp": mlp,
    "cnn": cnn,
    "block": Block,
    "lstm": Recurrent,
    "weight_norm": weight_norm,
    "language": Language,
    "frozen_body": frozen_body,
}

# By hand: what is decayed and what is not, in the order of the model.
DECAYED = {
    "mlp": "0.weight 3.weight",
    "cnn": "0.weight 4.weight",
    "block": "attn.in_proj_weight attn.out_proj.weight mlp.0.weight mlp.2.weight",
    "lstm": "rnn.weight_ih_l0 rnn.weight_hh_l0 rnn.weight_hr_l0 head.weight",
    "weight_norm": "0.parametrizations.weight.original1 1.weight",
    "language": "pos wte.weight block.attn.in_proj_weight block.attn.out_proj.weight"
    " block.mlp.0.weight block.mlp.2.weight",
    "frozen_body": "3.weight",
}
NOT_DECAYED = {
    "mlp": "0.bias 2.weight 3.bias",
    "cnn": "1.weight 1.bias 4.bias",
    "block": "ln_1.weight ln_1.bias attn.in_proj_bias attn.bias_k attn.bias_v attn.out_proj.bias"
    " ln_2.weight ln_2.bias mlp.0.bias mlp.2.bias",
    "lstm": "rnn.bias_ih_l0 rnn.bias_hh_l0 head.bias",
    "weight_norm": "0.bias 0.parametrizations.weight.original0 1.bias",
    "language": "logit_scale block.ln_1.weight block.ln_1.bias block.attn.in_proj_bias"
    " block.attn.bias_k block.attn.bias_v block.attn.out_proj.bias block.ln_2.weight"
    " block.ln_2.bias block.mlp.0.bias block.mlp.2.bias ln_f.weight",
    "frozen_body": "2.weight 3.bias",
}
