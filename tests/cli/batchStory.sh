#!/bin/sh
# The steps of training a model, as somebody would write them: run in the folder of a model repository, with the program
# as $MLOCCLI and the workspace in DATABRICKS_HOST and DATABRICKS_TOKEN.
set -eu

mloccli() {
  node "$MLOCCLI" "$@"
}

output() {
  printf '%s\n' "$2" | sed -n "s/^$1=//p"
}

variables=$(mloccli variables load --model-file demo_model/model_variables.yml --base-file pipelines/base_variables.yml \
  --environment dev --schema-file model_variables.schema.json)
model=$(output modelName "$variables")
folder=$(output workspaceFolder "$variables")

mloccli notebooks import --source-folder "$model" --workspace-folder "$folder" --exclude '*.yml' --exclude 'tests/**'

created=$(mloccli clusters create --spec-file "$model/cluster.yml" --cluster-name "${model}_dev" --start)
cluster=$(output clusterId "$created")

mloccli libraries install --cluster "$cluster" --requirements-file "$model/$(output packages "$variables")"

job=$(mloccli jobs create --job-name "${model}_training" --notebook-path "$folder/training" --cluster-id "$cluster" \
  --parameters "seed=$(output training_seed "$variables")" --parameters epochs=5)

mloccli jobs run --job "$(output jobId "$job")" --timeout-minutes 30
