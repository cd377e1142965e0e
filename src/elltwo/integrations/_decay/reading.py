"""What names say about parameters whose owner is of no known kind."""

from __future__ import annotations

import re
from typing import Final

_NORMS: Final = {"ln", "bn", "gn", "rms", "layernorm", "batchnorm", "groupnorm", "rmsnorm"}
_SCALES: Final = {"gamma", "beta", "gain", "scale", "scales", "scaling", "temperature"}
_EMBEDDINGS: Final = {"embedding", "embeddings", "embed", "embeds", "emb", "wte", "wpe"}
_BIASES: Final = {"bias", "biases", "offset"}
# Words at the end of a name that say nothing of its kind: ln_f, BatchNorm2d, norm_out.
_ENDINGS: Final = {
    *("layer", "module", "base", "d", "f", "fp", "weight"),
    *("pre", "post", "in", "out", "first", "last", "final"),
}


def words(name: str) -> list[str]:
    """Divide a name into lower-case words: ``LlamaRMSNorm`` into llama, rms and norm."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [part.lower() for part in parts]


def is_norm(name: str) -> bool:
    """Whether a name ends in a word for a norm; a fused ``LayerNormLinear`` does not."""
    found = words(name)
    while len(found) > 1 and found[-1] in _ENDINGS:
        found.pop()
    last = found[-1] if found else ""
    return last in _NORMS or last.endswith("norm") or last.startswith(("normaliz", "normalis"))


def is_scale(name: str) -> bool:
    """Whether a name is one of a scale: gamma, logit_scale, A_log, LayerScale."""
    found = words(name)
    return bool(found) and (found[-1] in _SCALES or found[-2:] == ["a", "log"])


def is_embedding(name: str) -> bool:
    """Whether a name has a word for an embedding."""
    return not _EMBEDDINGS.isdisjoint(words(name))


def is_bias(name: str) -> bool:
    """Whether a name ends in a word for a bias."""
    return not _BIASES.isdisjoint(words(name)[-1:]) or name == "b"
