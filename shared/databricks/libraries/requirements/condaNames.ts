/** Packages that PyPI has under another name. Source: the recipes of conda-forge, whose sources are these PyPI projects. */
const renamed = new Map(
  Object.entries({
    'matplotlib-base': 'matplotlib',
    'msgpack-python': 'msgpack',
    opencv: 'opencv-python',
    'py-opencv': 'opencv-python',
    'py-xgboost': 'xgboost',
    pyqt: 'PyQt5',
    pytables: 'tables',
    'python-graphviz': 'graphviz',
    pytorch: 'torch',
    'pytorch-cpu': 'torch',
    'pytorch-gpu': 'torch',
  }),
);

/** Packages that are not Python packages, or are useless without conda. PyPI may have an unrelated project with the name. */
const notPython = new Set([
  ...['anaconda', 'conda', 'mamba', 'nomkl', 'python_abi'],
  ...[
    'blas',
    'openblas',
    'hdf5',
    'boost',
    'boost-cpp',
    'eigen',
    'fftw',
    'gsl',
    'geos',
    'proj',
    'arrow-cpp',
    'graphviz',
  ],
  ...[
    'bzip2',
    'lz4-c',
    'xz',
    'zlib',
    'zstd',
    'snappy',
    'icu',
    'krb5',
    'ncurses',
    'openssl',
    'readline',
    'sqlite',
    'tk',
  ],
  ...['ca-certificates', 'cudatoolkit', 'cudnn', 'nccl', 'pytorch-cuda', 'curl', 'ffmpeg', 'git', 'make', 'wget'],
  ...['compilers', 'c-compiler', 'cxx-compiler', 'gcc', 'gxx', 'clang', 'llvmdev', 'pkg-config'],
  ...['go', 'maven', 'nodejs', 'openjdk', 'r', 'rust', 'postgresql', 'unixodbc', 'libffi', 'libxml2', 'libxslt'],
]);
const notPythonRule =
  /^(?:_|r-|perl-|cuda-|ld_impl_|gcc_|gxx_|binutils|sysroot_|lib[a-z0-9]+-(?:ng|cxx|dev|devel)$)|^lib(?:blas|cblas|lapack|curl|png|jpeg|tiff|protobuf|gcc|stdcxx)/;

/** The name of a conda package on PyPI, which is mostly the same; undefined if it is not a Python package. */
export function pypiNameOf(condaName: string): string | undefined {
  if (notPython.has(condaName) || notPythonRule.test(condaName)) return undefined;
  return renamed.get(condaName) ?? condaName;
}
