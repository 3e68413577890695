# Databricks notebook source
# MAGIC %md
# MAGIC # Train the demo model
# MAGIC
# MAGIC Trains a model that classifies three species of iris by the size of their sepals and petals, tests
# MAGIC it on the test data, and saves it as JSON for `scoring`.
# MAGIC
# MAGIC Returns the metrics as JSON. `evaluation` and the rules decide whether the model is good enough.

# COMMAND ----------

import json
from pathlib import Path

from model_modules.classifier import train_classifier
from model_modules.dataset import FEATURES, read_dataset, stratified_split
from model_modules.evaluation import accuracy, confusion_matrix, macro_f1

# COMMAND ----------

# DBTITLE 1,Parameters
dbutils.widgets.text("model_version", "1", "Model version")
dbutils.widgets.text("data_path", "data/iris.csv", "Training data (CSV)")
# Outside the folder of the notebooks, which mirrors the repository. With Unity Catalog, use a volume
# instead: /Volumes/<catalog>/<schema>/<volume>/model.json
dbutils.widgets.text("model_path", f"../{Path.cwd().name}_artifacts/model.json", "Path for the model")
dbutils.widgets.text("seed", "1936", "Random seed")
dbutils.widgets.text("test_share", "0.2", "Share of rows in the test data")
dbutils.widgets.text("epochs", "300", "Epochs")
dbutils.widgets.text("learning_rate", "0.5", "Learning rate")

model_version = dbutils.widgets.get("model_version")
data_path = dbutils.widgets.get("data_path")
model_path = Path(dbutils.widgets.get("model_path"))
seed = int(dbutils.widgets.get("seed"))
test_share = float(dbutils.widgets.get("test_share"))
epochs = int(dbutils.widgets.get("epochs"))
learning_rate = float(dbutils.widgets.get("learning_rate"))

# COMMAND ----------

# DBTITLE 1,Data
flowers = read_dataset(data_path)
train, test = stratified_split(flowers, test_share, seed)
print(f"{len(flowers)} flowers: {len(train)} for training, {len(test)} for testing")

# COMMAND ----------

# DBTITLE 1,Training
model = train_classifier(train.rows, train.labels, epochs=epochs, learning_rate=learning_rate, seed=seed)

# COMMAND ----------

# DBTITLE 1,Evaluation
predicted = [model.predict(row) for row in test.rows]
metrics = {
    "accuracy": round(accuracy(test.labels, predicted), 4),
    "macro_f1": round(macro_f1(test.labels, predicted), 4),
    "rows_train": len(train),
    "rows_test": len(test),
    "confusion_matrix": confusion_matrix(test.labels, predicted),
}
print(json.dumps(metrics, indent=2))

# COMMAND ----------

# DBTITLE 1,Save the model
model_path.parent.mkdir(parents=True, exist_ok=True)
saved = {
    "model_version": model_version,
    "features": FEATURES,
    "metrics": metrics,
    "classifier": model.to_dict(),
}
model_path.write_text(json.dumps(saved, indent=2), encoding="utf-8")
print(f"Saved to {model_path}")

# COMMAND ----------

dbutils.notebook.exit(json.dumps({"model_version": model_version, **metrics}))
