"""The machine, the versions and the thread counts behind the figures."""

from __future__ import annotations

import platform
from importlib.metadata import distributions, version
from pathlib import Path

import elltwo

PACKAGES = (
    *("numpy", "scipy", "scikit-learn", "scikit-learn-intelex", "glum", "snapml"),
    *("torch", "polars", "polars-ols", "statsmodels"),
)


def describe(n_cores: int) -> dict[str, str]:
    """Processor, interpreter, versions and elltwo's own build."""
    facts = {"processor": _processor(), "cores": str(n_cores), "Python": platform.python_version()}
    facts |= {package: version(package) for package in PACKAGES if _is_installed(package)}
    build = elltwo.build_config()
    return facts | {"elltwo": ", ".join(_fact(key, build[key]) for key in build)}


def _fact(key: str, value: object) -> str:
    return f"{key} {' '.join(value) if isinstance(value, (list, tuple)) else value}"


def _is_installed(package: str) -> bool:
    return any(True for _ in distributions(name=package))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def thread_pools() -> str:
    """Thread count of every BLAS and OpenMP library loaded by now, as far as can be asked."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "thread counts fixed by environment variables alone (threadpoolctl is missing)"
    pools = [f"{pool['prefix']} {pool['num_threads']}" for pool in threadpool_info()]
    return ", ".join(pools) or "no BLAS or OpenMP library found"
