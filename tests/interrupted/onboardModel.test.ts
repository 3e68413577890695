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
});
