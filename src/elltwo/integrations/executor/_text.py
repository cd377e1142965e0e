"""What the docstrings of this package say of parts and executors."""

DATA = """
    parts : iterable
        What the loader makes rows of: paths, numbers, anything that the executor can send. Their
        order numbers them, from 0 on.
    loader : callable, default=None
        ``loader(part)`` returns ``(X, y)``, ``(X, y, sample_weight)`` or a table, or an iterator
        over such chunks, where the work is done. A process pool needs a function that it can
        pickle, one of a module. None: the parts are such rows themselves.
    executor : object with ``submit``
        What runs the work, see `elltwo.integrations.executor`; it is not shut down.
    """
