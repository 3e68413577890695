import { join } from 'node:path';
import { FileError } from '../../../shared/files/fileError';
import { readFileOfMachine } from '../../../shared/files/sourceFile';
import { readShape } from '../../../shared/http/shape';
import * as shape from '../../../shared/http/shape';
import { parsedJson } from '../../../shared/json';
import type { SignInContext } from '../request';
import { SignInRequired } from '../signInRequired';

/** A subscription that the user of the Azure CLI is signed in to. */
export interface AzureSubscription {
  readonly id: string;
  readonly name: string;
  /** The cloud, by the names that service connections use: `AzureCloud`. */
  readonly environmentName: string;
}

const profileShape = shape.object({
  subscriptions: shape.list(
    shape.object({
      id: shape.nonEmptyText,
      name: shape.shown,
      isDefault: shape.lenient(shape.boolean, false),
      environmentName: shape.lenient(shape.nonEmptyText, 'AzureCloud'),
    }),
  ),
});

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const mostBytes = 16 * 1024 * 1024;

type Place = Pick<SignInContext, 'options' | 'environment' | 'homeFolder'>;

/**
 * The subscription that the options name, else the default one of the Azure CLI: from the file in which `az login` keeps
 * what it knows (`azureProfile.json`, azure-cli-core `_profile.py`), so that no program has to run. Throws a SignInRequired.
 */
export function azureSubscription({ options, environment, homeFolder }: Place): AzureSubscription {
  const wanted = options.subscription;
  const file = join(environment.AZURE_CONFIG_DIR || join(homeFolder, '.azure'), 'azureProfile.json');
  const known = subscriptionsIn(file);
  const isWanted = ({ id, name }: AzureSubscription): boolean =>
    [id, name].some((each) => each.toLowerCase() === wanted?.toLowerCase());
  const found = wanted === undefined ? known.find(({ isDefault }) => isDefault) : known.find(isWanted);
  if (found) return found;
  // An id needs no look-up.
  if (wanted !== undefined && guid.test(wanted)) return { id: wanted, name: wanted, environmentName: 'AzureCloud' };
  if (wanted !== undefined)
    throw new SignInRequired(
      `The Azure CLI does not know the subscription '${wanted}'. Run az account list to see those that it knows, or name it by its id.`,
    );
  throw new SignInRequired(
    'No Azure subscription is selected. Run az login, or name a subscription by its id with --subscription.',
  );
}

function subscriptionsIn(file: string): readonly (AzureSubscription & { readonly isDefault: boolean })[] {
  let text: string;
  try {
    text = readFileOfMachine(file, mostBytes);
  } catch (error) {
    if (error instanceof FileError && error.isMissing) return [];
    throw error;
  }
  const reading = readShape(profileShape, parsedJson(text.replace(/^\uFEFF/, '')));
  if ('value' in reading) return reading.value.subscriptions;
  throw new SignInRequired(`'${file}' of the Azure CLI cannot be used: ${reading.problem}. Run az login again.`);
}
