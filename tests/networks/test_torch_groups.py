"""Groups of parameters for optimisers of torch: membership by hand-written lists."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402

import torch_zoo as zoo  # noqa: E402
from elltwo.integrations.torch import param_groups  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.networks


def members(model: nn.Module, groups: list[dict[str, Any]]) -> dict[str, str]:
    names = {id(tensor): name for name, tensor in model.named_parameters()}
    return {g["name"]: " ".join(names[id(p)] for p in g["params"]) for g in groups}


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_members(kind: str) -> None:
    model = zoo.ZOO[kind]()
    groups = param_groups(model, 0.05)
    assert members(model, groups) == {
        "decay": zoo.DECAYED[kind],
        "no_decay": zoo.NOT_DECAYED[kind],
    }
    assert [group["weight_decay"] for group in groups] == [0.05, 0.0]


@pytest.mark.parametrize("kind", zoo.ZOO)
def test_every_trainable_parameter_is_in_one_group(kind: str) -> None:
    model = zoo.ZOO[kind]()
    grouped = [id(p) for group in param_groups(model, 0.05) for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters() if p.requires_grad)
    torch.optim.AdamW(param_groups(model, 0.05))


def test_embeddings() -> None:
    model = nn.ModuleDict({"embed": nn.Embedding(5, 3), "head": nn.Linear(3, 5)})
    assert members(model, param_groups(model, 0.1))["decay"] == "embed.weight head.weight"
    skipped = members(model, param_groups(model, 0.1, embeddings="skip"))
    assert skipped == {"decay": "head.weight", "no_decay": "embed.weight head.bias"}


def test_tied_embeddings_are_decayed_as_the_head_even_if_embeddings_are_not() -> None:
    model = zoo.Language()
    skipped = members(model, param_groups(model, 0.1, embeddings="skip"))
    assert "wte.weight" in skipped["decay"].split()


def test_spectral_norm_and_old_weight_norm() -> None:
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 4))
    assert members(layer, param_groups(layer, 0.1))["decay"] == "parametrizations.weight.original"
    with pytest.warns(FutureWarning):
        old = nn.utils.weight_norm(nn.Linear(3, 4))
    assert members(old, param_groups(old, 0.1)) == {
        "decay": "weight_v",
        "no_decay": "bias weight_g",
    }


def test_subclasses_are_of_the_kind_of_their_parents() -> None:
    class Scaled(nn.Linear):
        pass

    class Fancy(nn.LayerNorm):
        pass

    model = nn.Sequential(Scaled(4, 4), Fancy((3, 4)))
    assert members(model, param_groups(model, 0.1))["decay"] == "0.weight"


def test_strengths_by_layer_and_choices() -> None:
    model = zoo.Block()
    groups = param_groups(
        model, 0.05, per_layer={"mlp.*": 0.1, "attn": 0.0}, decay="mlp.0.bias", no_decay=["mlp.2"]
    )
    assert members(model, groups) == {
        "decay mlp.*": "mlp.0.weight mlp.0.bias",
        "decay attn": "attn.in_proj_weight attn.out_proj.weight",
        "no_decay": "ln_1.weight ln_1.bias attn.in_proj_bias attn.bias_k attn.bias_v"
        " attn.out_proj.bias ln_2.weight ln_2.bias mlp.2.weight mlp.2.bias",
    }
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0, 0.0]


def test_fully_decoupled_strengths() -> None:
    """One step at the peak rate takes away the number of the paper."""
    model = nn.Linear(1, 1)
    with torch.no_grad():
        model.weight.fill_(1.0)
    groups = param_groups(model, 0.02, fully_decoupled=True, peak_lr=1e-3)
    optimizer = torch.optim.AdamW(groups, lr=1e-3)
    model.weight.grad = torch.zeros(1, 1)
    optimizer.step()
    assert float(model.weight.detach()) == pytest.approx(0.98, rel=1e-6)


def test_states_saved_earlier_still_load() -> None:
    model = zoo.Language()
    optimizer = torch.optim.AdamW(param_groups(model, 0.05, per_layer={"block": 0.1}))
    model(torch.zeros(2, 5, dtype=torch.long)).square().sum().backward()
    optimizer.step()
    other = zoo.Language()
    loaded = torch.optim.AdamW(param_groups(other, 0.05, per_layer={"block": 0.1}))
    loaded.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for ours, theirs in zip(loaded.param_groups, optimizer.param_groups, strict=True):
        for a, b in zip(ours["params"], theirs["params"], strict=True):
            assert torch.equal(loaded.state[a]["exp_avg"], optimizer.state[b]["exp_avg"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what torch.compile imports
def test_wrappers_are_left_out_of_names() -> None:
    model = zoo.mlp()
    for wrapped in (nn.DataParallel(model), torch.compile(model, backend="eager")):
        groups = param_groups(wrapped, 0.05, per_layer={"3": 0.1})
        assert members(model, groups)["decay 3"] == "3.weight"


def test_the_model_is_left_alone() -> None:
    model = zoo.Language()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    param_groups(model, 0.05)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_lazy_layers_ask_for_a_batch() -> None:
    model = zoo.lazy()
    with pytest.raises(
        ValueError, match=r"the lazy layer '1' \(LazyLinear\) has no shapes yet: run"
    ):
        param_groups(model, 0.05)
    model(torch.zeros(3, 4))
    assert members(model, param_groups(model, 0.05))["decay"] == "0.weight 1.weight"


def test_flattened_parameters_are_refused() -> None:
    class FlatParameter(nn.Parameter):
        """As sharding makes of all parameters of a module."""

    model = nn.Module()
    model.register_parameter("_flat_param", FlatParameter(torch.zeros(24)))
    with pytest.raises(ValueError, match=r"'_flat_param' is flattened, .* use_orig_params=True"):
        param_groups(model, 0.1)


BAD: list[tuple[Any, Mapping[str, Any], type[Exception], str]] = [
    (-0.1, {}, ValueError, "weight_decay must be finite and not negative, got -0.1"),
    (float("nan"), {}, ValueError, "weight_decay must be finite and not negative, got nan"),
    ("0.1", {}, TypeError, "weight_decay must be a number"),
    (0.1, {"per_layer": {"encoder.*": 0.1}}, ValueError, "per_layer: .* 'encoder.*' matches no"),
    (0.1, {"per_layer": {"mlp.0": -1.0}}, ValueError, "per_layer for 'mlp.0' must be finite"),
    (0.1, {"no_decay": "ln_3"}, ValueError, "no_decay: the pattern 'ln_3' matches no parameter"),
    (0.1, {"embeddings": True}, ValueError, "embeddings must be one of"),
    (0.1, {"fully_decoupled": True}, TypeError, "peak_lr go together"),
]


@pytest.mark.parametrize(("weight_decay", "options", "error", "message"), BAD)
def test_bad_input(
    weight_decay: Any,  # noqa: ANN401
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        param_groups(zoo.Block(), weight_decay, **options)


def test_models_without_trainable_parameters() -> None:
    with pytest.raises(ValueError, match=r"no parameter of the model \(Linear\) is trainable"):
        param_groups(nn.Linear(3, 2).requires_grad_(False), 0.1)
    with pytest.raises(TypeError, match=r"model must be a torch\.nn\.Module, got list"):
        param_groups([torch.zeros(3)], 0.1)
