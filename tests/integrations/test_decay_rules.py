"""Which parameters are decayed, by names, roles and shapes, without any framework."""

from __future__ import annotations

from typing import Any

import pytest

from elltwo.integrations._decay import reading
from elltwo.integrations._decay.groups import divide
from elltwo.integrations._decay.parameters import (
    BIAS,
    EMBEDDING,
    GAIN,
    KERNEL,
    STATE,
    UNKNOWN,
    Parameter,
    Place,
    ancestors,
)
from elltwo.integrations._decay.rules import Choices, decide, matches, read_choices


def parameter(
    name: str,
    role: str = UNKNOWN,
    owner: str = "Mine",
    shape: tuple[int, ...] = (3, 4),
    trainable: bool = True,
) -> Parameter:
    return Parameter((Place(name, role, owner),), shape, trainable)


def tied(*places: tuple[str, str]) -> Parameter:
    return Parameter(tuple(Place(name, role, "Mine") for name, role in places), (3, 4), True)


@pytest.mark.parametrize(
    ("role", "decayed", "reason"),
    [
        (KERNEL, True, "kernel of Mine"),
        (EMBEDDING, True, "embedding of Mine"),
        (BIAS, False, "bias of Mine"),
        (GAIN, False, "gain of Mine"),
        (STATE, False, "statistic of Mine"),
    ],
)
def test_roles(role: str, decayed: bool, reason: str) -> None:
    """Whatever the shape and the names are: a bias with three axes, a kernel called norm."""
    for shape in ((4,), (3, 4), (1, 1, 4)):
        decision = decide(parameter("norm.weight", role, shape=shape), Choices())
        assert (decision.decayed, decision.reason) == (decayed, reason)


@pytest.mark.parametrize(
    ("name", "owner", "shape", "decayed", "reason"),
    [
        ("h.0.ln_1.weight", "Mine", (8, 8), False, "'ln_1' reads as a norm"),
        ("ln_f.weight", "Mine", (8, 8), False, "'ln_f' reads as a norm"),
        ("x.weight", "LlamaRMSNorm", (8, 8), False, "'LlamaRMSNorm' reads as a norm"),
        ("x.weight", "FP32LayerNorm", (8, 8), False, "'FP32LayerNorm' reads as a norm"),
        ("bn2.weight", "Mine", (8, 8), False, "'bn2' reads as a norm"),
        ("ln_post.weight", "Mine", (8, 8), False, "'ln_post' reads as a norm"),
        ("norm_out.weight", "Mine", (8, 8), False, "'norm_out' reads as a norm"),
        ("norm_proj.weight", "Mine", (8, 8), True, "at least two dimensions"),
        ("x.layer_norm_weight", "Mine", (8, 8), False, "'layer_norm_weight' reads as a norm"),
        ("x.weight", "LayerNormLinear", (8, 8), True, "at least two dimensions"),
        ("x.weight", "NormalHead", (8, 8), True, "at least two dimensions"),
        ("enormous.weight", "Mine", (8, 8), True, "at least two dimensions"),
        ("prenorm.fn.weight", "Mine", (8, 8), True, "at least two dimensions"),
        ("x.A_log", "Mamba", (8, 8), False, "'A_log' reads as a scale"),
        ("logit_scale", "Clip", (1, 1), False, "'logit_scale' reads as a scale"),
        ("x.gamma", "Mine", (8, 1, 1), False, "'gamma' reads as a scale"),
        ("x.weight", "LayerScale", (8, 1), False, "'LayerScale' reads as a scale"),
        ("x.rel_bias", "Mine", (8, 8), False, "'rel_bias' reads as a bias"),
        ("x.D", "Mine", (8,), False, "fewer than two dimensions"),
        ("scalar", "Mine", (), False, "fewer than two dimensions"),
        ("pos_embed", "Vit", (1, 8, 8), True, "'pos_embed' reads as an embedding"),
        ("wte.weight", "Mine", (8, 8), True, "'wte' reads as an embedding"),
        ("x.weight", "Mine", (8, 8), True, "at least two dimensions"),
    ],
)
def test_owners_of_unknown_kind(
    name: str, owner: str, shape: tuple[int, ...], decayed: bool, reason: str
) -> None:
    decision = decide(parameter(name, UNKNOWN, owner, shape), Choices())
    assert (decision.decayed, decision.reason) == (decayed, reason)


def test_embeddings_are_skipped_on_request() -> None:
    skip = Choices(skip_embeddings=True)
    assert not decide(parameter("e.weight", EMBEDDING), skip).decayed
    assert not decide(parameter("pos_embed"), skip).decayed
    assert decide(parameter("fc.weight", KERNEL), skip).decayed


