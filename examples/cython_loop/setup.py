"""Build the example in place: ``python setup.py build_ext --inplace``."""

from Cython.Build import cythonize
from setuptools import Extension, setup

setup(name="hot_loop", ext_modules=cythonize([Extension("hot_loop", ["hot_loop.pyx"])]))
