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
  artifacts=$(variable artifactsFolder)
}

import() {
  mloccli notebooks import --source-folder "$model" --workspace-folder "$folder" --mode mirror --yes \
    --exclude '**/README.md' --exclude '*.yml' --exclude 'tests/**'
}

start() {
  cluster=$(output clusterId "$(mloccli clusters create --spec-file "$model/cluster.yml" --cluster-name "$name")")
  mloccli clusters start --cluster "$cluster"
  mloccli libraries install --cluster "$cluster" --requirements-file "$model/$(variable packages)"
}

create_scoring_job() {
  job=$(output jobId "$(mloccli jobs create --job-name "${model}_scoring_$(variable stage)" \
    --notebook-path "$folder/scoring" --cluster-id "$cluster" "$@" \
    --parameters model_path=model.json --parameters "output_path=$artifacts/predictions.csv")")
}

# Train: six steps.
load dev
import
start
job=$(output jobId "$(mloccli jobs create --job-name "${model}_training_$(variable stage)" \
  --notebook-path "$folder/training" --cluster-id "$cluster" \
  --parameters "model_version=$(variable modelVersion)" \
  --parameters "model_path=$artifacts/model.json" \
  --parameters "seed=$(variable training_seed)" \
  --parameters "test_share=$(variable training_testShare)" \
  --parameters "epochs=$(variable training_epochs)" \
  --parameters "learning_rate=$(variable training_learningRate)")")
mloccli jobs run --job "$job" --timeout-minutes 30

# Evaluate.
measured=$(mloccli jobs run --run-source notebook --notebook-path "$folder/evaluation" --compute existing \
  --cluster "$cluster" --timeout-minutes 30 \
  --parameters "model_path=$artifacts/model.json" \
  --parameters "seed=$(variable training_seed)" \
  --parameters "test_share=$(variable training_testShare)")
mloccli models evaluate --metrics "$(output notebookOutput "$measured")" --rules-source file \
  --rules-file "$(variable resolvedFile)" \
  --champion-source file --champion-file "$model/model.json" --champion-key metrics
mloccli clusters stop --cluster "$name"

# Deploy: a scoring job that runs once in test, and one with a schedule in production.
load test
import
start
create_scoring_job
mloccli jobs run --job "$job" --timeout-minutes 30
mloccli clusters stop --cluster "$name"

load prod
import
start
create_scoring_job --schedule "$(variable scoring_schedule)" --time-zone "$(variable scoring_timeZone)"
