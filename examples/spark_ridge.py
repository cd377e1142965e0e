"""Ridge and logistic regression of a DataFrame of Spark, beside Spark's own; needs Java 17."""

import os
import sys

import numpy as np
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession, functions

from elltwo.integrations import spark

N_ROWS, P = 20_000, 5


def start():
    """Start Spark on this machine alone."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[2]").appName("elltwo")
    for name, value in {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def make_rows(session):
    """Make features, a target and a label that depend on them."""
    names = [f"x{j}" for j in range(P)]
    rows = session.range(0, N_ROWS, 1, 8)
    for j, name in enumerate(names):
        rows = rows.withColumn(name, functions.randn(seed=j))
    signal = sum((j + 1) * functions.col(name) for j, name in enumerate(names))
    rows = rows.withColumn("y", signal + functions.randn(seed=P))
    return rows.withColumn("label", functions.when(functions.col("y") > 0, "up").otherwise("down"))


def main():
    """Fit both models, predict, and compare with Spark's linear regression."""
    session = start()
    try:
        df = make_rows(session).persist()
        names = [f"x{j}" for j in range(P)]
        fit = spark.ridge(df, target="y", features=names, alpha=1.0)
        classes = spark.logistic(df, target="label", features=names, alpha=1.0)
        scored = spark.predict_proba(classes, spark.predict(fit, df))
        scored.select("id", "y", "prediction", "label", "probability_up").show(3)

        vectors = VectorAssembler(inputCols=names, outputCol="features").transform(df)
        own = LinearRegression(
            labelCol="y", solver="normal", regParam=1.0 / N_ROWS, standardization=False
        ).fit(vectors)
        difference = np.abs(fit.coef - own.coefficients.toArray()).max()
        print(f"ridge: {fit.coef.round(3)}, {difference:.0e} from Spark's own")
        print(f"logistic: {classes.coef.round(3)} in {classes.passes.n_passes} passes")
    finally:
        session.stop()
    return fit, classes


if __name__ == "__main__":
    main()
