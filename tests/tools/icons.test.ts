import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { projectRoot } from '../../tools/commandLine';
import { drawIcon, icons } from '../../tools/icons';
import { readTasks } from '../../tools/manifests';

describe('the icons', () => {
  it('exist for every task', async () => {
    for (const { folder } of await readTasks(projectRoot)) assert.ok(icons[`tasks/${folder}.png`], folder);
  });

  for (const name of Object.keys(icons)) {
    it(`match the output of tools/icons.ts: ${name}`, async () => {
      const committed = await readFile(path.join(projectRoot, 'images', name));
      assert.ok(pixelsOf(drawIcon(name)).equals(pixelsOf(committed)), 'run: npx tsx tools/icons.ts');
    });
  }

  it('are all different', () => {
    const pictures = Object.keys(icons).map((name) => drawIcon(name).toString('base64'));
    assert.equal(new Set(pictures).size, pictures.length);
  });
});

/** Compared uncompressed: another version of zlib may pack the same pixels differently. */
function pixelsOf(png: Buffer): Buffer {
  const start = png.indexOf('IDAT', 0, 'latin1');
  return inflateSync(png.subarray(start + 4, start + 4 + png.readUInt32BE(start - 4)));
}
