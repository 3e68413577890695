#!/bin/sh
# What the pipelines train, evaluate and deploy of the template do for a model that scores in batches, as somebody would
# write it: run in the folder of a model repository, with the program as $MLOCCLI and the sign-in in DATABRICKS_*.
set -eu
model=demo_model

mloccli() {
  node "$MLOCCLI" "$@"
}

# The value of an output in the lines of name=value that a command printed.
output() {
  printf '%s\n' "$2" | sed -n "s/^$1=//p"
}

# The value of a variable of the model in the environment that was loaded last.
variable() {
  output "$1" "$variables"
}

load() {
  variables=$(mloccli variables load --model-file "$model/model_variables.yml" --base-file pipelines/base_variables.yml \
    --environment "$1" --schema-file model_variables.schema.json --overrides "modelName=$model")
  name="${model}_$(variable stage)"
  folder=$(variable workspaceFolder)
}

import() {
  mloccli notebooks import --source-folder "$model" --workspace-folder "$folder" --mode mirror --yes \
    --exclude '**/README.md' --exclude '*.yml' --exclude 'tests/**'
}

start() {
  created=$(mloccli clusters create --spec-file "$model/cluster.yml" --cluster-name "$name")
  cluster=$(output clusterId "$created")
  mloccli clusters start --cluster "$cluster"
  mloccli libraries install --cluster "$cluster" --requirements-file "$model/$(variable packages)"
}

# Of the version or alias in $1, with more options behind it.
create_scoring_job() {
  uri="models:/$(variable registeredModel)$1"
  shift
  created=$(mloccli jobs create --job-name "${model}_scoring_$(variable stage)" \
    --notebook-path "$folder/scoring" --cluster-id "$cluster" "$@" \
    --parameters "model_uri=$uri" --parameters "output_path=$(variable artifactsFolder)/predictions.csv")
  job=$(output jobId "$created")
}

# Train: registers a version.
load dev
import
start
created=$(mloccli jobs create --job-name "${model}_training_$(variable stage)" \
  --notebook-path "$folder/training" --cluster-id "$cluster" \
  --parameters "model_version=$(variable modelVersion)" \
  --parameters "registered_model=$(variable registeredModel)" \
  --parameters "experiment=$(variable experiment)" \
  --parameters 'job_run={{job.run_id}}' \
  --parameters "seed=$(variable training_seed)" \
  --parameters "test_share=$(variable training_testShare)" \
  --parameters "epochs=$(variable training_epochs)" \
  --parameters "learning_rate=$(variable training_learningRate)")
mloccli jobs run --job "$(output jobId "$created")" --timeout-minutes 30

# Evaluate, and propose the version for deployment.
measured=$(mloccli jobs run --run-source notebook --notebook-path "$folder/evaluation" --compute existing \
  --cluster "$cluster" --timeout-minutes 30 \
  --parameters "registered_model=$(variable registeredModel)" \
  --parameters "seed=$(variable training_seed)" \
  --parameters "test_share=$(variable training_testShare)")
metrics=$(output notebookOutput "$measured")
evaluated=$(mloccli models evaluate --metrics "$metrics" \
  --rules-source file --rules-file "$(variable resolvedFile)" \
  --champion-source unityCatalog --catalog-model "$(variable registeredModel)" \
  --champion-alias "$(variable championAlias)")
version=$(printf '%s\n' "$metrics" | sed -nE 's/.*"registered_version": "([0-9]+)".*/\1/p')
mloccli models promote --catalog-model "$(variable registeredModel)" --alias "$(variable challengerAlias)" \
  --version-source version --model-version "$version" --verdict "$(output verdict "$evaluated")"
mloccli clusters stop --cluster "$name"

# Deploy: the check, a scoring job that runs once in test, and one with a schedule in production.
load prod
candidate=$(mloccli models promote --catalog-model "$(variable registeredModel)" --alias "$(variable challengerAlias)" \
  --version-source alias --source-alias "$(variable challengerAlias)")
version=$(output modelVersion "$candidate")
mloccli models evaluate --metrics-source mlflow --mlflow-run-id "$(output mlflowRunId "$candidate")" \
  --rules-source file --rules-file "$(variable resolvedFile)" \
  --champion-source unityCatalog --catalog-model "$(variable registeredModel)" \
  --champion-alias "$(variable championAlias)"

load test
import
start
create_scoring_job "/$version"
mloccli jobs run --job "$job" --timeout-minutes 30
mloccli clusters stop --cluster "$name"

load prod
import
start
create_scoring_job "@$(variable championAlias)" \
  --schedule "$(variable scoring_schedule)" --time-zone "$(variable scoring_timeZone)"
mloccli models promote --catalog-model "$(variable registeredModel)" --alias "$(variable championAlias)" \
  --version-source version --model-version "$version" --verdict passed
