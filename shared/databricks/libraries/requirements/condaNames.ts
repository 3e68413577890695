/** Packages that PyPI has under another name. Source: the recipes of conda-forge, whose sources are these PyPI projects. */
const renamed = new Map(
  Object.entries({
    'brotli-python': 'Brotli',
    'dask-core': 'dask',
    faiss: 'faiss-cpu',
    'geopandas-base': 'geopandas',
    'matplotlib-base': 'matplotlib',
    'msgpack-python': 'msgpack',
    'numpy-base': 'numpy',
    opencv: 'opencv-python',
    'py-opencv': 'opencv-python',
    'py-xgboost': 'xgboost',
    'py-xgboost-cpu': 'xgboost',
    'py-xgboost-gpu': 'xgboost',
    'pyarrow-core': 'pyarrow',
    pyqt: 'PyQt5',
    pytables: 'tables',
    'python-blosc': 'blosc',
    'python-fastjsonschema': 'fastjsonschema',
    'python-flatbuffers': 'flatbuffers',
    'python-graphviz': 'graphviz',
    'python-kaleido': 'kaleido',
    'python-tzdata': 'tzdata',
    'python-xxhash': 'xxhash',
    pytorch: 'torch',
    'pytorch-cpu': 'torch',
    'pytorch-gpu': 'torch',
    ruamel_yaml: 'ruamel.yaml',
    'seaborn-base': 'seaborn',
    'tensorflow-base': 'tensorflow',
  }),
);

/**
 * Packages that are not Python packages, or are useless without conda, by what they are. PyPI may have an unrelated
 * project with the name. Source: the recipes of conda-forge.
 */
const notPython = new Set(
  [
    // conda itself
    'anaconda backports conda conda-build conda-libmamba-solver cpuonly mamba micromamba nomkl pybind11-abi python.app python_abi pytorch-mutex',
    // numbers and data
    'arrow-cpp blas blosc boost c-blosc2 cfitsio double-conversion eigen fftw flatbuffers freexl geos geotiff gflags glog gmp gsl hdf4 hdf5 json-c kealib lerc magma mkl mkl-devel mpc mpfr mpi mpich mysql mysql-common mysql-libs nlopt openblas openblas-devel openmpi orc postgresql proj rapidjson re2 snappy sqlite tbb-devel tiledb tzdata ucx unixodbc uriparser utf8proc xerces-c yaml',
    // compression, networks and systems
    'acl alsa-lib attr brotli-bin bzip2 c-ares ca-certificates cyrus-sasl dbus elfutils expat gettext gettext-tools glib glib-tools gnutls gobject-introspection icu keyutils krb5 level-zero lz4-c minizip ncurses nettle nghttp2 nspr nss numactl openldap openssl p11-kit pcre pcre2 pthread-stubs rdma-core readline s2n tk xz xz-tools zeromq zlib zlib-ng zstd',
    // pictures, fonts, sound and desktops
    'aom atk-1.0 cairo dav1d ffmpeg fontconfig freetype fribidi gdk-pixbuf ghostscript giflib graphite2 graphviz gstreamer gtk2 gtk3 gtk4 harfbuzz imagemagick jack jasper jpeg jxrlib lame lcms2 mesalib mpg123 openh264 openjpeg opus pango pixman poppler poppler-data portaudio portmidi qhull qt qt-main qt-webengine qt6-main svt-av1 tesseract wayland x264 x265 xkeyboard-config',
    // graphics processors
    'cudatoolkit cudnn cutensor nccl pytorch-cuda',
    // tools and languages
    'autoconf automake bash bison c-compiler cctools clang clangxx compilers coreutils curl cxx-compiler flex fortran-compiler gawk gcc gfortran git git-lfs go gxx htop jq ld64 llvm llvm-openmp llvm-tools llvmdev m4 make maven nodejs openjdk pandoc parallel perl pkg-config r r-base rsync ruby rust sed tapi tar tectonic tmux unzip vim wget yarn zip',
    // Windows
    'console_shortcut icc_rt menuinst ucrt vc vc14_runtime vs2015_runtime winpty',
  ].flatMap((names) => names.split(' ')),
);

/** Names of whole groups of such packages. Every library of C or C++ is `lib…`. */
const notPythonRule =
  /^(?:_|r-|bioconductor-|perl-|cuda-|magma-cuda|aws-(?:c-|checksums$|crt-cpp$|sdk-)|font-ttf-|fonts-|gst-plugins-|xorg-|xcb-|at-spi2-|pulseaudio|m2w64-|msys2-|ld_impl_|gcc_|gxx_|gfortran_|clang_|clangxx_|compiler-rt|binutils|kernel-headers_|sysroot_|lib)|-cpp$|_linux-(?:64|aarch64)$/;

/** Projects of PyPI that are named as a library of C or C++ would be. */
const python = new Set(
  'libarchive-c libclang libcst libigl liblinear-official libnacl libpysal librosa libsass libsvm-official libtmux libusb1 libvirt-python'.split(
    ' ',
  ),
);

/** The ends of builds that conda makes: `py312h1a2b3c4_0` and `pyhd8ed1ab_0` for Python, `h1a2b3c4_0` for everything else. */
const nativeBuild = /^h[0-9a-f]{7,}_\d+$/;
const pythonBuild = /(?:^|_)py(?:\d|h)/;

/** The name of a conda package on PyPI, which is mostly the same; undefined if it is not a Python package. */
export function pypiNameOf(condaName: string, build = ''): string | undefined {
  if (notPython.has(condaName)) return undefined;
  const known = renamed.get(condaName);
  if (known !== undefined) return known;
  if (nativeBuild.test(build)) return undefined;
  const isPython = python.has(condaName) || pythonBuild.test(build);
  return isPython || !notPythonRule.test(condaName) ? condaName : undefined;
}
