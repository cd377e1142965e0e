"""Formulas as plain data: terms are products of factors, each an expression."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from formulaic import Formula
from formulaic.errors import FormulaInvalidError, FormulaParsingError
from formulaic.parser.types import Factor, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Factors: TypeAlias = tuple[tuple[str, str], ...]  # expression, "lookup" or "python"

_COLOURS = re.compile(r"\x1b\[[0-9;]*m|[\u29da\u29db]")


class Parsed(NamedTuple):
    """A formula, its sides and whether it has an intercept."""

    text: str
    response: tuple[Factors, ...]
    terms: tuple[Factors, ...]
    intercept: bool


def parse(formula: str, names: Sequence[str]) -> Parsed:
    """Parse a formula for a table with columns of some names.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If it cannot be read, does not have two sides, or has several parts.
    """
    if not isinstance(formula, str):
        raise TypeError(f"formula must be text, as 'y ~ a + b', got {type(formula).__name__}")
    given = {"__formulaic_variables_available__": list(names)}
    try:
        both = Formula(formula, _context=given)
    except (FormulaParsingError, FormulaInvalidError, SyntaxError) as error:
        text = " ".join(_COLOURS.sub("", str(error)).split())
        raise ValueError(f"formula {formula!r} cannot be read: {text}{_hint(formula)}") from error
    left, right = getattr(both, "lhs", None), getattr(both, "rhs", None)
    if left is None or right is None:
        raise ValueError(f"formula must say what is predicted, as 'y ~ a + b', got {formula!r}")
    if isinstance(left, tuple) or isinstance(right, tuple) or hasattr(right, "deps"):
        raise ValueError(f"formula must have one part on each side of '~', got {formula!r}")
    response = tuple(_factors(term, formula) for term in left)
    terms = tuple(_factors(term, formula) for term in right)
    return Parsed(formula, tuple(filter(None, response)), tuple(filter(None, terms)), () in terms)


def _hint(formula: str) -> str:
    """Say what to do about a name that Python reads as a word of its own."""
    name = next(filter(keyword.iskeyword, re.findall("`([^`]*)`", formula)), None)
    if name is None:
        return ""
    return f"; {name!r} is a word of Python, so in an expression the column is Q('{name}')"


def _factors(term: Term, formula: str) -> Factors:
    """Return the factors of a term as plain data, none for the intercept."""
    factors = tuple((factor.expr, factor.eval_method.value) for factor in term.factors)
    if factors in {(("1", "literal"),), ()}:
        return ()
    if any(method == "literal" for _, method in factors):
        raise ValueError(
            f"formula multiplies by a number in {str(term)!r}, got {formula!r}; for arithmetic "
            "write I(...)"
        )
    return factors


def formula_of(terms: Iterable[Factors], intercept: bool) -> Formula:
    """Return the right or left side of a formula as formulaic has it."""
    built = [Term([Factor(expr, eval_method=method) for expr, method in term]) for term in terms]
    constant = [Term([Factor("1", eval_method="literal")])] if intercept else []
    return Formula([*constant, *built])


def name_of(term: Factors) -> str:
    """Name a term as formulaic does."""
    return str(Term([Factor(expr, eval_method=method) for expr, method in term]))


def same_term(text: str, terms: Sequence[Factors]) -> int | None:
    """Return the place of the term that a text writes in another way, None if there is none."""
    try:
        side = list(Formula(f"0 + {text}"))
    except (FormulaParsingError, FormulaInvalidError, SyntaxError, TypeError):
        return None
    if len(side) != 1:
        return None
    wanted = {factor.expr for factor in side[0].factors}
    return next((i for i, term in enumerate(terms) if {expr for expr, _ in term} == wanted), None)
