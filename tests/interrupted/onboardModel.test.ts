import { task } from '../../tasks/OnboardModel/task';
import { itConverges } from '../support/devopsFaults';
import { OnboardingFolder, onboardingState, openOnboardingStage } from '../support/onboardingStage';

describe('OnboardModel, disturbed at any request', () => {
  let folder: OnboardingFolder;
  before(async () => (folder = await OnboardingFolder.create()));
  after(() => folder.remove());

  itConverges('a whole model', {
    hasIndependentParts: true,
    task,
    inputs: () => folder.inputs(),
    open: openOnboardingStage,
    endState: onboardingState,
  });

  itConverges('a changed template', {
    task,
    inputs: () => ({ mode: 'apply', updateTemplate: 'true', specification: small('2\\n3\\n4\\n') }),
    async open() {
      const stage = await openOnboardingStage();
      await stage.run(task, { mode: 'apply', specification: small('1\\n2\\n3\\n') });
      return stage;
    },
    endState: onboardingState,
  });

  /** A model that has a repository only, from a template of which a text is changed. */
  function small(text: string): string {
    return `model: small
repository:
  template: { folder: '${folder.path}/template', replace: { "1\\n2\\n3\\n": "${text}", '{{model}}': small } }
`;
  }
});
