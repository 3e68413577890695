# Databricks notebook source
# MAGIC %md
# MAGIC # Evaluate the demo model
# MAGIC
# MAGIC Evaluates the model that `training` saved on the test data: the same data, seed and share give the
# MAGIC same test rows. Returns the metrics as JSON, for EvaluateModel.

# COMMAND ----------

import json
from pathlib import Path

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import read_dataset, stratified_split
from model_modules.evaluation import accuracy, confusion_matrix, macro_f1

# COMMAND ----------

# DBTITLE 1,Parameters
dbutils.widgets.text("data_path", "data/iris.csv", "Data (CSV)")
dbutils.widgets.text("model_path", f"../{Path.cwd().name}_artifacts/model.json", "Path of the saved model")
dbutils.widgets.text("seed", "1936", "Random seed of the training")
dbutils.widgets.text("test_share", "0.2", "Share of rows in the test data")

model_path = Path(dbutils.widgets.get("model_path"))

# COMMAND ----------

# DBTITLE 1,Model
if not model_path.exists():
    raise FileNotFoundError(f"There is no model at {model_path}: run the training notebook first")
saved = json.loads(model_path.read_text(encoding="utf-8"))
model = SoftmaxClassifier.from_dict(saved["classifier"])

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
}
dbutils.notebook.exit(json.dumps(metrics))
