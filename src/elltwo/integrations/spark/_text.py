"""Parts of the docstrings of this module's functions."""

from __future__ import annotations

DATA = """
    df : pyspark.sql.DataFrame
        Of a classic session (one of Spark Connect is refused). Features, weights and a numeric
        target are columns of numbers (decimals are rounded to float64) or booleans; features may be
        vectors too, in a column of ``array<double>`` or of Spark's ML, which are of one length.
        Other columns are named by `encode` with their levels, or left out with `ignore`. What is
        null is missing.
    key : str, default=None
        Column that the order of rows is made of. Rows are sent to the partition that the hash of
        their key says, of which there are spark.sql.shuffle.partitions, and sorted there, so that
        the same rows give the same bits, however Spark has read, joined or shuffled them before.
        By default partitions are read as they are: the same bits as long as these and the order
        of their rows stay, as those of files do, or of a DataFrame that is persisted.
    """

KEPT = """
        Rows are read several times. Unless `df` is persisted and there is no key, those columns
        that are read are persisted during the call, in memory and on disk.
    """
