"""The same statements on an existing Spark cluster, for tables too large to be moved.

Everything that reads rows is written once, as DuckDB's SQL. `dialect` turns a statement into Spark's SQL, `connection`
runs it and looks like DuckDB's connection to whoever asks, and `reading` reads CSV files by DuckDB's rules of what is a
number. Only summaries leave the cluster: an answer of many rows is refused. PySpark and sqlglot are needed only here.

    connection = SparkConnection(session)                 # a pyspark.sql.SparkSession
    trial = connection.read("hdfs://registry/trial.parquet")
    fit = mmrm((connection, trial), "y ~ x + arm*visit", subject="id", visit="visit")
    fit = mmrm(data_frame, ...)                           # or a Spark DataFrame as it is
"""

from allay.science.evaluation.spark.connection import SparkConnection

__all__ = ["SparkConnection"]
