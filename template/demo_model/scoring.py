# Databricks notebook source
# MAGIC %md
# MAGIC # Score with the demo model
# MAGIC
# MAGIC Reads a model that `training` saved, predicts the species of each flower in a CSV file and saves
# MAGIC the predictions to another CSV file. Returns a summary as JSON.

# COMMAND ----------

import csv
import json
from collections import Counter
from pathlib import Path
from statistics import fmean

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import FEATURES, read_dataset

# COMMAND ----------

# DBTITLE 1,Parameters
# The default is the training data, to try the notebook. Predictions on it do not show how good the model is.
dbutils.widgets.text("input_path", "data/iris.csv", "Flowers to score (CSV)")
artifacts = f"../{Path.cwd().name}_artifacts"
dbutils.widgets.text("model_path", f"{artifacts}/model.json", "Path of the saved model")
dbutils.widgets.text("output_path", f"{artifacts}/predictions.csv", "Path for the predictions")

input_path = dbutils.widgets.get("input_path")
model_path = Path(dbutils.widgets.get("model_path"))
output_path = Path(dbutils.widgets.get("output_path"))

# COMMAND ----------

# DBTITLE 1,Model
if not model_path.exists():
    raise FileNotFoundError(f"There is no model at {model_path}: run the training notebook first")
saved = json.loads(model_path.read_text(encoding="utf-8"))
if tuple(saved["features"]) != FEATURES:
    raise ValueError(f"The model was trained on {saved['features']}, not on {FEATURES}")
model = SoftmaxClassifier.from_dict(saved["classifier"])
print(f"Model version {saved['model_version']}, test accuracy {saved['metrics']['accuracy']}")

# COMMAND ----------

# DBTITLE 1,Scoring
flowers = read_dataset(input_path)
predictions = []
for row in flowers.rows:
    probabilities = model.probabilities(row)
    confidence = max(probabilities)
    predictions.append((model.classes[probabilities.index(confidence)], confidence))

# COMMAND ----------

# DBTITLE 1,Save the predictions
output_path.parent.mkdir(parents=True, exist_ok=True)
with output_path.open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow([*FEATURES, "predicted_species", "confidence"])
    for row, (species, confidence) in zip(flowers.rows, predictions, strict=True):
        writer.writerow([*row, species, round(confidence, 4)])
print(f"{len(predictions)} predictions saved to {output_path}")

# COMMAND ----------

summary = {
    "model_version": saved["model_version"],
    "rows": len(predictions),
    "predicted": dict(Counter(species for species, _ in predictions)),
    "mean_confidence": round(fmean(confidence for _, confidence in predictions), 4),
}
dbutils.notebook.exit(json.dumps(summary))
