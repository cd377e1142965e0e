"""The report on decay, from what acts on parameters, without any framework."""

from __future__ import annotations

import copy
import math
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo import integrations
from elltwo.integrations._decay.audited import Audited, Seen, Term
from elltwo.integrations._decay.build import build
from elltwo.integrations._decay.parameters import BIAS, GAIN, KERNEL, Parameter, Place
from elltwo.integrations._decay.records import COUPLED, DECOUPLED, LOSS, Finding
from elltwo.integrations._decay.steps import Run, decay_steps
from elltwo.integrations._decay.strength import Scale

if TYPE_CHECKING:
    from elltwo.integrations import PenaltyAudit

ROLES = {"weight": KERNEL, "bias": BIAS, "gain": GAIN}


def item(
    *names: str,
    terms: tuple[Term, ...] = (),
    norm: float = 2.0,
    trainable: bool = True,
    lambdas: Any = None,  # noqa: ANN401
) -> Audited:
    places = tuple(Place(name, ROLES[name.rpartition(".")[2]], "Mine") for name in names)
    return Audited(Parameter(places, (2, 3), trainable), norm, terms, lambdas)


def decay(value: float, how: str = DECOUPLED, adaptive: bool = False) -> Term:
    return Term(how, value, value, adaptive)


def loss(l2: float) -> Term:
    return Term(LOSS, l2, 2.0 * l2)


def report(*items: Audited, steps: Any = (), ignore: Any = (), **scale: Any) -> PenaltyAudit:  # noqa: ANN401
    return build(Seen("Title", items, steps, ()), Scale(**scale), ignore)


def codes(audit: PenaltyAudit) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.code, finding.names) for finding in audit.findings]


def test_clean() -> None:
    audit = report(item("a.weight", terms=(decay(0.1),)), item("a.bias"), item("a.gain"))
    assert audit.findings == ()
    assert [row.how for row in audit.rows] == ["decoupled", "none", "none"]
    assert audit.rows[0].reason == "decayed: kernel of Mine"
    assert audit.rows[1].reason == "not decayed: bias of Mine"


def test_alpha_and_shares() -> None:
    audit = report(
        item("a.weight", terms=(decay(0.1, COUPLED),), norm=3.0),
        item("b.weight", terms=(loss(0.1),), norm=1.0),
        item("c.weight", terms=(decay(0.5),), norm=1.0),
        loss="mse",
        n_samples=10,
        n_outputs=2,
    )
    # 0.1/2 * 3, 0.1 * 1 and 0.5/2 * 1
    assert [row.share for row in audit.rows] == pytest.approx([0.3, 0.2, 0.5])
    assert [row.value for row in audit.rows] == [0.1, 0.1, 0.5]
    assert [row.alpha for row in audit.rows[:2]] == pytest.approx([1.0, 2.0])
    assert math.isnan(audit.rows[2].alpha)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((item("a.bias", terms=(decay(0.1),)),), ("bias", ("a.bias",))),
        ((item("a.gain", terms=(loss(0.1),)),), ("norm", ("a.gain",))),
        ((item("a.weight", terms=(loss(0.1), decay(0.1))),), ("twice", ("a.weight",))),
        (
            (item("a.weight", terms=(loss(0.1),), trainable=False),),
            ("frozen", ("a.weight",)),
        ),
        ((item("a.weight", "b.weight"),), ("tied", ("a.weight", "b.weight"))),
        (
            (item("a.weight", terms=(decay(0.1, COUPLED, adaptive=True),)),),
            ("coupled-adaptive", ("a.weight",)),
        ),
        (
            (
                item("a.weight", terms=(decay(0.1),))._replace(is_scale_free=True),
                item("b.weight")._replace(is_scale_free=True),
            ),
            ("scale-free", ("a.weight",)),
        ),
    ],
)
def test_findings(items: tuple[Audited, ...], expected: tuple[str, tuple[str, ...]]) -> None:
    assert codes(report(*items)) == [expected]
    assert codes(report(*items, ignore=expected[0])) == []
    assert codes(report(*items, ignore=["tied", expected[0]])) == []


