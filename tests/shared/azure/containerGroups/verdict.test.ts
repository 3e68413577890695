import assert from 'node:assert/strict';
import type { ContainerGroup } from '../../../../shared/azure/containerGroups/containerInstances';
import { groupVerdict } from '../../../../shared/azure/containerGroups/verdict';

function group({
  operation = 'Succeeded',
  state = 'Running',
  container = 'Running',
  restartPolicy = 'Never',
}): ContainerGroup {
  const containers = [{ name: 'c', properties: { instanceView: { currentState: { state: container } } } }];
  return {
    properties: { provisioningState: operation, restartPolicy, instanceView: { state }, containers },
  } as unknown as ContainerGroup;
}

describe('A state of Azure Container Instances that is not known', () => {
  for (const word of ['Hibernating', 'some_future_word', ''])
    for (const restartPolicy of ['Always', 'OnFailure', 'Never'])
      it(`of a container is waited for: '${word}' with the restart policy ${restartPolicy}`, () => {
        assert.equal(groupVerdict(group({ container: word, restartPolicy })).standing, 'coming');
        assert.equal(groupVerdict(group({ container: word, state: word, operation: word })).standing, 'coming');
      });

  it('of a group does not make a running container fail', () => {
    assert.equal(groupVerdict(group({ state: 'Hibernating' })).standing, 'running');
  });

  it('does not hide an end', () => {
    assert.equal(groupVerdict(group({ container: 'Terminated' })).standing, 'failed');
    assert.equal(groupVerdict(group({ container: 'Hibernating', state: 'Failed' })).standing, 'failed');
  });
});
