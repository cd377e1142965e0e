"""elltwo on whatever runs functions elsewhere: process pools, threads, MPI, clusters' executors.

Parts are anything that a function of yours, the loader, makes rows of where the work is done: paths
of files, ranges of dates, numbers of shards. What comes back are sums, so that parts may be of any
size. An executor is any object with a method ``submit(function, *arguments)`` that returns a future
as those of `concurrent.futures` are: `ProcessPoolExecutor`, `ThreadPoolExecutor`, loky's,
mpi4py's ``MPIPoolExecutor``, dask's ``Client.get_executor()``. It is not shut down. Of process
pools take those that spawn: `concurrent.futures` forks by default on Linux before Python 3.14,
and a fork of a process with threads may hang.
"""

from elltwo.integrations.executor._classes import logistic, logistic_cv, logistic_path
from elltwo.integrations.executor._estimators import LogisticRegression, Ridge, RidgeCV
from elltwo.integrations.executor._fits import (
    elastic_net,
    elastic_net_cv,
    elastic_net_path,
    moments,
    ridge,
    ridge_cv,
)
from elltwo.integrations.executor._predict import predict, predict_proba

__all__ = [
    "LogisticRegression",
    "Ridge",
    "RidgeCV",
    "elastic_net",
    "elastic_net_cv",
    "elastic_net_path",
    "logistic",
    "logistic_cv",
    "logistic_path",
    "moments",
    "predict",
    "predict_proba",
    "ridge",
    "ridge_cv",
]
