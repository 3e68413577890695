import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { PipelineError } from '../../../../sandbox/agent/pipelineError';
import { makeBuildNumber } from '../../../../sandbox/agent/variables/buildNumber';
import { useFixture } from '../pipelineFixture';

const date = new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678));
const at = { file: 'pipeline.yml', line: 1, column: 7 };
const variables: Readonly<Record<string, string>> = {
  'build.buildid': '752',
  'build.definitionname': 'CIBuild',
  'build.sourcebranch': 'refs/heads/main',
  'build.sourcebranchname': 'main',
  'system.teamproject': 'Fabrikam',
  'my.variable': 'mine',
};

function numberOf(text: string, when = date): string {
  return makeBuildNumber({ text, at }, when, (name) => variables[name.toLowerCase()]);
}

describe('The build number', () => {
  const table: readonly (readonly [string, string])[] = [
    ['$(Year:yyyy).$(Month).$(DayOfMonth)$(Rev:.r)-$(DayOfYear)-$(Hours)$(Minutes)$(Seconds)', '2024.1.2.1-2-345'],
    [
      '$(TeamProject)_$(Build.DefinitionName)_$(SourceBranchName)_$(Date:yyyyMMdd)$(Rev:.r)',
      'Fabrikam_CIBuild_main_20240102.1',
    ],
    ['$(BuildDefinitionName)_$(BuildID)_$(build.buildId)', 'CIBuild_752_752'],
    ['$(My.Variable)-$(none)', 'mine-$(none)'],
    ['$(year:YY) $(dayofmonth) $(HOURS)', '24 2 3'],
    ['$(Year)-$(Week)', '$(Year)-$(Week)'],
    ['$(Rev:r)-$(Rev:rr)$(Rev:.rrr)', '1-01.001'],
    ['$(Date:MMMdd)', 'Jan02'],
    ['$(Date:MMMM ddd dddd)', 'January Tue Tuesday'],
    ['$(Date:yyyy-MM-dd HH.mm.ss)', '2024-01-02 03.04.05'],
    ['$(Date:yy.M.d-H.m.s)', '24.1.2-3.4.5'],
    ['$(Date:y-MM)-$(Date:yyy)-$(Date:yyyyy)', '24-01-2024-02024'],
    ['$(Date:h hh t tt)', '3 03 A AM'],
    ['$(Date:f.ff.fff.ffff F)-$(Date:.FFFF)', '6.67.678.6780 6-.678'],
    ['$(Date:K z zz)', 'Z +0 +00'],
    ['$(Date:%d)-$(Date:%M)', '2-1'],
    [String.raw`$(Date:yyyy\yMM)`, '2024y01'],
    ['$(Date:yyyy\'y\'"M"MM)', '2024yM01'],
    ['$(Date:y)', '2024 January'],
    ['$(Date:m)', 'January 02'],
    ['$(Date:g gg)x', 'A.D. A.D.x'],
  ];
  for (const [format, expected] of table) {
    it(`${format} is ${expected}`, () => assert.equal(numberOf(format), expected));
  }

  it('has the time of day in UTC, in 24 hours', () => {
    const evening = new Date(Date.UTC(2024, 11, 31, 21, 7, 3));
    assert.equal(numberOf('$(Hours) $(Minutes) $(Seconds) $(DayOfYear) $(Date:hh tt)', evening), '21 7 3 366 09 PM');
  });

  it('is the date and the revision by default', () =>
    assert.equal(
      makeBuildNumber(undefined, date, () => undefined),
      '20240102.1',
    ));

  const rules =
    /contains invalid character\(s\), is too long, or ends with '\.'\. The maximum length .* 255 characters/;
  const refused: readonly (readonly [string, RegExp])[] = [
    ...['"', '/', '\\', ':', '<', '>', "'", '|', '?', '@', '*'].map((sign) => [`a${sign}b`, rules] as const),
    [
      '$(Build.SourceBranch)',
      /format string \$\(Build\.SourceBranch\) generated a build number refs\/heads\/main which contains/,
    ],
    ['$(Date:HH:mm)', rules],
    ['$(Rev:x)', rules],
    ['$(Year:x)', rules],
    ['1.0.', rules],
    ['x'.repeat(256), rules],
    ['$(Date:x)', /'x' is not a date format of \.NET/],
    ['$(Date:ffffffff)', /'ffffffff' is not a date format of \.NET/],
    ["$(Date:yyyy'x)", /is not a date format of \.NET/],
  ];
  for (const [format, message] of refused) {
    it(`is refused: ${format.slice(0, 30)}`, () =>
      assert.throws(
        () => numberOf(format),
        (error) => {
          assert.ok(error instanceof PipelineError);
          assert.match(error.message, /^pipeline\.yml:1:7: /);
          assert.match(error.message, message);
          return true;
        },
      ));
  }

  it('may have 255 characters', () => assert.equal(numberOf('x'.repeat(255)).length, 255));
});

describe('The build number of a pipeline', () => {
  const fixture = useFixture();

  it('is refused before anything runs, with file and line', async () => {
    const problems = await fixture().problems('variables: { v: a/b }\nname: 1-$(v)\nsteps:\n- bash: x\n');
    assert.match(
      problems.join('\n'),
      /^pipeline\.yml:2:7: The build number format string 1-\$\(v\) generated .* 1-a\/b which/,
    );
    assert.ok(!existsSync(fixture().output));
  });

  it('is made of its tokens; a step that sets one that is not allowed fails', async () => {
    const { report, steps } = await fixture().run(`
name: $(Year:yyyy).$(Month).$(DayOfMonth)$(Rev:.r)-$(DayOfYear)-$(Hours)$(Minutes)$(Seconds)
steps:
- checkout: none
- bash: |
    [ '$(Build.BuildNumber)' = 2024.1.2.1-2-345 ] || exit 1
    echo "##vso[build.updatebuildnumber]a:b"
  name: s
`);
    assert.equal(report.buildNumber, '2024.1.2.1-2-345');
    assert.equal(steps.get('s')?.result, 'Failed');
    assert.match(steps.get('s')?.issues[0]?.message ?? '', /The build number format a:b contains invalid character/);
  });

  it('never contains a secret', async () => {
    const { report, lines } = await fixture().run(
      `
variables: [{ group: g }, { name: open, value: last }, { name: derived, value: d$(key) }]
name: 1-$(key)-$(queued)-$(open)-$(derived)
steps:
- checkout: none
- bash: echo "x [$BUILD_BUILDNUMBER]"
`,
      { variableGroups: { g: { key: { secret: 'group-key' }, open: 'first' } }, secrets: { queued: 'queue-secret' } },
    );
    assert.equal(report.buildNumber, '1-$(key)-$(queued)-last-d$(key)');
    assert.ok(lines.includes('x []'), lines.join('\n'));
  });
});
