import assert from 'node:assert/strict';
import { holdsOnCluster, parseMarker } from '../../../../../shared/databricks/libraries/requirements/marker';

function holds(text: string, python?: string): boolean | undefined {
  const marker = parseMarker(text);
  assert.ok(marker, `${text} is a marker`);
  return holdsOnCluster(marker, python);
}

describe('holdsOnCluster', () => {
  const cases: readonly (readonly [string, string | undefined, boolean | undefined])[] = [
    ['sys_platform == "win32"', undefined, false],
    ["os_name=='posix' and platform_system=='Linux'", undefined, true],
    ['platform_machine == "x86_64" and implementation_name == "cpython"', undefined, true],
    ['"linux" in sys_platform', undefined, true],
    ['"win" not in sys.platform', undefined, true],
    ['python_implementation == "PyPy"', undefined, false],
    ['extra == "test"', undefined, false],
    // versions are compared as versions
    ['python_version < "3.9"', '3.12', false],
    ['python_version >= "3.9" and python_version < "4.0"', '3.12', true],
    ['"3.10" <= python_version', '3.9', false],
    ['python_version in "3.10, 3.11"', '3.11', true],
    ['python_version not in "3.10, 3.11"', '3.12', true],
    ['python_version == "3.*"', '3.11', true],
    ['python_version ~= "3.10"', '3.12', true],
    // what is not known stays open, unless it makes no difference
    ['python_version < "3.11"', undefined, undefined],
    ['python_version >= "3.6"', undefined, true],
    ['python_version < "3"', undefined, false],
    ['python_full_version < "3.11.3"', '3.11', undefined],
    ['python_full_version < "3.11.3"', '3.11.9', false],
    ['python_full_version < "3.11.3"', '3.10', true],
    ['python_full_version != "3.11.3"', '3.11', undefined],
    ['python_version < "3.11" and sys_platform == "win32"', undefined, false],
    ['python_version < "3.11" or sys_platform == "linux"', undefined, true],
    ['platform_release >= "5"', '3.12', undefined],
    ['sys_platform ~= "linux"', '3.12', undefined],
    // and binds before or
    ['sys_platform == "linux" or os_name == "nt" and os_name == "nt"', undefined, true],
    ['(sys_platform == "linux" or os_name == "nt") and os_name == "nt"', undefined, false],
  ];
  for (const [text, python, expected] of cases)
    it(`finds ${text} ${String(expected)} with ${python ?? 'any Python'}`, () => {
      assert.equal(holds(text, python), expected);
    });
});

describe('parseMarker', () => {
  const wrong = [
    '',
    'linux',
    'os_name',
    'os_name ==',
    'os_name = "x"',
    'os_name == posix',
    '"a" == "a"',
    'os_name == sys_platform',
  ];
  const alsoWrong = [
    'os_name == "x" and',
    '(os_name == "x"',
    'os_name == "x")',
    'constructor == "x"',
    'os_name == "x',
    'a; b',
    '('.repeat(99),
  ];
  for (const text of [...wrong, ...alsoWrong])
    it(`rejects '${text}'`, () => {
      assert.equal(parseMarker(text), undefined);
    });
});
