import { resolve } from 'node:path';
import { task } from '../tasks/OnboardModel/task';
import type { DevopsStage } from '../tests/support/devopsStage';
import {
  addConnection,
  openOnboardingStage,
  templateConnections,
  templateVariables,
} from '../tests/support/onboardingStage';
import { projectRoot } from '../tools/commandLine';
import type { Figure } from './figures';
import { durationOf, longestChain } from './longestChain';
import { observe } from './observedRequests';

const latencyMilliseconds = 50;
const mostAttempts = 3;
const template = resolve(projectRoot, 'template');

/**
 * (k) The requests of OnboardModel with the specification of the template, which has a team, four pipelines, two environments
 * and policies: of a plan for an empty project, of an apply to it, and of a second apply; and how long the first apply
 * takes compared with its longest chain of requests that need each other, where each request takes 50 ms and more.
 */
export async function onboardingFigures(): Promise<readonly Figure[]> {
  const attempts: Attempt[] = [];
  // A busy machine makes an attempt longer, never shorter.
  while (attempts.length < mostAttempts) attempts.push(await onFreshStage(attempt));
  const [first] = attempts;
  if (!first) return [];
  const { plan, apply, again, chain } = first;
  const ratio = Math.min(...attempts.map((each) => each.ratio));
  return [
    { name: '(k) OnboardModel, plan of an empty project', value: plan.requests, unit: 'requests' },
    { name: '(k) OnboardModel, plan of an empty project, writes', value: plan.writes, unit: 'requests', limit: 0 },
    { name: '(k) OnboardModel, apply to an empty project', value: apply.requests, unit: 'requests' },
    { name: '(k) OnboardModel, second apply', value: again.requests, unit: 'requests' },
    { name: '(k) OnboardModel, second apply, writes', value: again.writes, unit: 'requests', limit: 0 },
    { name: '(k) longest chain of the apply', value: chain, unit: 'round trips' },
    { name: '(k) apply ÷ its longest chain', value: ratio, unit: '×', limit: 1.8 },
  ];
}

interface Sent {
  readonly requests: number;
  readonly writes: number;
}

interface Attempt {
  readonly plan: Sent;
  readonly apply: Sent;
  readonly again: Sent;
  /** Round trips. */
  readonly chain: number;
  readonly ratio: number;
}

async function attempt(stage: DevopsStage): Promise<Attempt> {
  const plan = await onboard(stage, 'plan');
  const slow = await slowApply(stage);
  return { plan, ...slow, again: await onboard(stage, 'apply') };
}

async function onFreshStage<Result>(use: (stage: DevopsStage) => Promise<Result>): Promise<Result> {
  const stage = await openOnboardingStage();
  try {
    for (const [index, name] of templateConnections.entries())
      addConnection(stage, name, `0a1b2c3d-0000-4000-8000-00000000000${index}`);
    return await use(stage);
  } finally {
    await stage.close();
  }
}

async function slowApply(stage: DevopsStage) {
  const { state } = stage.organization;
  const own = state.origin;
  const observer = await observe(own, latencyMilliseconds);
  state.origin = observer.url;
  try {
    const apply = await onboard(stage, 'apply');
    const { exchanges } = observer;
    const chain = longestChain(exchanges);
    const milliseconds =
      Math.max(...exchanges.map(({ ended }) => ended)) - Math.min(...exchanges.map(({ started }) => started));
    return { apply, chain: chain.length, ratio: milliseconds / durationOf(chain) };
  } finally {
    state.origin = own;
    await observer.close();
  }
}

/** What it sends. */
async function onboard(stage: DevopsStage, mode: 'plan' | 'apply'): Promise<Sent> {
  const { requests } = stage.organization;
  requests.clear();
  const inputs = {
    mode,
    specificationFile: resolve(template, 'onboarding/onboarding.yml'),
    variables: templateVariables,
  };
  const agent = await stage.run(task, inputs, { variables: { 'Build.SourcesDirectory': template } });
  if (agent.end.result !== 'Succeeded')
    throw new Error(`OnboardModel failed: ${agent.end.message}\n${agent.text('log')}`);
  return { requests: requests.list().length, writes: stage.writes().length };
}
