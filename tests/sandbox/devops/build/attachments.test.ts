import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import { useOrganization } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';

const pipeline = `
pool:
  vmImage: ubuntu-latest
steps:
- bash: |
    echo '{"auc":0.9}' > metrics.json
    echo '# Model' > summary.md
    echo "##vso[task.addattachment type=model-metrics;name=metrics]$PWD/metrics.json"
    echo "##vso[task.uploadsummary]$PWD/summary.md"
    echo "##vso[build.addbuildtag]model churn"
- bash: echo nothing
`;

describe('What steps attach to a run of the stand-in', () => {
  const fixture = useOrganization();
  const project = new PipelineProject(fixture);
  const run = async (name: string) => {
    const id = await project.queue(await project.define(name));
    await project.engine.settle();
    return id;
  };

  it("is read by Microsoft's client, by type and by name, and tags find the run", async () => {
    await project.push({ 'azure-pipelines.yml': pipeline });
    const [id, other] = [await run('ci'), await run('other')];
    const { url, personalAccessToken } = fixture.organization();
    const client = new WebApi(url.replace(/\/$/, ''), getPersonalAccessTokenHandler(personalAccessToken));
    const api = await client.getBuildApi();

    const [found] = await api.getAttachments('local', id, 'Model-Metrics');
    assert.equal(found?.name, 'metrics');
    const links = found._links as { readonly self: { readonly href: string } };
    const [, timeline = '', record = ''] = /builds\/\d+\/([^/]+)\/([^/]+)\/attachments\//.exec(links.self.href) ?? [];
    const content = await api.getAttachment('local', id, timeline, record, 'model-metrics', 'metrics');
    assert.equal(await text(content), '{"auc":0.9}\n');
    assert.deepEqual(
      (await api.getAttachments('local', id, 'Distributedtask.Core.Summary')).map(({ name }) => name),
      ['summary'],
    );
    assert.deepEqual(await api.getAttachments('local', id, 'others'), []);
    const { status } = await fixture.ask(links.self.href.slice(url.length).replace(/metrics$/, 'none'));
    assert.equal(status, 404);

    assert.deepEqual(await api.getBuildTags('local', id), ['model churn']);
    await api.addBuildTag('local', other, 'model other');
    const tagged = async (tag: string) => {
      const { body } = await fixture.ask(`local/_apis/build/builds?tagFilters=${encodeURIComponent(tag)}`);
      return (body as { value: { id: number }[] }).value.map((build) => build.id);
    };
    assert.deepEqual([await tagged('Model Churn'), await tagged('model other')], [[other, id], [other]]);
  });
});