def test_what_has_strength_zero_is_no_finding() -> None:
    nothing = (decay(0.0, COUPLED), loss(0.0))
    assert codes(report(item("a.bias", terms=nothing), item("a.gain", terms=nothing))) == []


def test_what_is_frozen_has_no_share() -> None:
    audit = report(
        item("a.weight", terms=(decay(0.1),)),
        item("b.weight", terms=(decay(0.1),), trainable=False),
    )
    assert [row.share for row in audit.rows] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(9e-5, ["vanishes"]), (1.1e-4, []), (1.9, []), (2.1, ["dominates"])],
)
def test_decay_over_a_run(rate: float, expected: list[str]) -> None:
    """Ten steps with a decay of 1: sums of rates below 1e-3 and above 20."""
    steps = [decay_steps("group", 1.0, [rate] * 10, Run(has_steps=True))]
    audit = report(item("a.weight", terms=(decay(1.0),)), steps=steps)
    assert codes(audit) == [(code, ("group",)) for code in expected]


def test_findings_come_by_code() -> None:
    seen = (
        item("a.weight", "b.weight", terms=(loss(1.0), decay(1.0))),
        item("a.bias", terms=(decay(1.0),)),
    )
    extra = (Finding("lost", ("c",), "not there"), Finding("scale-free", ("d",), "free"))
    audit = build(Seen("Title", seen, (), extra), Scale(), ())
    assert [code for code, _ in codes(audit)] == ["bias", "twice", "lost", "tied", "scale-free"]


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"ignore must hold codes .* got 'biases'"):
        report(item("a.bias"), ignore="biases")


FULL = report(
    item("a.weight", terms=(decay(0.1),), lambdas=np.linspace(0.0, 1.0, 101)),
    item("a.bias", terms=(decay(0.1),)),
    steps=[decay_steps("all", 0.1, [0.01] * 30, Run(600, 20, True))],
    loss="mean",
    n_samples=600,
)


def test_local_penalties() -> None:
    (local,) = FULL.local
    assert local.name == "a.weight"
    assert (local.low, local.median, local.high) == pytest.approx((0.05, 0.5, 0.95))
    assert local.alpha == pytest.approx(0.5 * 600)


def test_summary() -> None:
    lines = FULL.summary().splitlines()
    assert lines[0] == "Title"
    assert lines[2].split() == [
        *("parameter", "shape", "|w|^2", "how", "value", "alpha", "share", "by", "the", "rules")
    ]
    assert lines[4].split("  ")[0] == "a.weight"
    assert "decoupled" in lines[4]
    assert "50.0 %" in lines[4]
    text = FULL.summary()
    assert "Decay over the run\n" in text
    assert "local, not an objective" in text
    assert text.splitlines()[-1].startswith("bias: a.bias: decayed, although")
    assert max(map(len, lines)) <= 110
    assert report(item("a.weight")).summary().endswith("Findings\nnone")


def test_to_pandas() -> None:
    table = FULL.to_pandas()
    assert table.index.tolist() == ["a.weight", "a.bias"]
    assert table.columns.tolist() == [
        *("shape", "size", "squared_norm", "how", "value", "alpha", "share", "reason")
    ]
    assert table.loc["a.bias", "size"] == 6


@pytest.mark.parametrize("record", [FULL, FULL.rows[0], FULL.findings[0], *FULL.steps, *FULL.local])
def test_records_are_pickled_and_copied_by_their_public_path(record: object) -> None:
    kind = type(record)
    assert kind.__module__ == "elltwo.integrations"
    assert getattr(integrations, kind.__name__) is kind
    data = pickle.dumps(record)
    assert b"_decay" not in data
    for other in (pickle.loads(data), copy.deepcopy(record)):
        assert type(other) is kind
        assert repr(other) == repr(record)  # NaN is not equal to itself


def test_public_names() -> None:
    assert sorted(integrations.__all__) == integrations.__all__
    with pytest.raises(AttributeError, match="has no attribute 'Penalty'"):
        integrations.Penalty  # noqa: B018
