"""The families of problems, and what is looked up in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.cv.family import FAMILY as CV
from benchmarks.elastic_net.family import FAMILY as ELASTIC_NET
from benchmarks.logistic.family import FAMILY as LOGISTIC
from benchmarks.many.family import FAMILY as MANY
from benchmarks.network.family import FAMILY as MLP
from benchmarks.ridge.family import FAMILY as RIDGE
from benchmarks.sparse.family import FAMILY as SPARSE

if TYPE_CHECKING:
    from benchmarks.base.family import Kind
    from benchmarks.base.library import AnyProblem

FAMILIES = (RIDGE, CV, SPARSE, LOGISTIC, ELASTIC_NET, MANY, MLP)

KINDS = {type_: kind for family in FAMILIES for type_, kind in family.kinds.items()}
GROUPS = tuple(group for family in FAMILIES for group in family.groups)
SECTIONS = {section.name: section for family in FAMILIES for section in family.sections}
MEMORY_GROUPS = tuple(group for family in FAMILIES for group in family.memory)
FORMULAS = tuple(text for family in FAMILIES for text in family.formulas)


def kind_of(problem: AnyProblem) -> Kind:
    return KINDS[type(problem)]
