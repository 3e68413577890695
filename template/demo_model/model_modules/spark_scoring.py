"""Scores a table, or files, of any size on the machines of a Spark cluster."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import FEATURES
from model_modules.scoring import is_table, score_rows

SCHEMA = ", ".join(f"{name} double" for name in FEATURES) + ", predicted_species string, confidence double"


def score_with_spark(
    spark: SparkSession, model: SoftmaxClassifier, input_path: str, output_path: str
) -> dict:
    """Replaces the output: a table, or a folder of files. Gives a summary, as `score_file` does."""
    flowers = _read(spark, input_path)
    missing = [name for name in FEATURES if name not in flowers.columns]
    if missing:
        raise ValueError(f"{input_path} has no column {', '.join(missing)}")
    # Each machine gets the model once.
    shared = spark.sparkContext.broadcast(model)

    def score(batches):
        for batch in batches:
            found = score_rows(shared.value, batch.values.tolist())
            yield batch.assign(
                predicted_species=[species for species, _ in found],
                confidence=[confidence for _, confidence in found],
            )

    measured = flowers.select([f.col(name).cast("double").alias(name) for name in FEATURES])
    _write(measured.mapInPandas(score, SCHEMA), output_path)
    # Of what was written, so that the model scores every row once.
    counts = (
        _read(spark, output_path)
        .groupBy("predicted_species")
        .agg(f.count("*").alias("rows"), f.sum("confidence").alias("confidence"))
        .collect()
    )
    rows = sum(each["rows"] for each in counts)
    return {
        "rows": rows,
        "mean_confidence": round(sum(float(each["confidence"]) for each in counts) / rows, 4),
        "predicted": {each["predicted_species"]: each["rows"] for each in counts},
    }


def _read(spark: SparkSession, path: str) -> DataFrame:
    if is_table(path):
        return spark.read.table(path)
    return spark.read.parquet(path) if path.endswith(".parquet") else spark.read.csv(path, header=True)


def _write(predictions: DataFrame, path: str):
    writer = predictions.write.mode("overwrite")
    if is_table(path):
        writer.saveAsTable(path)
    elif path.endswith(".parquet"):
        writer.parquet(path)
    else:
        writer.csv(path, header=True)
