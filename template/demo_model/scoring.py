# Databricks notebook source
# MAGIC %md
# MAGIC # Score with the demo model
# MAGIC
# MAGIC Loads a version of the model from Unity Catalog, predicts the species of each flower and saves the
# MAGIC predictions. Returns a summary as JSON.
# MAGIC
# MAGIC A table (`catalog.schema.table`), files in a volume or in cloud storage are scored by Spark, on all
# MAGIC machines of the cluster; a CSV file of the workspace by Python on one machine. Both call `score_rows`.

# COMMAND ----------

import json
from pathlib import Path

from model_modules.file_scoring import score_file
from model_modules.mlflow_model import read_model
from model_modules.registry import download_version, find_version, open_registry
from model_modules.scoring import is_for_spark

# COMMAND ----------

# DBTITLE 1,Parameters
# The default is the training data, to try the notebook. Predictions on it do not show how good the model is.
dbutils.widgets.text("input_path", "data/iris.csv", "Flowers to score: a table or files")
dbutils.widgets.text("model_uri", f"models:/main.default.{Path.cwd().name}@champion", "Model")
dbutils.widgets.text(
    "output_path", f"../{Path.cwd().name}_artifacts/predictions.csv", "Predictions: a table or files"
)

input_path = dbutils.widgets.get("input_path")
output_path = dbutils.widgets.get("output_path")

# COMMAND ----------

# DBTITLE 1,Model
registry = open_registry(dbutils)
registered_model, version = find_version(registry, dbutils.widgets.get("model_uri"))
model, saved = read_model(download_version(registry, registered_model, version))
print(f"Version {version} of {registered_model}, test accuracy {saved['metrics']['accuracy']}")

# COMMAND ----------

# DBTITLE 1,Scoring
if is_for_spark(input_path) and is_for_spark(output_path):
    from model_modules.spark_scoring import score_with_spark

    summary = score_with_spark(spark, model, input_path, output_path)
elif is_for_spark(input_path) or is_for_spark(output_path):
    raise ValueError(f"Only one of {input_path} and {output_path} is a file of the workspace")
else:
    summary = score_file(model, input_path, output_path)
print(f"{summary['rows']} predictions saved to {output_path}")

# COMMAND ----------

dbutils.notebook.exit(json.dumps({"registered_version": version, **summary}))