def test_of_tied_parameters_the_head_wins() -> None:
    both = tied(("wte.weight", EMBEDDING), ("lm_head.weight", KERNEL))
    for choices in (Choices(), Choices(skip_embeddings=True)):
        decision = decide(both, choices)
        assert decision.decayed
        assert decision.reason == (
            "kernel of Mine as 'lm_head.weight', which wins over the embedding 'wte.weight'"
        )
    assert both.name == "wte.weight"


def test_choices_come_first_and_frozen_parameters_never_move() -> None:
    choices = Choices(decay=("*.bias",), no_decay=("head",))
    assert decide(parameter("a.bias", BIAS), choices).reason == "matches '*.bias' of decay"
    assert decide(parameter("a.bias", BIAS), choices).decayed
    assert not decide(parameter("head.weight", KERNEL), choices).decayed
    frozen = decide(parameter("a.bias", BIAS, trainable=False), choices)
    assert (frozen.decayed, frozen.reason) == (False, "frozen")
    with pytest.raises(ValueError, match=r"'head.bias' matches both '\*.bias' of decay and 'head'"):
        decide(parameter("head.bias", BIAS), choices)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("encoder", "encoder.0.weight", True),
        ("encoder.*", "encoder.0.weight", True),
        ("*.bias", "a.b.bias", True),
        ("dense*", "dense_1/kernel", True),
        ("encoder", "my_encoder.weight", False),
        ("weight", "a.weight", False),
        ("Encoder", "encoder.weight", False),
    ],
)
def test_patterns_match_names_and_layers(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


def test_ancestors() -> None:
    assert ancestors("a.b/c") == ["a.b/c", "a.b", "a"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"decay": "encodr"}, ValueError, r"decay: the pattern 'encodr' matches no parameter"),
        ({"no_decay": ["w", "x.*"]}, ValueError, r"no_decay: the pattern 'x\.\*' .* names are 'w'"),
        ({"no_decay": [3]}, TypeError, "no_decay must hold patterns of names, got 3"),
        ({"embeddings": "no"}, ValueError, "embeddings must be one of .* got 'no'"),
    ],
)
def test_bad_choices(options: dict[str, Any], error: type[Exception], message: str) -> None:
    arguments = {"decay": (), "no_decay": (), "embeddings": "decay"} | options
    with pytest.raises(error, match=message):
        read_choices(**arguments, parameters=[parameter("w")])


MODEL = [
    parameter("enc.0.weight", KERNEL),
    parameter("enc.0.bias", BIAS, shape=(4,)),
    parameter("enc.1.weight", KERNEL, trainable=False),
    parameter("head.weight", KERNEL),
    parameter("head.bias", BIAS, shape=(4,)),
]


def divided(
    strength: float = 0.1,
    per_layer: Any = None,  # noqa: ANN401
    choices: Choices | None = None,
) -> list[tuple[str, float, tuple[int, ...]]]:
    groups = divide(MODEL, strength, per_layer, choices or Choices())
    return [(group.name, group.strength, group.members) for group in groups]


def test_groups() -> None:
    assert divided() == [("decay", 0.1, (0, 3)), ("no_decay", 0.0, (1, 4))]
    assert divided(per_layer={"head": 0.0, "enc.*": 0.3}) == [
        ("decay head", 0.0, (3,)),
        ("decay enc.*", 0.3, (0,)),
        ("no_decay", 0.0, (1, 4)),
    ]
    assert divided(choices=Choices(no_decay=("head",))) == [
        ("decay", 0.1, (0,)),
        ("no_decay", 0.0, (1, 3, 4)),
    ]


def test_of_strengths_by_layer_the_first_that_matches_counts() -> None:
    assert divided(per_layer={"enc": 0.2, "*": 0.3}) == [
        ("decay enc", 0.2, (0,)),
        ("decay *", 0.3, (3,)),
        ("no_decay", 0.0, (1, 4)),
    ]


@pytest.mark.parametrize(
    ("per_layer", "error", "message"),
    [
        ({"body": 0.1}, ValueError, "per_layer: the pattern 'body' matches no parameter"),
        ({"head": -1.0}, ValueError, "per_layer for 'head' must be finite and not negative"),
        ({"head": float("nan")}, ValueError, "per_layer for 'head' must be finite"),
        ({"head": "1"}, TypeError, "per_layer for 'head' must be a number, got '1'"),
        ({"*.bias": 0.1}, ValueError, r"'\*.bias' matches only .*\('enc.0.bias': bias of Mine\)"),
        (["head"], TypeError, "per_layer must be a mapping"),
    ],
)
def test_bad_strengths_by_layer(per_layer: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=message):
        divided(per_layer=per_layer)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LlamaRMSNorm", ["llama", "rms", "norm"]),
        ("BatchNorm2d", ["batch", "norm", "d"]),
        ("ln_f", ["ln", "f"]),
        ("A_log", ["a", "log"]),
        ("", []),
    ],
)
def test_words(name: str, expected: list[str]) -> None:
    assert reading.words(name) == expected
