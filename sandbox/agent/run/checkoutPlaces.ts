import path from 'node:path';
import type { CheckoutStepPlan, StepPlan } from '../plan/plan';
import { cloneFolder, type Resources } from '../resources/resources';
import { findRepository } from '../resources/standIns';
import type { JobFolders } from './runState';

/** Where the repositories of a job go, and what that makes of its folders. */
export interface CheckoutPlaces {
  readonly placeOf: ReadonlyMap<StepPlan, string>;
  readonly folders: JobFolders;
  /** `Build.Repository.LocalPath` */
  readonly repository: string;
}

/**
 * A single repository is the sources folder, or moves it to its `path`. Several are side by side in it, each in a folder of
 * its name or in its `path`: https://learn.microsoft.com/azure/devops/pipelines/repos/multi-repo-checkout#checkout-path
 */
export function checkoutPlaces(
  steps: readonly StepPlan[],
  folders: JobFolders,
  resources: Resources,
  selfName: string,
  expand: (text: string) => string,
): CheckoutPlaces {
  const checkouts = steps.filter(
    (step): step is CheckoutStepPlan => step.kind === 'checkout' && step.source !== 'none' && step.isEnabled,
  );
  const isSingle = checkouts.length <= 1;
  const placeOf = new Map<StepPlan, string>();
  for (const step of checkouts) {
    const name = step.source === 'self' ? selfName : (findRepository(step.source, resources)?.name ?? step.source);
    const byDefault = isSingle ? folders.sources : path.join(folders.sources, cloneFolder(name));
    placeOf.set(step, step.path === undefined ? byDefault : path.resolve(folders.workspace, expand(step.path)));
  }
  const place = (step: CheckoutStepPlan | undefined): string | undefined => step && placeOf.get(step);
  if (isSingle) {
    const sources = place(checkouts[0]) ?? folders.sources;
    return { placeOf, folders: { ...folders, sources, working: sources }, repository: sources };
  }
  const self = checkouts.find(({ source, path: own }) => source === 'self' && own !== undefined);
  const ownPlace = place(self);
  const isMoved = ownPlace !== undefined && ownPlace !== path.join(folders.sources, cloneFolder(selfName));
  const working = place(checkouts.find(({ isWorkspace }) => isWorkspace)) ?? folders.sources;
  return { placeOf, folders: { ...folders, working }, repository: isMoved ? ownPlace : folders.sources };
}
