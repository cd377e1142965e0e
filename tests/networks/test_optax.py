"""Masks of decay for trees of parameters, and what optax makes of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

pytest.importorskip("optax")

import jax
import optax

from elltwo.integrations.optax import decay_mask

pytestmark = pytest.mark.networks


def tree() -> dict[str, Any]:
    ones = jax.numpy.ones
    return {
        "params": {
            "Embed_0": {"embedding": ones((7, 4))},
            "Block_0": {
                "LayerNorm_0": {"scale": ones(4), "bias": ones(4)},
                "attention": {
                    "query": {"kernel": ones((4, 2, 2)), "bias": ones((2, 2))},
                    "out": {"kernel": ones((2, 2, 4)), "bias": ones(4)},
                },
                "ln_2": {"w": ones((1, 4))},
                "linear": {"w": ones((4, 4)), "b": ones((1, 4))},
            },
            "head": {"kernel": ones((4, 7)), "bias": ones(7)},
        }
    }


DECAYED = {
    "params/Embed_0/embedding",
    "params/Block_0/attention/query/kernel",
    "params/Block_0/attention/out/kernel",
    "params/Block_0/linear/w",
    "params/head/kernel",
}


def decayed(mask: Any) -> set[str]:  # noqa: ANN401
    leaves = jax.tree_util.tree_flatten_with_path(mask)[0]
    return {"/".join(str(entry.key) for entry in path) for path, leaf in leaves if leaf}


def test_by_the_rules() -> None:
    mask = decay_mask(tree())
    assert decayed(mask) == DECAYED
    assert jax.tree_util.tree_structure(mask) == jax.tree_util.tree_structure(tree())
    assert {type(leaf) for leaf in jax.tree_util.tree_leaves(mask)} == {bool}


def test_choices() -> None:
    skipped = decayed(decay_mask(tree(), embeddings="skip"))
    assert skipped == DECAYED - {"params/Embed_0/embedding"}
    chosen = decayed(decay_mask(tree(), no_decay="params/Block_0", decay="*/head/bias"))
    assert chosen == {"params/Embed_0/embedding", "params/head/kernel", "params/head/bias"}


class Layer(NamedTuple):
    weight: Any
    bias: Any


def test_other_trees() -> None:
    layers = [Layer(np.ones((3, 2)), np.ones((1, 2))), Layer(np.ones((2, 1)), None)]
    assert decay_mask(layers) == [Layer(True, False), Layer(True, None)]
    assert decay_mask(np.ones((2, 2))) is True
    assert decay_mask(np.ones(2)) is False


@pytest.mark.parametrize("where", ["adamw", "add_decayed_weights"])
def test_optax_decays_what_the_mask_says(where: str) -> None:
    """One step without gradient: lr wd is taken off of what is decayed, and nothing of the rest."""
    params = tree()
    mask = decay_mask(params)
    if where == "adamw":
        optimizer = optax.adamw(0.1, weight_decay=0.5, mask=mask)
    else:
        decay = optax.add_decayed_weights(0.5, mask=mask)
        optimizer = optax.chain(decay, optax.sgd(0.1))
    zeros = jax.tree_util.tree_map(jax.numpy.zeros_like, params)
    updates, _ = optimizer.update(zeros, optimizer.init(params), params)
    after = optax.apply_updates(params, updates)
    for leaf, is_decayed in zip(
        jax.tree_util.tree_leaves(after), jax.tree_util.tree_leaves(mask), strict=True
    ):
        np.testing.assert_allclose(leaf, 0.95 if is_decayed else 1.0, rtol=1e-6)


def test_the_place_in_a_chain_decides_what_it_is() -> None:
    """Before scale_by_adam the decay is divided by its own size: every weight loses the rate."""
    params = {"kernel": jax.numpy.asarray([[1.0, 4.0]])}
    zeros = jax.tree_util.tree_map(jax.numpy.zeros_like, params)
    decay = optax.add_decayed_weights(0.5, mask=decay_mask(params))
    adam, rate = optax.scale_by_adam(), optax.scale(-0.1)
    for chain, expected in (
        (optax.chain(decay, adam, rate), [[0.9, 3.9]]),
        (optax.chain(adam, decay, rate), [[0.95, 3.8]]),
        (optax.chain(decay, optax.clip(0.6), rate), [[0.95, 3.94]]),
    ):
        updates, _ = chain.update(zeros, chain.init(params), params)
        after = optax.apply_updates(params, updates)
        np.testing.assert_allclose(after["kernel"], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("params", "options", "error", "message"),
    [
        ({}, {}, ValueError, "params has no arrays"),
        ({"w": 1.0}, {}, TypeError, "params must hold arrays, got float at 'w'"),
        ({"w": np.ones(2)}, {"decay": "kernel"}, ValueError, "'kernel' matches no parameter"),
        ({"w": np.ones(2)}, {"embeddings": "no"}, ValueError, "embeddings must be one of"),
    ],
)
def test_bad_input(
    params: Any,  # noqa: ANN401
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        decay_mask(params, **options)
