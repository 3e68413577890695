import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCondaEnvironment } from '../../../../../shared/databricks/libraries/requirements/readCondaEnvironment';
import { filesOf, packagesOf, written } from './readFiles';

function read(text: string, others: Readonly<Record<string, string>> = {}) {
  return readCondaEnvironment('environment.yml', {
    readFile: filesOf({ 'environment.yml': text, ...others }),
    python: '3.11',
  });
}

function ofSpec(spec: string) {
  return read(`dependencies: [${JSON.stringify(spec)}]`);
}

describe('readCondaEnvironment', () => {
  it('installs packages that exist on PyPI, and reports what it does with the others', () => {
    const dependencies = read(
      `name: model
channels:
  - conda-forge
  - https://conda.test/t/hush/private
dependencies:
  - python=3.11
  - numpy=1.26   # arrays
  - pytorch>=2,<3
  - cudatoolkit=11.8
  - pip
  - pip:
      - mlflow==2.9.2  # tracking
      - -r more.txt
prefix: /home/somebody/env
variables:
  A: b
`.replaceAll('\n', '\r\n'),
      { 'more.txt': 'boto3>=1' },
    );
    assert.deepEqual(packagesOf(dependencies), ['numpy==1.26.*', 'torch>=2,<3', 'mlflow==2.9.2', 'boto3>=1']);
    assert.deepEqual(written(dependencies.notes), [
      'environment.yml:2 channels are not used (conda-forge, https://conda.test/t/***/private): packages come from the Python package index.',
      'environment.yml:6 python=3.11 is not installed: a cluster has the Python 3.11 of its runtime.',
      "environment.yml:8 'pytorch>=2,<3' is installed as torch>=2,<3.",
      'environment.yml:10 pip is not installed: a cluster has the pip of its runtime.',
      'environment.yml:15 variables is not used.',
    ]);
    assert.deepEqual(written(dependencies.problems), [
      'environment.yml:9 cudatoolkit is not a Python package, so a cluster cannot install it. Remove it, or use an init script.',
    ]);
  });

  const specs: readonly (readonly [string, string])[] = [
    ['numpy', 'numpy'],
    ['NumPy', 'numpy'],
    ['numpy *', 'numpy'],
    ['numpy=*', 'numpy'],
    ['numpy=1.26', 'numpy==1.26.*'],
    ['numpy =1.26', 'numpy==1.26.*'],
    ['numpy=1.26.*', 'numpy==1.26.*'],
    ['numpy 1.26.*', 'numpy==1.26.*'],
    ['numpy 1.26*', 'numpy==1.26.*'],
    ['numpy 1.26', 'numpy==1.26'],
    ['numpy==1.26.4', 'numpy==1.26.4'],
    ['numpy=1.26.4=py312_0', 'numpy==1.26.4'],
    ['numpy==1.26.4=py312_0', 'numpy==1.26.4'],
    ['numpy 1.26.4 py312h95a1406_0', 'numpy==1.26.4'],
    ['numpy 1.17.* py38*', 'numpy==1.17.*'],
    ['numpy>=1,<2', 'numpy>=1,<2'],
    ['numpy >=1, <2', 'numpy>=1,<2'],
    ['numpy >= 1', 'numpy>=1'],
    ['numpy>=1.8,<2|>3', '?'],
    ['numpy >=1.20.*', 'numpy>=1.20'],
    ['numpy <2.*', 'numpy<2'],
    ['numpy ==1.20.*', 'numpy==1.20.*'],
    ['rmm==26.10.*,>=0.0.0a0', 'rmm==26.10.*,>=0.0.0a0'],
    ['cudf ==26.10.*,>=0.0.0a0', 'cudf==26.10.*,>=0.0.0a0'],
    ['numpy=1.26.*=py312*', 'numpy==1.26.*'],
    ['scipy=1.11.*=*_openblas', 'scipy==1.11.*'],
    ['numpy >1.20.*', '?'],
    ['numpy1.*, >1', '?'],
    ['numpy !=1.20.*,>1', 'numpy!=1.20.*,>1'],
    ['numpy~=1.20', 'numpy~=1.20'],
    ['numpy=2.0.0rc1', 'numpy==2.0.0rc1'],
    ['conda-forge::numpy', 'numpy'],
    ['conda-forge/linux-64::numpy 1.17.5 py38h95a1406_0', 'numpy==1.17.5'],
    ["numpy[version='>=1.17,<2',build=py38*]", 'numpy>=1.17,<2'],
    ['conda-forge::numpy=1.17.3[subdir=linux-64]', 'numpy==1.17.3.*'],
    ['numpy 1.8|1.8.1', '?'],
    ['numpy=2023d', '?'],
    ['numpy ^1.*$', '?'],
    ['uvicorn[standard]', '?'],
    ['', '?'],
    ['*py*', '?'],
    ['matplotlib-base', 'matplotlib'],
    ['_libgcc_mutex=0.1', '?'],
    ['libgcc-ng', '?'],
    ['r-ggplot2', '?'],
    ['openssl 1.1.1w', '?'],
    ['nodejs', '?'],
    ['librosa', 'librosa'],
    ['libcst=1.5=py312h12e396e_0', 'libcst==1.5'],
    ['libnewbinding=1.0=py312h12e396e_0', 'libnewbinding==1.0'],
    ['newnativething=1.0=h12e396e4_0', '?'],
    ['newpurething=1.0=pyhd8ed1ab_0', 'newpurething==1.0'],
    ['constructor', 'constructor'],
    ['dask-core=2022.2', 'dask==2022.2.*'],
    ['seaborn-base=0.11', 'seaborn==0.11.*'],
    ['brotli-python=1.1.0=py312h2ec8cdc_2', 'Brotli==1.1.0'],
    ...[
      'xorg-libx11=1.7.2',
      'libuv=1.42',
      'aws-c-common=0.6.2',
      'abseil-cpp=20210324.2',
      'cairo=1.16.0',
      'font-ttf-ubuntu=0.83',
      'aws-sdk-cpp=1.11',
      'fonts-conda-forge=1',
      'xorg-xproto=7.0',
      'gst-plugins-base=1.22',
      'kernel-headers_linux-64=3.10',
      'tzdata=2024a',
      'libabseil=20240722',
      'azure-core-cpp=1.14',
      'm2w64-gcc-libs=5.3',
    ].map((spec) => [spec, '?'] as const),
  ];
  for (const [spec, expected] of specs)
    it(expected === '?' ? `can't take '${spec}'` : `takes '${spec}' as ${expected}`, () => {
      const dependencies = ofSpec(spec);
      assert.deepEqual(packagesOf(dependencies), expected === '?' ? [] : [expected]);
      assert.equal(dependencies.problems.length, expected === '?' ? 1 : 0);
    });

  it('names the packages of an exported environment that are not Python packages', () => {
    const exported = ['python=3.10', 'xorg-libx11=1.7.2', 'libuv=1.42', 'dask-core=2022.2', 'numpy=1.22'];
    const { problems, ...rest } = read(`dependencies:\n${exported.map((one) => `  - ${one}\n`).join('')}`);
    assert.deepEqual(written(problems), [
      'environment.yml:3 xorg-libx11 is not a Python package, so a cluster cannot install it. Remove it, or use an init script.',
      'environment.yml:4 libuv is not a Python package, so a cluster cannot install it. Remove it, or use an init script.',
    ]);
    assert.deepEqual(packagesOf({ problems, ...rest }), ['dask==2022.2.*', 'numpy==1.22.*']);
  });

  it('says what it drops', () => {
    assert.deepEqual(written(ofSpec('numpy=1.26.*=py312*').notes), [
      "environment.yml:1 'numpy=1.26.*=py312*' is installed as numpy==1.26.*, without build py312*.",
    ]);
    assert.deepEqual(written(ofSpec('main::numpy=1.26.4=py312_0').notes), [
      "environment.yml:1 'main::numpy=1.26.4=py312_0' is installed as numpy==1.26.4, without build py312_0, channel main.",
    ]);
  });

  it("applies mamba's sel(linux) and ignores the others", () => {
    const dependencies = read('dependencies:\n- sel(linux): a\n- sel(win): b\n- sel(unix): {pip: [c]}\n');
    assert.deepEqual(packagesOf(dependencies), ['a', 'c']);
    assert.equal(dependencies.notes.length, 1);
    assert.deepEqual(dependencies.problems, []);
  });

  it('finds a package that conda and pip name with other versions', () => {
    assert.deepEqual(written(read('dependencies:\n- pytorch==2.0\n- pip:\n  - Torch==2.1').problems), [
      'environment.yml:4 torch==2.1 contradicts ==2.0 at environment.yml:2.',
    ]);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /must be a map|YAML document/],
    ['- numpy', /must be a map/],
    ['name: x', /no dependencies/],
    ['dependencies: numpy', /must have a list under dependencies/],
    ['dependencies: [[a]]', /list where a package/],
    ['dependencies: [{npm: [a]}]', /packages for 'npm'/],
    ['dependencies: [{pip: [[a]]}]', /other than a text/],
    ['dependencies: []\ndependencies: []', /has dependencies twice/],
    ['dependencies: [', /not valid YAML or JSON: .* at line 1/],
    ['a: &x [b]\ndependencies: *x', /aliases/],
    ['{[a]: b}', /key that is not a text/],
    ['dependencies: []\n---\ndependencies: []', /one YAML document/],
  ];
  for (const [text, problem] of wrong)
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const [first] = read(text).problems;
      assert.match(first?.text ?? '', problem);
    });

  it('takes an empty list and an empty pip section', () => {
    assert.deepEqual(read('dependencies:\n').problems, []);
    assert.deepEqual(read('dependencies:\n- pip:\n').problems, []);
  });

  it('reports that the file does not exist', () => {
    assert.deepEqual(written(readCondaEnvironment('x.yml', { readFile: filesOf({}) }).problems), [
      'x.yml:1 x.yml cannot be read: no such file: x.yml',
    ]);
  });

  it('never throws, for any text', () => {
    const word = fc.constantFrom(
      'dependencies',
      'pip',
      'a',
      ':',
      '::',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '=1',
      '*',
      '&x',
      '|',
      '"',
      '\t',
      '#',
      ',',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 40 }).map((parts) => `dependencies:\n- ${parts.join('')}`),
    );
    fc.assert(
      fc.property(text, (anything) => {
        const { problems } = read(anything);
        for (const problem of problems)
          assert.doesNotMatch(problem.text, /undefined|\[object|is not a function|reading '/);
      }),
      { numRuns: 2000 },
    );
  });
});
