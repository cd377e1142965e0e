"""What the docstrings of this package say of Datasets."""

DATA = """
    dataset : ray.data.Dataset
        Rows, in columns of numbers, or with one column of tensors of one shape, which is X then.
        Its blocks are the partitions, numbered in their order.
    """
