"""The exact last layer of torch modules."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from networks import torch_or_skip

torch_or_skip()

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from elltwo.integrations.torch import refit_head  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

pytestmark = pytest.mark.networks

RNG = np.random.default_rng(5)
INPUTS = torch.from_numpy(RNG.normal(size=(300, 6)).astype(np.float32))
VALUES = INPUTS @ torch.from_numpy(RNG.normal(size=(6, 3)).astype(np.float32))
VALUES = VALUES + torch.from_numpy(RNG.gumbel(size=(300, 3)).astype(np.float32))
LABELS = VALUES.argmax(dim=1)
ONES = (VALUES > 0.0).float()
TRAIN, REST = slice(200), slice(200, None)


def net(n_outputs: int = 3, *, bias: bool = True) -> nn.Module:
    torch.manual_seed(1)
    model = nn.Sequential()
    body = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(0.5))
    model.add_module("body", body)
    model.add_module("fc", nn.Linear(12, n_outputs, bias=bias))
    return model


def batches(targets: torch.Tensor, rows: slice, *more: torch.Tensor) -> list[Any]:
    """Batches of 64 rows."""
    parts = [one[rows] for one in (INPUTS, targets, *more)]
    return list(zip(*(part.split(64) for part in parts), strict=True))


def features(model: nn.Module, rows: slice = slice(None)) -> NDArray[Any]:
    model.eval()
    with torch.no_grad():
        found: NDArray[Any] = model.body(INPUTS[rows]).numpy()
    return found


def outputs(model: nn.Module, rows: slice = slice(None)) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return model(INPUTS[rows])


def state(model: nn.Module) -> dict[str, Any]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def require_same(model: nn.Module, before: dict[str, Any], *, except_head: bool = False) -> None:
    for name, value in model.state_dict().items():
        if not (except_head and name.startswith("fc.")):
            assert torch.equal(value, before[name]), name


def test_softmax_is_logistic_cv_on_the_features() -> None:
    model = net()
    head = refit_head(model, batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
    fit = elltwo.logistic_cv(features(model, TRAIN), LABELS[TRAIN].numpy(), cv="alo")
    assert head.alpha == fit.alpha
    np.testing.assert_allclose(model.fc.weight.detach().numpy(), fit.coef, rtol=1e-5, atol=1e-6)
    found = outputs(model).softmax(dim=1).numpy()
    np.testing.assert_allclose(found, fit.predict_proba(features(model)), rtol=0.0, atol=1e-6)
    loss = nn.functional.cross_entropy(outputs(model, TRAIN), LABELS[TRAIN])
    assert head.after.train.loss == pytest.approx(loss.item(), rel=1e-5)
    assert head.info.status == "converged"
    assert head.notes[0].startswith("optimistic")


def test_validation_chooses_and_all_rows_are_fitted() -> None:
    model = net()
    before = nn.functional.cross_entropy(outputs(model, REST), LABELS[REST])
    head = refit_head(
        model,
        batches(LABELS, TRAIN),
        "fc",
        loss="softmax",
        validation=batches(LABELS, REST),
    )
    pair = [(np.arange(200), np.arange(200, 300))]
    fit = elltwo.logistic_cv(features(model), LABELS.numpy(), cv=pair)
    assert head.alpha == fit.alpha
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-5, atol=1e-6)
    assert head.written
    assert head.notes == ()
    assert head.before.validation is not None
    assert head.after.validation is not None
    assert head.before.validation.loss == pytest.approx(before.item(), rel=1e-5)
    assert head.after.validation.loss < head.before.validation.loss


def test_squared_error_is_ridge_on_the_features() -> None:
    model = net()
    head = refit_head(
        model,
        batches(VALUES, TRAIN),
        "fc",
        loss="squared_error",
        validation=batches(VALUES, REST),
    )
    X, Y = features(model).astype(np.float64), VALUES.numpy()
    chosen = elltwo.ridge_cv(X, Y, cv=[(np.arange(200), np.arange(200, 300))])
    assert head.alpha == pytest.approx(chosen.alpha, rel=1e-6)
    fit = elltwo.ridge(X, Y, alpha=head.alpha)
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(outputs(model).numpy(), fit.predict(X), atol=2e-6)
    loss = nn.functional.mse_loss(outputs(model, TRAIN), VALUES[TRAIN])
    assert head.after.train.loss == pytest.approx(loss.item(), rel=1e-5)


@pytest.mark.parametrize("cv", ["gcv", 5])
def test_squared_error_chosen_among_the_rows(cv: str | int) -> None:
    model = net()
    head = refit_head(model, batches(VALUES, TRAIN), "fc", loss="squared_error", cv=cv)
    X, Y = features(model, TRAIN).astype(np.float64), VALUES[TRAIN].numpy()
    rows = np.arange(200)
    folds = "gcv" if cv == "gcv" else [(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5)]
    fit = elltwo.ridge_cv(X, Y, cv=folds)
    assert head.alpha == pytest.approx(fit.alpha, rel=1e-6)
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-6, atol=1e-9)


def test_sigmoid_outputs_are_separate_fits() -> None:
    model = net()
    head = refit_head(model, batches(ONES, TRAIN), "fc", loss="sigmoid", cv=5)
    X = features(model, TRAIN)
    for k in range(3):
        fit = elltwo.logistic_cv(X, ONES[TRAIN, k].int().numpy(), cv=5)
        assert head.alpha[k] == fit.alpha
        np.testing.assert_allclose(head.coef[k], fit.coef, rtol=1e-5, atol=1e-6)
    loss = nn.functional.binary_cross_entropy_with_logits(outputs(model, TRAIN), ONES[TRAIN])
    assert head.after.train.loss == pytest.approx(loss.item(), rel=1e-5)


def test_one_output_takes_a_vector() -> None:
    model = net(1)
    head = refit_head(model, batches(ONES[:, 0], TRAIN), "fc", loss="sigmoid", cv="alo")
    fit = elltwo.logistic_cv(features(model, TRAIN), ONES[TRAIN, 0].int().numpy(), cv="alo")
    np.testing.assert_allclose(head.coef[0], fit.coef, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("prior", ["zero", "current"])
def test_a_softmax_of_two_outputs_minimises_its_own_objective(prior: str) -> None:
    """Both rows of weights are penalised, of which a fit knows the difference alone."""
    model = net(2).double()
    old = model.fc.weight.detach().clone(), model.fc.bias.detach().clone()
    labels = ONES[:, 0].long()
    rows = [(INPUTS.double(), labels)]
    head = refit_head(model, rows, "fc", loss="softmax", cv="alo", alphas=[3.0], prior=prior)
    model.zero_grad()
    model.eval()
    total = nn.functional.cross_entropy(model(INPUTS.double()), labels, reduction="sum")
    moved = model.fc.weight - (old[0] if prior == "current" else 0.0)
    total = total + head.alpha * moved.square().sum()
    if prior == "current":
        total = total + head.alpha * (model.fc.bias - old[1]).square().sum()
    total.backward()
    for parameter in (model.fc.weight, model.fc.bias):
        assert parameter.grad.abs().max() < 1e-4


def test_one_hot_rows_and_tokens() -> None:
    plain = refit_head(net(), batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
    one_hot = nn.functional.one_hot(LABELS, 3)
    other = refit_head(net(), batches(one_hot, TRAIN), "fc", loss="softmax", cv="alo")
    np.testing.assert_array_equal(other.coef, plain.coef)

    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(6, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.fc(x)

    model = Tokens()
    rows = [(INPUTS.reshape(30, 10, 6), LABELS.reshape(30, 10))]
    head = refit_head(model, rows, "fc", loss="softmax", cv="alo")
    fit = elltwo.logistic_cv(INPUTS.numpy(), LABELS.numpy(), cv="alo")
    np.testing.assert_array_equal(head.coef, fit.coef)


@pytest.mark.parametrize("loss", ["softmax", "sigmoid", "squared_error"])
def test_infinite_alpha_leaves_the_current_weights(loss: str) -> None:
    targets = {"softmax": LABELS, "sigmoid": ONES, "squared_error": VALUES}[loss]
    model = net()
    before = state(model)
    head = refit_head(
        model,
        batches(targets, TRAIN),
        "fc",
        loss=loss,
        validation=batches(targets, REST),
        alphas=[np.inf],
        prior="current",
        write="always",
    )
    require_same(model, before)
    assert head.before == head.after


def test_heads_without_bias() -> None:
    model = net(bias=False)
    head = refit_head(model, batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
    fit = elltwo.logistic_cv(
        features(model, TRAIN), LABELS[TRAIN].numpy(), cv="alo", fit_intercept=False
    )
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-5, atol=1e-6)
    assert not head.intercept.any()


def test_weights_of_rows_and_classes() -> None:
    weight = torch.from_numpy(RNG.integers(1, 4, size=300)).float()
    model = net()
    head = refit_head(
        model,
        batches(LABELS, TRAIN, weight),
        "fc",
        loss="softmax",
        cv="alo",
        class_weight={1: 2.0},
    )
    whole = weight.numpy() * np.where(LABELS.numpy() == 1, 2.0, 1.0)
    fit = elltwo.logistic_cv(
        features(model, TRAIN), LABELS[TRAIN].numpy(), cv="alo", sample_weight=whole[TRAIN]
    )
    np.testing.assert_allclose(head.coef, fit.coef, rtol=1e-5, atol=1e-6)


def test_a_temporary_file_changes_nothing() -> None:
    kind: dict[str, Any] = {"loss": "softmax", "validation": batches(LABELS, REST)}
    in_memory = refit_head(net(), batches(LABELS, TRAIN), "fc", **kind)
    for bytes_held in (0, 5000):
        in_file = refit_head(net(), batches(LABELS, TRAIN), "fc", max_memory=bytes_held, **kind)
        np.testing.assert_array_equal(in_file.coef, in_memory.coef)


def test_batches_change_no_moments() -> None:
    one = refit_head(net(), batches(VALUES, TRAIN), "fc", loss="squared_error", cv=4)
    rows = [(INPUTS[TRAIN], VALUES[TRAIN])]
    other = refit_head(net(), rows, "fc", loss="squared_error", cv=4)
    np.testing.assert_allclose(other.coef, one.coef, rtol=1e-4, atol=1e-6)


def test_everything_but_the_head_is_as_before() -> None:
    model = net()
    model.train()
    model.body[1].eval()
    modes = [module.training for module in model.modules()]
    generator = torch.Generator().manual_seed(3)
    loader = DataLoader(
        TensorDataset(INPUTS[TRAIN], LABELS[TRAIN]),
        batch_size=32,
        shuffle=True,
        generator=generator,
    )
    before, drawn = state(model), torch.get_rng_state()
    own = generator.get_state()
    numbers: Any = np.random.get_state()  # noqa: NPY002
    python = random.getstate()
    head = refit_head(model, loader, "fc", loss="softmax", cv="alo")
    require_same(model, before, except_head=True)
    assert not torch.equal(model.fc.weight, before["fc.weight"])
    assert [module.training for module in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), drawn)
    assert torch.equal(generator.get_state(), own)
    now: Any = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(now[1], numbers[1])
    assert now[2:] == numbers[2:]
    assert random.getstate() == python
    assert not model.fc._forward_pre_hooks
    assert torch.is_grad_enabled()
    assert all(parameter.grad is None for parameter in model.parameters())
    head.undo()
    require_same(model, before)
    assert not head.written


@pytest.mark.parametrize("how", [{"dry_run": True}, {"write": "never"}])
def test_nothing_is_written_on_request(how: dict[str, Any]) -> None:
    model = net()
    before = state(model)
    head = refit_head(model, batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo", **how)
    require_same(model, before)
    assert not head.written
    assert head.after.train.loss < head.before.train.loss


def test_nothing_worse_is_written() -> None:
    model = net()
    first = refit_head(
        model, batches(LABELS, TRAIN), "fc", loss="softmax", validation=batches(LABELS, REST)
    )
    assert first.written
    before = state(model)
    kind: dict[str, Any] = {"loss": "softmax", "cv": "alo", "alphas": [1e6]}
    worse = refit_head(
        model, batches(LABELS, TRAIN), "fc", validation=batches(LABELS, REST), **kind
    )
    assert worse.before.validation is not None
    assert worse.after.validation is not None
    assert worse.after.validation.loss > worse.before.validation.loss
    assert not worse.written
    require_same(model, before)
    always = refit_head(
        model,
        batches(LABELS, TRAIN),
        "fc",
        validation=batches(LABELS, REST),
        write="always",
        **kind,
    )
    assert always.written


def test_interpolated_rows_are_named_and_not_written() -> None:
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(3, 3))
    rows = [(60.0 * nn.functional.one_hot(LABELS, 3).float(), LABELS)]
    head = refit_head(model, rows, "fc", loss="softmax", cv="alo", alphas=[1.0])
    assert any(note.startswith("interpolated") for note in head.notes)
    assert not head.written


class InterruptedLoaderError(Exception):
    """What a loader raises half way."""


@pytest.mark.parametrize("which", ["loader", "validation"])
def test_interrupted_loaders_leave_the_model(which: str) -> None:
    model = net()
    model.train()
    before, drawn = state(model), torch.get_rng_state()

    def half() -> Iterator[Any]:
        yield batches(LABELS, TRAIN)[0]
        torch.rand(1)
        raise InterruptedLoaderError

    loaders = {"loader": batches(LABELS, TRAIN), "validation": batches(LABELS, REST)}
    loaders[which] = half()  # type: ignore[assignment]
    with pytest.raises(InterruptedLoaderError):
        refit_head(model, loaders["loader"], "fc", loss="softmax", validation=loaders["validation"])
    require_same(model, before)
    assert model.training
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not model.fc._forward_pre_hooks


def test_bfloat16_is_scored_after_rounding() -> None:
    model = net().to(torch.bfloat16)
    rows = [(INPUTS[TRAIN].bfloat16(), LABELS[TRAIN])]
    head = refit_head(model, rows, "fc", loss="softmax", cv="alo")
    assert model.fc.weight.dtype == torch.bfloat16
    assert any(note.startswith("rounded to bfloat16") for note in head.notes)
    model.eval()
    with torch.no_grad():
        X = model.body(INPUTS[TRAIN].bfloat16()).float()
        z = X @ model.fc.weight.float().T + model.fc.bias.float()
    loss = nn.functional.cross_entropy(z, LABELS[TRAIN]).item()
    assert head.after.train.loss == pytest.approx(loss, rel=1e-4)


def test_float16_overflow_leaves_the_model() -> None:
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(6, 1))
    model = model.half()
    before = state(model)
    rows = [(1e-6 * INPUTS.half(), 1e4 * VALUES[:, :1])]
    with pytest.raises(OverflowError, match="layer 'fc': weights are beyond the range of float16"):
        refit_head(model, rows, "fc", loss="squared_error", cv="gcv", alphas=[0.0])
    require_same(model, before)


def convolution() -> nn.Module:
    model = nn.Sequential()
    model.add_module("fc", nn.Conv2d(6, 3, 1))
    return model


def tied() -> nn.Module:
    model = net(12)
    model.add_module("embedding", nn.Embedding(12, 12))
    model.embedding.weight = model.fc.weight
    return model


def parametrised() -> nn.Module:
    model = net()
    nn.utils.parametrizations.weight_norm(model.fc)
    return model


def quantised() -> nn.Module:
    model = net()
    model.fc.weight = nn.Parameter(model.fc.weight.detach().to(torch.int8), requires_grad=False)
    return model


def sharded() -> nn.Module:
    model = net()
    model.fc.weight = nn.Parameter(torch.empty_like(model.fc.weight, device="meta"))
    return model


def lazy() -> nn.Module:
    model = net()
    model.fc = nn.LazyLinear(3)
    return model


def own_forward() -> nn.Module:
    class Scaled(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2.0 * super().forward(x)

    model = net()
    model.fc = Scaled(12, 3)
    return model


def twice() -> nn.Module:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(6, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.fc(x) + self.fc(-x)

    return Twice()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (convolution, TypeError, "layer 'fc' is a convolution"),
        (tied, ValueError, "layer 'fc' is tied: embedding.weight"),
        (parametrised, ValueError, "layer 'fc': its weight is computed"),
        (quantised, TypeError, "layer 'fc' is quantised: its weight is torch.int8"),
        (sharded, TypeError, "layer 'fc' is sharded"),
        (lazy, ValueError, "layer 'fc' is not initialised"),
        (own_forward, TypeError, "layer 'fc' is a Scaled with a forward pass of its own"),
        (twice, ValueError, "layer 'fc' ran 2 times"),
    ],
)
def test_refused_layers(
    make: Callable[[], nn.Module], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        refit_head(make(), batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")


GAP = torch.where(torch.arange(300)[:, None] == 70, torch.nan, INPUTS)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (None, {"loss": "auto"}, "loss of layer 'fc' must be said"),
        (None, {"loss": "hinge"}, "loss must be 'softmax'"),
        (None, {"cv": None}, "alpha needs rows to be chosen on"),
        (None, {"cv": "loo"}, "cv must be 'alo' or folds"),
        (None, {"prior": "old"}, "prior must be 'zero' or 'current'"),
        (None, {"write": "sometimes"}, "write must be 'better'"),
        (None, {"class_weight": {7: 1.0}}, "class_weight names class 7, of 3"),
        (None, {"class_weight": [1.0]}, "class_weight must be 3 finite numbers"),
        (None, {"loss": "squared_error"}, "cv must be 'gcv' or a number of folds"),
        ([], {}, "layer 'fc': the loader gave no rows"),
        ([(GAP[64:128], LABELS[64:128])], {}, "layer 'fc': its input holds nan at row 6"),
        ([(INPUTS, LABELS + 1)], {}, "layer 'fc' has 3 classes, 0 to 2, .* the label 3"),
        ([(INPUTS, LABELS - 1)], {}, "layer 'fc' has 3 classes, 0 to 2, .* the label -1"),
        ([(INPUTS, LABELS.clamp(max=1))], {}, "layer 'fc': no row is of class 2"),
        (
            [(INPUTS, LABELS[:9])],
            {},
            "layer 'fc': targets of the batch of the loader from row 0 on",
        ),
        ([(INPUTS, torch.rand(300, 3))], {}, "layer 'fc': targets .* labels or one-hot rows"),
        ([(INPUTS, LABELS, torch.ones(9))], {}, "layer 'fc': weights of the batch of the loader"),
        ([(INPUTS, LABELS, -torch.ones(300))], {}, "layer 'fc': weights .* not negative"),
        ([(INPUTS, VALUES)], {"loss": "sigmoid"}, "layer 'fc': targets .* must be 0 or 1"),
        ([(INPUTS, ONES * 0)], {"loss": "sigmoid"}, "all targets of output 0 are 0"),
    ],
)
def test_bad_arguments(rows: list[Any] | None, options: dict[str, Any], message: str) -> None:
    model = net()
    model.body = nn.Identity()
    model.fc = nn.Linear(6, 3)
    before = state(model)
    given = {"loss": "softmax", "cv": "alo", **options}
    with pytest.raises(ValueError, match=message):
        refit_head(model, batches(LABELS, TRAIN) if rows is None else rows, "fc", **given)
    require_same(model, before)
    assert model.training


def test_unknown_layers_and_batches() -> None:
    with pytest.raises(
        ValueError, match=r"no layer 'head'; its linear ones are \['body.0', 'fc'\]"
    ):
        refit_head(net(), batches(LABELS, TRAIN), "head", loss="softmax", cv="alo")
    model = net()
    with pytest.raises(TypeError, match=r"layer must be a name, .*, got Linear"):
        refit_head(model, batches(LABELS, TRAIN), model.fc, loss="softmax", cv="alo")
    with pytest.raises(TypeError, match=r"model must be a torch.nn.Module, got int"):
        refit_head(3, batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
    with pytest.raises(TypeError, match="layer 'fc': a batch must be"):
        refit_head(net(), [INPUTS], "fc", loss="softmax", cv="alo")
    with pytest.raises(ValueError, match="has one output, of which a softmax is constant"):
        refit_head(net(1), batches(LABELS, TRAIN), "fc", loss="softmax", cv="alo")
