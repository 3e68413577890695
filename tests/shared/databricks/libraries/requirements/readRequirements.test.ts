import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { readRequirements } from '../../../../../shared/databricks/libraries/requirements/readRequirements';
import { filesOf, packagesOf, written } from './readFiles';

function read(text: string | Uint8Array, others: Readonly<Record<string, string>> = {}, python?: string) {
  const readFile = filesOf({ 'requirements.txt': text, ...others });
  return readRequirements('requirements.txt', python === undefined ? { readFile } : { readFile, python });
}

/** The packages, where there is nothing to complain of. */
function packages(
  text: string | Uint8Array,
  others?: Readonly<Record<string, string>>,
  python?: string,
): readonly string[] {
  const dependencies = read(text, others, python);
  assert.deepEqual(written(dependencies.problems), []);
  return packagesOf(dependencies);
}

function utf32(text: string, isLittleEndian: boolean): Uint8Array {
  const points = Array.from(`\uFEFF${text}`);
  const bytes = new DataView(new ArrayBuffer(points.length * 4));
  for (const [index, point] of points.entries()) bytes.setUint32(index * 4, point.codePointAt(0) ?? 0, isLittleEndian);
  return new Uint8Array(bytes.buffer);
}

describe('readRequirements', () => {
  it("reads the example of pip's documentation, naming what a cluster can't install", () => {
    const text = `# This is a comment, to show how #-prefixed lines are ignored.
# It is possible to specify requirements as plain names.
pytest
pytest-cov
beautifulsoup4

# The syntax supported here is the same as that of requirement specifiers.
docopt == 0.6.1
requests [security] >= 2.8.1, == 2.8.* ; python_version < "2.7"
urllib3 @ https://github.com/urllib3/urllib3/archive/refs/tags/1.26.8.zip

# It is possible to refer to other requirement files or constraints files.
-r other-requirements.txt
-c constraints.txt

# It is possible to refer to specific local distribution paths.
./downloads/numpy-1.9.2-cp34-none-win32.whl

# It is possible to refer to URLs.
http://wxpython.org/Phoenix/snapshot-builds/wxPython_Phoenix-3.0.3.dev1820+49a8884-cp34-none-win_amd64.whl
`;
    const dependencies = read(text, { 'other-requirements.txt': 'flask', 'constraints.txt': 'Flask<3' });
    assert.deepEqual(packagesOf(dependencies), ['pytest', 'pytest-cov', 'beautifulsoup4', 'docopt==0.6.1', 'flask<3']);
    assert.deepEqual(
      dependencies.problems.map(({ line }) => line),
      [10, 17, 20],
    );
    assert.deepEqual(written(dependencies.notes), [
      'requirements.txt:9 requests is skipped: on a cluster, python_version < "2.7" is false.',
    ]);
  });

  describe('lines', () => {
    const cases: readonly (readonly [string, string | Uint8Array, readonly string[]])[] = [
      ['ignores comments and blank lines', '\n  # a\n\na # b\nb\t# c\n', ['a', 'b']],
      ['takes a # without a space before it for text', 'a;os_name=="posix"#b', []],
      ['joins lines that end in a backslash', 'a>=1,\\\n  <2\nb\\\n==1', ['a>=1,<2', 'b==1']],
      ['ends a continued line at a comment', 'a \\\n# b\nc', ['a', 'c']],
      ['does not continue a comment', '# a \\\nb', ['b']],
      ['takes a backslash on the last line', 'a\\', ['a']],
      ['takes Windows and old Macintosh line ends', 'a\r\nb\rc', ['a', 'b', 'c']],
      ['takes a UTF-8 byte order mark', '\uFEFFa\nb', ['a', 'b']],
      ['takes what PowerShell writes', Buffer.from('\uFEFFa==1\r\nb\r\n', 'utf16le'), ['a==1', 'b']],
      ['takes big-endian UTF-16', Buffer.from('\uFEFFa', 'utf16le').swap16(), ['a']],
      [
        'takes a semicolon without a marker',
        Buffer.from('numpy>=1.0;\npandas ;\nscipy==1.11 ; # why\n'),
        ['numpy>=1.0', 'pandas', 'scipy==1.11'],
      ],
      ...[
        'utf_8',
        'utf-8-sig',
        'UTF8',
        'utf_8_sig',
        'ascii',
        'latin_1',
        'cp1252',
        'iso8859_15',
        'mac_roman',
        'shift_jis',
      ].map(
        (name) =>
          [
            `takes the name ${name} of Python`,
            Buffer.from(`# -*- coding: ${name} -*-\nnumpy==1.26.4\n`),
            ['numpy==1.26.4'],
          ] as const,
      ),
      [
        'takes Latin-1 by its name in Python',
        Buffer.from('# -*- coding: latin-1 -*-\n# caf\u00e9 \u0085\nnumpy', 'latin1'),
        ['numpy'],
      ],
      ['takes UTF-8 with a mark and a name', Buffer.from('\uFEFF# coding: utf-8-sig\na'), ['a']],
      ['takes UTF-32', utf32('numpy==1.26.4\n', true), ['numpy==1.26.4']],
      ['takes big-endian UTF-32', utf32('numpy==1.26.4\n', false), ['numpy==1.26.4']],
      ['takes the encoding that a comment names', Buffer.from('# -*- coding: latin1 -*-\n# Köln\na', 'latin1'), ['a']],
      ['takes each package once', 'A_b>=1\na-B[x]\na.b>=1.0', ['A_b[x]>=1']],
      ['sums up versions that agree', 'a>=1\na==1.5\na<2', ['a==1.5']],
      ['keeps the build of a version', 'a==1.5\na==1.5+cpu', ['a==1.5+cpu']],
      [
        'takes wheels that the cluster can read',
        '/Volumes/c/s/v/a-1-py3-none-any.whl',
        ['{"whl":"/Volumes/c/s/v/a-1-py3-none-any.whl"}'],
      ],
    ];
    for (const [name, text, expected] of cases)
      it(name, () => {
        const dependencies = read(text);
        assert.deepEqual(packagesOf(dependencies), expected);
      });

    it('numbers a continued line by where it begins', () => {
      assert.deepEqual(written(read('\na \\\n  =1').problems), [
        "requirements.txt:2 'a   =1' has an invalid version specifier: '=1'; use '==' for one version.",
      ]);
    });
  });

  describe('markers', () => {
    it('are decided for a cluster and not sent', () => {
      const text =
        'a; sys_platform == "win32"\nb; sys_platform == "linux"\nc==1; python_version < "3.11"\nc==2; python_version >= "3.11"';
      assert.deepEqual(packages(text, {}, '3.12'), ['b', 'c==2']);
      assert.deepEqual(packages(text, {}, '3.10'), ['b', 'c==1']);
    });

    it('are decided for the machine of the cluster', () => {
      const files = { 'requirements.txt': 'a; platform_machine == "aarch64"\nb; platform_machine == "x86_64"' };
      const on = (machine?: string) =>
        readRequirements('requirements.txt', { readFile: filesOf(files), ...(machine && { machine }) });
      assert.deepEqual(packagesOf(on('aarch64')), ['a']);
      assert.deepEqual(packagesOf(on()), ['b']);
    });

    it('are a problem if the patch version or the kernel decides', () => {
      const problems = (text: string) => written(read(text, {}, '3.12').problems).join();
      assert.match(
        problems('a; python_full_version < "3.12.4"'),
        /but the patch version of the Python 3\.12 of the cluster/,
      );
      assert.match(problems('a; platform_release == "6.8"'), /which depends on the operating system of the cluster/);
    });

    it('are a problem if the Python version decides and is not known', () => {
      const [problem] = written(read('tomli; python_version < "3.11"').problems);
      assert.match(
        problem ?? '',
        /requirements.txt:1 tomli is needed if python_version < "3.11", but the Python version of the cluster is not known/,
      );
    });
  });

  describe('other files', () => {
    it('are resolved relative to the file that includes them', () => {
      const others = {
        'sub/a.txt': '-r b.txt\n--requirement=../c.txt',
        'sub/b.txt': 'b',
        'c.txt': '-r"d e.txt"',
        'd e.txt': 'd',
      };
      assert.deepEqual(packages('-rsub/a.txt\nz', others), ['b', 'd', 'z']);
    });

    it('may be included twice, but not include themselves', () => {
      assert.deepEqual(packages('-r a.txt\n-r a.txt', { 'a.txt': 'a' }), ['a']);
      assert.deepEqual(written(read('-r a.txt', { 'a.txt': 'a\n-r requirements.txt' }).problems), [
        'a.txt:2 includes requirements.txt, which includes this file again.',
      ]);
    });

    it('that do not exist, or are on the web, are problems', () => {
      assert.deepEqual(written(read('-r a.txt\n-c https://host.test/b.txt').problems), [
        'requirements.txt:1 a.txt cannot be read: no such file: a.txt',
        'requirements.txt:2 --constraint names a URL, but files are not downloaded.',
      ]);
      assert.equal(readRequirements('x.txt', { readFile: filesOf({}) }).problems.length, 1);
    });

    it('can be constraints, which restrict requirements of any file', () => {
      const constraints = 'A==1.2.3\nb<2; sys_platform == "win32"\nc!=4\nd==5\ne==6';
      const dependencies = read('-c c.txt\na>=1\nb\nc', { 'c.txt': constraints });
      assert.deepEqual(packagesOf(dependencies), ['a==1.2.3', 'b', 'c!=4']);
      assert.deepEqual(dependencies.problems, []);
      assert.match(written(dependencies.notes)[0] ?? '', /c.txt:4 .*\(2 in all\)/);
    });
  });

  describe('contradictions', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['a==1\nA==2', 'requirements.txt:2 a==2 contradicts ==1 at requirements.txt:1.'],
      ['a>=2\n-c c.txt', `requirements.txt:1 a>=2 contradicts ==1.5 at c.txt:1.`],
      ['a==1,==2', 'requirements.txt:1 a==2 contradicts ==1 at requirements.txt:1.'],
    ];
    for (const [text, expected] of cases)
      it(`are found in ${JSON.stringify(text)}`, () => {
        assert.deepEqual(written(read(text, { 'c.txt': 'a==1.5' }).problems), [expected]);
      });
  });

  describe('options', () => {
    it('use the last index for all packages', () => {
      const { libraries, problems, notes } = read('a\n-i https://one.test/simple\nb\n-r c.txt', {
        'c.txt': '--index-url=https://two.test/simple',
      });
      const repo = 'https://two.test/simple';
      assert.deepEqual(libraries, [{ pypi: { package: 'a', repo } }, { pypi: { package: 'b', repo } }]);
      assert.deepEqual([...problems, ...notes], []);
    });

    it('warn of an index with a password, and never show it', () => {
      const secrets = `https://me:${'hush'.repeat(99)}@three.test/a\n./a https://four.test/b?sig=hush\na https://hush@five.test`;
      const dependencies = read('-i https://user:hush@one.test/simple\ngit+https://hush@two.test/a b\n' + secrets);
      assert.equal(dependencies.notes.length, 1);
      assert.doesNotMatch(JSON.stringify([dependencies.notes, dependencies.problems]), /hush/);
    });

    const refused: readonly (readonly [string, RegExp])[] = [
      ['-i nowhere', /whose URL is not http or https/],
      ['--extra-index-url https://one.test', /one index/],
      ['-e .', /editable/],
      ['--editable=git+https://host.test/a#egg=a', /editable/],
      ['--find-links ./wheels', /--find-links: Databricks cannot pass/],
      ['--no-index', /--no-index/],
      ['--pre', /--pre/],
      ['--no-binary :all: --only-binary a', /--no-binary/],
      ['--trusted-host host.test', /--trusted-host/],
      ['a --config-settings "x=y z"', /--config-settings/],
      ['a -i https://one.test', /on a separate line/],
      ['--weird', /pip does not accept here: --weird/],
      ['-r', /no value for -r/],
      ['-r "a', /unclosed quotation mark/],
      ['--pre a', /words after/],
      ['a===1.0', /use ==/],
      ['a==${VERSION}', /\$\{VERSION\}: environment variables are expanded neither/],
      ['git+ssh://git@host.test/a', /is a URL/],
      ['C:\\wheels\\a.whl', /is a path/],
      ['a.whl', /is a path/],
      ['.', /is a path/],
      [`a${'>'.repeat(3000)}`, /longer than 2000/],
      [`a #${'-'.repeat(30_000)}`, /longer than 20000/],
    ];
    for (const [text, problem] of refused)
      it(`refuse ${text.slice(0, 50)}`, () => {
        assert.match(read(text).problems[0]?.text ?? '', problem);
      });

    it('name hashes once, where they begin', () => {
      const text = 'a==1 \\\n  --hash=sha256:1 \\\n  --hash=sha256:2\nb==2 --hash=sha256:3';
      const dependencies = read(text);
      assert.equal(dependencies.problems.length, 1);
      assert.match(written(dependencies.problems)[0] ?? '', /requirements.txt:1 has hashes \(3 in all\)/);
    });
  });

  it('names all problems at once', () => {
    assert.equal(read('-e .\nb=1\n--pre\nd==1\nd==2').problems.length, 4);
  });

  it('refuses bytes that are not text, and files that are too large', () => {
    assert.match(read(Buffer.from([0x61, 0xff, 0x62])).problems[0]?.text ?? '', /cannot be read as utf-8/);
    for (const [bytes, name] of [
      [Buffer.from('# coding: klingon\na'), 'klingon'],
      [Buffer.from('# coding: us_ascii\n# caf\u00e9'), 'ascii'],
      [utf32('a', true).subarray(0, 7), 'utf-32le'],
    ] as const)
      assert.match(
        read(bytes).problems[0]?.text ?? '',
        new RegExp(`^requirements.txt cannot be read as ${name}: save it as UTF-8\\.$`),
      );
    assert.match(read('# coding: klingon\na').problems[0]?.text ?? '', /cannot be read as klingon/);
    assert.match(read(Buffer.alloc(1024 * 1024 + 1, 'a')).problems[0]?.text ?? '', /larger than 1 MiB/);
  });

  it('stops at the limit of included files', () => {
    let reads = 0;
    const { problems } = readRequirements('0', {
      readFile: (path) =>
        Buffer.from(`-r ${Number(path) + 1}\n-r ${(reads += 1)}x\n`.replace(/-r \d+x/, `-r ${Number(path) + 1}`)),
    });
    assert.ok(reads <= 100);
    assert.match(problems.at(-1)?.text ?? '', /more than 100 included files/);
  });

  it('stops at the limit of requirements', () => {
    const dependencies = read(Array.from({ length: 9000 }, (_, index) => `a${index}`).join('\n'));
    assert.equal(dependencies.libraries.length, 3000);
    assert.match(dependencies.problems[0]?.text ?? '', /more than 3000/);
  });

  it('reports only one-line messages, for any bytes', () => {
    const piece = fc.constantFrom(
      'a',
      '==1',
      '-r ',
      '-c',
      'b.txt',
      '\n',
      '\\',
      '#',
      '"',
      "'",
      ' ',
      ';',
      '${A}',
      '--hash=',
      '-i',
      'os_name',
      '@',
      '/',
      '##vso[task.x]\x1b',
    );
    const content = fc.oneof(
      fc.uint8Array(),
      fc.array(piece, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(content, content, (bytes, other) => {
        const files = new Map([
          ['a', bytes],
          [join('b.txt'), other],
        ]);
        const { problems, notes } = readRequirements('a', {
          readFile: (path) => files.get(path) ?? Buffer.from(''),
          python: '3.11',
        });
        for (const { line, text } of [...problems, ...notes])
          assert.ok(line >= 1 && /^\P{Cc}{1,501}$/u.test(text), text);
      }),
      { numRuns: 1000 },
    );
  });
});
