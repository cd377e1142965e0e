"""The parameters of estimators, as scikit-learn asks for them, without it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.token import dask_token

if TYPE_CHECKING:
    from typing import Self


class Parameters:
    """What the arguments of the constructor are read and set by."""

    __dask_tokenize__ = dask_token

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  # scikit-learn's
        """Return the parameters by name.

        Parameters
        ----------
        deep : bool, default=True
            Accepted for scikit-learn's sake: no parameter has parameters of its own.

        Returns
        -------
        dict
            Parameters by name.
        """
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:  # noqa: ANN401
        """Set parameters.

        Parameters
        ----------
        **params : object
            Parameters by name.

        Returns
        -------
        estimator
            Itself.

        Raises
        ------
        ValueError
            If there is no parameter of a name.
        """
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}"
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Show the parameters that differ from their defaults."""
        signature = inspect.signature(type(self).__init__).parameters
        shown = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(signature[name].default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"
