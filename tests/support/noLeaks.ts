import type { RootHookObject } from 'mocha';
import { agentsInUse, forgetAgents } from './fakeAgent';

export const mochaHooks: RootHookObject = {
  /** After each test: operations that ran without a task have shown no secret, either. */
  afterEach() {
    for (const agent of agentsInUse()) agent.checkLeaks();
  },
  /** After each file: what one file has for a secret can be plain text in the next one of the same process. */
  afterAll: forgetAgents,
};
