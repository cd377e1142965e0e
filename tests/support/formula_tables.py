"""A table with numbers, categories, flags and labels, for tests of formulas."""

from __future__ import annotations

import numpy as np
import pandas as pd


def table(n_rows: int = 120, seed: int = 0) -> pd.DataFrame:
    """Make a table with effects of all its columns on `sales` and on the chances of `bought`."""
    rng = np.random.default_rng(seed)
    region = rng.choice(["north", "south", "west"], n_rows)
    effect = pd.Series(region).map({"north": 0.5, "south": -1.0, "west": 0.2}).to_numpy()
    price = rng.normal(5.0, 2.0, n_rows)
    age = rng.uniform(20.0, 70.0, n_rows)
    sales = 3.0 - 0.4 * price + effect + 0.002 * (age - 40.0) ** 2 + rng.normal(size=n_rows)
    return pd.DataFrame(
        {
            "sales": sales,
            "price": price,
            "age": age,
            "region": region,
            "rooms": rng.integers(1, 4, n_rows),
            "new": rng.random(n_rows) > 0.5,
            "unit price": rng.uniform(1.0, 2.0, n_rows),
            "bought": np.where(sales + rng.normal(size=n_rows) > 2.0, "yes", "no"),
            "size": rng.choice(["l", "m", "s"], n_rows),
        }
    )
