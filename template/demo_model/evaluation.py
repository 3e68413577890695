# Databricks notebook source
# MAGIC %md
# MAGIC # Evaluate the demo model
# MAGIC
# MAGIC Evaluates the version of the model that was registered last on the test data: the same data, seed and
# MAGIC share give the same test rows. Returns the metrics as JSON, for EvaluateModel, and the version.

# COMMAND ----------

import json
from pathlib import Path

from model_modules.dataset import read_dataset, stratified_split
from model_modules.evaluation import accuracy, confusion_matrix, macro_f1
from model_modules.mlflow_model import read_model
from model_modules.registry import download_version, newest_version, open_registry

# COMMAND ----------

# DBTITLE 1,Parameters
dbutils.widgets.text("data_path", "data/iris.csv", "Data (CSV)")
dbutils.widgets.text("registered_model", f"main.default.{Path.cwd().name}", "Registered model")
dbutils.widgets.text("seed", "1936", "Random seed of the training")
dbutils.widgets.text("test_share", "0.2", "Share of rows in the test data")

registered_model = dbutils.widgets.get("registered_model")

# COMMAND ----------

# DBTITLE 1,Model
registry = open_registry(dbutils)
version = newest_version(registry, registered_model)
model, _ = read_model(download_version(registry, registered_model, version.number))
print(f"Version {version.number} of {registered_model}, MLflow run {version.run_id}")

# COMMAND ----------

# DBTITLE 1,Evaluation
_, test = stratified_split(
    read_dataset(dbutils.widgets.get("data_path")),
    float(dbutils.widgets.get("test_share")),
    int(dbutils.widgets.get("seed")),
)
predicted = [model.predict(row) for row in test.rows]
print(json.dumps(confusion_matrix(test.labels, predicted), indent=2))

# COMMAND ----------

metrics = {
    "accuracy": round(accuracy(test.labels, predicted), 4),
    "macro_f1": round(macro_f1(test.labels, predicted), 4),
    "rows_test": len(test),
    "registered_version": version.number,
}
dbutils.notebook.exit(json.dumps(metrics))
