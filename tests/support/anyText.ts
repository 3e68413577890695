import fc from 'fast-check';

/** Every code point but the surrogates. */
const codePoint = fc
  .oneof(
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0x100, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code));

/**
 * Texts of any characters, and of ASCII with the words that programs trip over. fast-check's own unit 'binary' makes a table
 * of all code points first, which takes more than a second of processor time in each process.
 */
export const anyText: fc.Arbitrary<string> = fc.oneof(fc.string(), fc.string({ unit: codePoint }));
