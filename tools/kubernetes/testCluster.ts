import { ToolError } from '../commandLine';
import { buildControlPlane, type ControlPlaneBinaries, GoMissingError } from './buildControlPlane';
import type { AnswerPod } from './podNetwork';
import { type ControlPlane, startControlPlane } from './startControlPlane';

/** A cluster that tests may use. */
export interface TestCluster {
  /** The path of its kubeconfig file. */
  readonly kubeconfig: string;
  /** What it is where it was started for the tests: only there the name of an image says what becomes of its containers. */
  readonly controlPlane?: ControlPlane;
  close(): Promise<void>;
}

/**
 * Opens the cluster of KUBECONFIG where MODEL_PIPELINES_TEST_CLUSTER=1 says that tests may use it, else starts a control
 * plane. The first time on a machine builds it, which takes minutes. Says on stderr what is missing and gives nothing
 * where that can't be done; rejects instead where CI_REQUIRE_KUBERNETES=1. `answerPod` is as in startControlPlane.
 */
export async function openTestCluster(answerPod?: AnswerPod): Promise<TestCluster | undefined> {
  const { MODEL_PIPELINES_TEST_CLUSTER: isAllowed, KUBECONFIG: kubeconfig } = process.env;
  if (isAllowed === '1') {
    if (!kubeconfig) throw new ToolError('MODEL_PIPELINES_TEST_CLUSTER=1 wants the path of a file in KUBECONFIG.');
    return { kubeconfig, close: () => Promise.resolve() };
  }
  const binaries = await findControlPlane();
  if (!binaries) return undefined;
  const controlPlane = await startControlPlane(binaries, answerPod);
  controlPlane.died.catch((error: unknown) => say(String(error)));
  return { kubeconfig: controlPlane.kubeconfig, controlPlane, close: () => controlPlane.close() };
}

async function findControlPlane(): Promise<ControlPlaneBinaries | undefined> {
  try {
    return await buildControlPlane(say);
  } catch (error) {
    if (!(error instanceof GoMissingError) || process.env.CI_REQUIRE_KUBERNETES === '1') throw error;
    say(`SKIPPED: ${error.message} Or name a cluster in KUBECONFIG and set MODEL_PIPELINES_TEST_CLUSTER=1.`);
    return undefined;
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
