import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json';
import { demoModel } from './demoModel';
import { type HostedVersion, type InputRow, InvalidInput, type LoadedModel, type ModelHost } from './modelHost';

interface SoftmaxModel {
  readonly features: readonly string[];
  readonly classifier: {
    readonly classes: readonly string[];
    readonly means: readonly number[];
    readonly deviations: readonly number[];
    /** For each class, the bias and then one weight per feature. */
    readonly weights: readonly (readonly number[])[];
  };
}

/**
 * Scores with models of the demo's kind, without Python: the `model.json` of a version's files, in any folder, or the demo
 * model for a version without files. The answers are those of the demo's scoring server.
 */
export const softmaxHost: ModelHost = {
  load({ files }: HostedVersion, log): Promise<LoadedModel> {
    const path = [...files.keys()].find((file) => file.split('/').at(-1) === 'model.json');
    if (files.size > 0 && path === undefined)
      return Promise.reject(
        new Error("No module named 'model': there is no model.json among the files of the version."),
      );
    const model = path === undefined ? demoModel : readModel(files.get(path) ?? Buffer.alloc(0));
    log(
      `Loaded the model, which has ${model.features.length} features and ${model.classifier.classes.length} classes.`,
    );
    return Promise.resolve({
      predict: (rows) => Promise.resolve().then(() => rows.map((row) => predict(model, row))),
      close: () => Promise.resolve(),
    });
  },
};

/** @throws Error when it is not the JSON of such a model */
function readModel(bytes: Buffer): SoftmaxModel {
  const value = parseJson(bytes.toString('utf8'));
  const classifier = isJsonObject(value) && isJsonObject(value.classifier) ? value.classifier : undefined;
  if (!classifier || !isJsonObject(value)) throw new Error('model.json does not contain a classifier.');
  const features = textsIn(value.features);
  const numbers = (name: string) => numbersIn(classifier[name]);
  const weights = Array.isArray(classifier.weights) ? (classifier.weights as readonly Json[]).map(numbersIn) : [];
  const model = {
    features,
    classifier: {
      classes: textsIn(classifier.classes),
      means: numbers('means'),
      deviations: numbers('deviations'),
      weights,
    },
  };
  const { classes, means, deviations } = model.classifier;
  const isConsistent =
    means.length === features.length &&
    deviations.length === features.length &&
    weights.length === classes.length &&
    weights.every((one) => one.length === features.length + 1);
  if (features.length === 0 || classes.length === 0 || !isConsistent)
    throw new Error('model.json does not contain as many weights as features and classes.');
  return model;
}

/** @throws InvalidInput */
function predict({ features, classifier }: SoftmaxModel, row: InputRow): JsonObject {
  const { classes, means, deviations, weights } = classifier;
  const values = valuesOf(row, features).map(
    (value, index) => (value - (means[index] ?? 0)) / (deviations[index] ?? 1),
  );
  const scores = weights.map(([bias = 0, ...rest]) =>
    rest.reduce((sum, weight, index) => sum + weight * (values[index] ?? 0), bias),
  );
  const largest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - largest));
  const confidence = Math.max(...exponentials) / exponentials.reduce((sum, value) => sum + value, 0);
  return { species: classes[scores.indexOf(largest)], confidence: Math.round(confidence * 10_000) / 10_000 };
}

function valuesOf(row: InputRow, features: readonly string[]): number[] {
  const isList = Array.isArray(row);
  const named = isList ? {} : (row as JsonObject);
  const missing = isList ? [] : features.filter((name) => named[name] === undefined);
  if (missing.length > 0)
    throw new InvalidInput(
      `Failed to enforce schema of data. Model is missing inputs [${missing.map((name) => `'${name}'`).join(', ')}].`,
    );
  const listed = isList ? (row as readonly Json[]) : features.map((name) => named[name]);
  if (listed.length !== features.length)
    throw new InvalidInput(`Shape of input ${listed.length} does not match the expected ${features.length} columns.`);
  return listed.map((value, index) => {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw new InvalidInput(
        `Incompatible input types for column ${features[index] ?? index}. Can not convert to float64.`,
      );
    return number;
  });
}

const textsIn = (value: Json): string[] => (Array.isArray(value) ? (value as readonly Json[]).map(String) : []);
const numbersIn = (value: Json): number[] => (Array.isArray(value) ? (value as readonly Json[]).map(Number) : []);
