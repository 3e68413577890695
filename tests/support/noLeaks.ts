import type { RootHookObject } from 'mocha';
import { agentsInUse } from './fakeAgent';

/** After each test: operations that ran without a task have shown no secret, either. */
export const mochaHooks: RootHookObject = {
  afterEach() {
    for (const agent of agentsInUse()) agent.checkLeaks();
  },
};
