import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useFixture } from '../pipelineFixture';

describe('Other repositories', () => {
  const fixture = useFixture();

  /** A folder beside the repository, with files. */
  const folder = (name: string, files: Readonly<Record<string, string>>): string => {
    const root = path.join(fixture().root, name);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), content);
    }
    return root;
  };
  const resources = `
resources:
  repositories:
  - { repository: tools, type: git, name: Platform/build-tools }
  - { repository: docs, type: github, name: contoso/docs, endpoint: github }
`;
  const outputOf = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('Copied'));

  describe('in templates', () => {
    it('provide templates, which include others of their own repository and of the pipeline', async () => {
      fixture().write({
        'own/say.yml': 'parameters: [{ name: text }]\nsteps:\n- bash: echo own ${{ parameters.text }}\n',
      });
      const tools = folder('tools', {
        'jobs/build.yml':
          'parameters: [{ name: steps, type: stepList }]\njobs:\n- job: Build\n  steps:\n  - template: ../steps/begin.yml\n  - ${{ parameters.steps }}\n  - template: /steps/end.yml\n',
        'steps/begin.yml': 'steps:\n- checkout: none\n- bash: echo begin\n',
        'steps/end.yml': 'steps:\n- template: own/say.yml@self\n  parameters: { text: end }\n',
        'jobs/given.yml': 'steps:\n- bash: echo given\n',
      });
      const { lines } = await fixture().run(
        `${resources}jobs:\n- template: jobs/build.yml@tools\n  parameters:\n    steps:\n    - bash: echo steps\n    - template: given.yml\n`,
        { repositories: { tools } },
      );
      assert.deepEqual(lines, ['begin', 'steps', 'given', 'own end']);
    });

    it('provide the template that a pipeline extends, with repositories and variables of its own', async () => {
      const tools = folder('build-tools', {
        'v1/main.yml':
          'parameters: [{ name: text }]\nresources:\n  repositories:\n  - { repository: more, type: git, name: more }\nvariables: { theirs: 2 }\nsteps:\n- checkout: none\n- template: say.yml@more\n  parameters: { text: "${{ parameters.text }} $(theirs)" }\n',
      });
      const more = folder('more', {
        'say.yml': 'parameters: [{ name: text }]\nsteps:\n- bash: echo ${{ parameters.text }}\n',
      });
      const { lines } = await fixture().run(
        `${resources}extends:\n  template: v1/main.yml@tools\n  parameters: { text: extended }\n`,
        { repositories: { 'build-tools': tools, more } },
      );
      assert.deepEqual(lines, ['extended 2']);
    });

    it('are named in messages, with the alias', async () => {
      const tools = folder('tools', { 'a.yml': 'steps:\n- script: x\n  dispalyName: y\n', 'b.yml': 'steps: x\n' });
      const problems = (name: string) =>
        fixture().problems(`${resources}steps:\n- template: ${name}@tools\n`, { repositories: { tools } });
      assert.deepEqual(await problems('a.yml'), ["a.yml@tools:3:3: 'dispalyName' is not allowed in a 'script' step"]);
      assert.deepEqual(await problems('b.yml'), ["b.yml@tools:1:8: 'steps' is not a list"]);
      assert.deepEqual(await problems('c.yml'), [
        `pipeline.yml:7:13: there is no file 'c.yml' in the repository 'tools' (${tools})`,
      ]);
      assert.deepEqual(await problems('../c.yml'), [
        "pipeline.yml:7:13: the template '../c.yml@tools' is outside of the repository",
      ]);
    });
  });

  describe('in jobs', () => {
    const list = 'cd $(Agent.BuildDirectory) && find . -name "*.txt" | sort';
    const paths =
      'for each in "$BUILD_SOURCESDIRECTORY" "$SYSTEM_DEFAULTWORKINGDIRECTORY" "$BUILD_REPOSITORY_LOCALPATH" "$PWD"; do echo "${each#$AGENT_BUILDDIRECTORY/}"; done';
    const run = (steps: string) => {
      fixture().write({ 'self.txt': 'x' });
      const tools = folder('tools', { 'tool.txt': 'x', '.git/config.txt': 'x' });
      const docs = folder('docs', { 'doc.txt': 'x' });
      return fixture().run(`${resources}steps:\n${steps}- bash: ${list}\n- bash: ${paths}\n`, {
        repositories: { tools, 'contoso/docs': docs },
      });
    };
    const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
      ['one that is not self', '- checkout: tools\n', ['./s/tool.txt'], ['s', 's', 's', 's']],
      [
        'one with a path',
        '- checkout: self\n  path: src/app\n',
        ['./src/app/self.txt'],
        Array<string>(4).fill('src/app'),
      ],
      [
        'several, each in a folder of its name',
        '- checkout: self\n- checkout: tools\n- checkout: docs\n  fetchDepth: 1\n  persistCredentials: true\n  submodules: recursive\n  lfs: true\n  fetchTags: false\n  clean: true\n',
        ['./s/build-tools/tool.txt', './s/docs/doc.txt', './s/local/self.txt'],
        ['s', 's', 's', 's'],
      ],
      [
        'several with paths',
        '- checkout: self\n  path: s/main\n- checkout: git://Platform/tools@refs/heads/x\n  path: t\n',
        ['./s/main/self.txt', './t/tool.txt'],
        ['s', 's', 's/main', 's'],
      ],
      [
        'several, one of them the default working directory',
        '- checkout: self\n- checkout: tools\n  workspaceRepo: true\n',
        ['./s/build-tools/tool.txt', './s/local/self.txt'],
        ['s', 's/build-tools', 's', 's/build-tools'],
      ],
      [
        'none beside one',
        '- checkout: none\n- checkout: tools\n  displayName: only tools\n',
        ['./s/tool.txt'],
        ['s', 's', 's', 's'],
      ],
    ];
    for (const [name, steps, files, folders] of cases) {
      it(`are checked out: ${name}`, async () => {
        const { lines } = await run(steps);
        const found = outputOf(lines).map((line) => line.replace(/^.*\/work\/__default\.Job\//, ''));
        assert.deepEqual(
          found.filter((line) => !line.endsWith('/pipeline.yml')),
          [...files, ...folders],
        );
      });
    }

    it('are not checked out outside of the workspace', async () => {
      const { report } = await run('- checkout: tools\n  path: ../../x\n');
      assert.equal(report.result, 'Failed');
      assert.match(
        report.stages[0]?.jobs[0]?.steps[0]?.issues[0]?.message ?? '',
        /^The path '\.\.\/\.\.\/x' must lead to a folder under .*__default\.Job; it leads to /,
      );
    });

    it('are copied as a whole, with a note, when the checkout is sparse', async () => {
      const { report, lines } = await run('- checkout: self\n  sparseCheckoutDirectories: none\n');
      assert.ok(lines.includes('./s/self.txt'));
      assert.deepEqual(report.stages[0]?.jobs[0]?.steps[0]?.notes, [
        'All files were copied: the local agent ignores a sparse checkout.',
      ]);
    });

    it('are described by variables and in expressions', async () => {
      const { lines } = await fixture().run(
        `${resources}variables:\n  ref: $[ resources.repositories.tools.ref ]\n  name: $[ resources.repositories['docs'].name ]\nsteps:\n- checkout: none\n- bash: echo $(ref) $(name) $(resources.repositories.docs.type) $(resources.repositories.docs.url)\n`,
      );
      assert.deepEqual(lines, ['refs/heads/main contoso/docs github https://github.com/contoso/docs']);
    });
  });
});
