import assert from 'node:assert/strict';
import { failedStage, logText, parseLog } from '../../../../shared/azure/machineLearning/causes/logs';

/** The example of the documentation of Az.MachineLearningServices (Get-AzMLWorkspaceOnlineDeploymentLog). */
const documented = `Instance status:
SystemSetup: Succeeded
UserContainerImagePull: Succeeded
ModelDownload: Succeeded
UserContainerStart: InProgress

Container events:
Kind: Pod, Name: Pulling, Type: Normal, Time: 20220519-03:11:59.750675, Message: Start pulling container image
Kind: Pod, Name: Pulled, Type: Normal, Time: 2025-10-16T11:51:39.965418Z, Message: Container image is pulled successfully

Container logs:
2022-05-19T03:15:00,000 | gunicorn/run | starting
layer-sha256:abc [====>   ] 12 MB/40 MB
\u001b[31mModuleNotFoundError: No module named 'sklearn'\u001b[0m
Container logs: said the program
`;

describe('the log of a deployment', () => {
  it('is taken apart', () => {
    const log = parseLog(documented);
    assert.equal(failedStage(log), 'UserContainerStart');
    assert.equal(log.events.split('\n').length, 2);
    assert.equal(
      log.output,
      "2022-05-19T03:15:00,000 | gunicorn/run | starting\nModuleNotFoundError: No module named 'sklearn'\nContainer logs: said the program",
    );
    assert.match(logText(log), /^SystemSetup: Succeeded\n[^]*UserContainerStart: InProgress\n\nKind: Pod/);
  });

  it('is the output alone where it has no parts', () => {
    const log = parseLog('Traceback\nKeyError: 1\n');
    assert.deepEqual(log, { stages: [], events: '', output: 'Traceback\nKeyError: 1' });
    assert.equal(failedStage(log), undefined);
  });

  it('may lack the output', () => {
    const log = parseLog('Instance status:\r\nSystemSetup: Succeeded\r\nUserContainerImagePull: InProgress\r\n');
    assert.equal(failedStage(log), 'UserContainerImagePull');
    assert.equal(log.output, '');
  });
});
