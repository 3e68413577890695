# Databricks notebook source
# MAGIC %md
# MAGIC # Train the demo model
# MAGIC
# MAGIC Trains a model that classifies three species of iris by the size of their sepals and petals, tests
# MAGIC it on the test data, logs both to MLflow, and registers the model in Unity Catalog: one version per
# MAGIC run of the job, also when the run is retried.
# MAGIC
# MAGIC On a cluster, `model_modules/registry.py` uses MLflow's client, which every Databricks runtime has;
# MAGIC where it is not installed, the REST API that the client uses. With a library that MLflow knows, the
# MAGIC last step is shorter: `mlflow.sklearn.log_model(model, name="model",
# MAGIC signature=infer_signature(rows, predicted), registered_model_name=registered_model)`.
# MAGIC
# MAGIC Returns the metrics as JSON. `evaluation` and the rules decide whether the model is good enough.

# COMMAND ----------

import json
import tempfile
from pathlib import Path

from model_modules.classifier import train_classifier
from model_modules.dataset import FEATURES, read_dataset, stratified_split
from model_modules.evaluation import accuracy, confusion_matrix, macro_f1
from model_modules.mlflow_model import write_model
from model_modules.registry import Training, open_registry, register_training

# COMMAND ----------

# DBTITLE 1,Parameters
dbutils.widgets.text("model_version", "1", "Model version")
dbutils.widgets.text("data_path", "data/iris.csv", "Training data (CSV)")
dbutils.widgets.text("registered_model", f"main.default.{Path.cwd().name}", "Registered model")
# Beside the folder of the notebooks, which mirrors the repository.
dbutils.widgets.text("experiment", f"{Path.cwd()}_experiment".removeprefix("/Workspace"), "MLflow experiment")
dbutils.widgets.text("job_run", "", "Run of the job: it registers one version")
dbutils.widgets.text("seed", "1936", "Random seed")
dbutils.widgets.text("test_share", "0.2", "Share of rows in the test data")
dbutils.widgets.text("epochs", "300", "Epochs")
dbutils.widgets.text("learning_rate", "0.5", "Learning rate")

model_version = dbutils.widgets.get("model_version")
data_path = dbutils.widgets.get("data_path")
registered_model = dbutils.widgets.get("registered_model")
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

# DBTITLE 1,Log and register the model
saved = {
    "model_version": model_version,
    "features": FEATURES,
    "metrics": metrics,
    "classifier": model.to_dict(),
}
training = Training(
    experiment=dbutils.widgets.get("experiment"),
    params={
        "model_version": model_version,
        "data_path": data_path,
        "seed": seed,
        "test_share": test_share,
        "epochs": epochs,
        "learning_rate": learning_rate,
    },
    metrics={name: value for name, value in metrics.items() if name != "confusion_matrix"},
    job_run=dbutils.widgets.get("job_run"),
)
with tempfile.TemporaryDirectory() as temporary:
    folder = Path(temporary, "model")
    write_model(saved, folder)
    version = register_training(open_registry(dbutils), registered_model, training, folder)
print(f"Registered version {version.number} of {registered_model}, MLflow run {version.run_id}")

# COMMAND ----------

dbutils.notebook.exit(
    json.dumps({"model_version": model_version, **metrics, "registered_version": version.number})
)
