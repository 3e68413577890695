#!/bin/sh
# What the pipeline deploy of the template does for a model that is a REST service, once its image $IMAGE is in the
# registry: run in the folder of a model repository, with the program as $MLOCCLI, after az login
# and with the sign-in to Databricks in DATABRICKS_*.
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
}

# Of several lines, which the outputs have as a JSON string.
answer() {
  mloccli variables get service.expectedAnswer --environment "$1" --model "$model"
}

load prod
candidate=$(mloccli models promote --catalog-model "$(variable registeredModel)" --alias "$(variable challengerAlias)" \
  --version-source alias --source-alias "$(variable challengerAlias)")
version=$(output modelVersion "$candidate")
mloccli models evaluate --metrics-source mlflow --mlflow-run-id "$(output mlflowRunId "$candidate")" \
  --rules-source file --rules-file "$(variable resolvedFile)" \
  --champion-source unityCatalog --catalog-model "$(variable registeredModel)" \
  --champion-alias "$(variable championAlias)"

load test
answer test | mloccli aci deploy --resource-group models-test --location westeurope \
  --container-group-name "$(variable service_name)" --image "$IMAGE" --port "$(variable service_port)" \
  --cpu "$(variable service_cpu)" --memory-gb "$(variable service_memoryGb)" \
  --model-name "$(variable modelName)" --model-version "$version" \
  --scoring-path "$(variable service_scoringPath)" --readiness-path "$(variable service_healthPath)" \
  --dns-name-label "$(variable service_name)" --dns-reuse-scope ResourceGroupReuse \
  --sample-payload-file "$model/sample_payload.json" --expected-json -

load prod
cluster='--resource-group models-prod --cluster-name models --namespace models'
# shellcheck disable=SC2086 # several options
answer prod | mloccli aks deploy $cluster --strategy blueGreen \
  --service-name "$(variable service_name)" --image "$IMAGE" --port "$(variable service_port)" \
  --cpu "$(variable service_cpu)" --memory "$(variable service_memoryGb)Gi" --replicas "$(variable service_replicas)" \
  --model-name "$(variable modelName)" --model-version "$version" \
  --scoring-path "$(variable service_scoringPath)" --health-path "$(variable service_healthPath)" \
  --exposure loadBalancer --smoke-requests 3 \
  --sample-payload-file "$model/sample_payload.json" --expected-json -
# shellcheck disable=SC2086
mloccli aks deploy $cluster --action promote --service-name "$(variable service_name)"
mloccli models promote --catalog-model "$(variable registeredModel)" --alias "$(variable championAlias)" \
  --version-source version --model-version "$version" --verdict passed
