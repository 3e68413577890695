import { InvalidLine } from './requirementLines';

/** Of a requirements file. */
export const largestBytes = 1024 * 1024;

/** Python's names of encodings that TextDecoder does not know, or knows as another encoding. Source: https://docs.python.org/3/library/codecs.html#standard-encodings. */
const pythonNames: Readonly<Record<string, string>> = {
  ...aliases('utf-8', 'u8 utf utf8 cp65001 utf-8-sig utf8-sig utf8-ucs2 utf8-ucs4'),
  ...aliases('ascii', '646 us-ascii ansi-x3.4-1968 iso646-us'),
  ...aliases('latin1', 'latin-1 iso-8859-1 iso8859-1 iso88591 8859 cp819 latin l1'),
  ...aliases('utf-16le', 'u16 utf16 utf-16-le utf16-le'),
  ...aliases('utf-16be', 'utf-16-be utf16-be'),
  ...aliases('utf-32le', 'u32 utf32 utf-32 utf-32-le utf32-le'),
  ...aliases('utf-32be', 'utf-32-be utf32-be'),
  ...aliases('shift_jis', 'cp932 932 ms932 mskanji'),
  ...aliases('gbk', 'cp936 936 ms936'),
  ...aliases('euc-kr', 'cp949 949 ms949 uhc'),
  ...aliases('big5', 'cp950 950 ms950'),
  ...aliases('macintosh', 'mac-roman macroman'),
  ...aliases('ibm866', 'cp866 866'),
};

const marks = [
  { encoding: 'utf-32le', bytes: [0xff, 0xfe, 0, 0] },
  { encoding: 'utf-32be', bytes: [0, 0, 0xfe, 0xff] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * The text of a file as pip reads it: in UTF-8, or in the encoding of a byte order mark or of a `# -*- coding: … -*-` in
 * the first two lines, which has a name of Python. Throws an InvalidLine.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > largestBytes) throw new InvalidLine(`is larger than ${largestBytes / 1024 / 1024} MiB`);
  const encoding =
    marks.find((mark) => mark.bytes.every((byte, index) => bytes[index] === byte))?.encoding ?? declaredIn(bytes);
  try {
    return decode(bytes, encoding);
  } catch (error) {
    throw new InvalidLine(`cannot be read as ${encoding}: save it as UTF-8`, { cause: error });
  }
}

function declaredIn(bytes: Uint8Array): string {
  const twoLines = Buffer.from(bytes.subarray(0, 1000)).toString('latin1').split('\n', 2);
  const declared = twoLines.map((line) => /^#.*?coding[:=]\s*([-\w.]+)/.exec(line)?.[1]).find(Boolean) ?? 'utf-8';
  const name = declared.toLowerCase().replaceAll('_', '-');
  return pythonNames[name] ?? name.replace(/^cp(125\d)$/, 'windows-$1').replace(/^iso8859-/, 'iso-8859-');
}

/** Throws a RangeError for an encoding that is not known, and a TypeError for bytes that are not in it. */
function decode(bytes: Uint8Array, encoding: string): string {
  switch (encoding) {
    case 'latin1':
      return Buffer.from(bytes).toString('latin1'); // to TextDecoder, it would be windows-1252
    case 'ascii':
      if (bytes.some((byte) => byte > 0x7f)) throw new TypeError('not ASCII');
      return Buffer.from(bytes).toString('latin1');
    case 'utf-32le':
    case 'utf-32be':
      return decodeUtf32(bytes, encoding === 'utf-32le');
    default:
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  }
}

function decodeUtf32(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) text += String.fromCodePoint(view.getUint32(at, isLittleEndian));
  return text.replace(/^\uFEFF/, '');
}

function aliases(encoding: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, encoding]));
}
