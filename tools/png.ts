import { crc32, deflateSync } from 'node:zlib';
import type { Shape } from './shapes';

export type Colour = readonly [red: number, green: number, blue: number];

/** A shape filled with one colour, or with a gradient from the picture's top to its bottom. */
export interface Layer {
  readonly shape: Shape;
  readonly fill: Colour | readonly [top: Colour, bottom: Colour];
}

/** Draws layers, each over the ones before, on a square of `grid` units: `size` × `size` pixels of RGBA, edges smoothed. */
export function render(layers: readonly Layer[], grid: number, size: number): Buffer {
  const pixels = Buffer.alloc(size * size * 4);
  const unit = grid / size;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (const { shape, fill } of layers) {
        const cover = Math.min(Math.max(0.5 - shape((column + 0.5) * unit, (row + 0.5) * unit) / unit, 0), 1);
        if (cover === 0) continue;
        const [r, g, b] = colourAt(fill, (row + 0.5) / size);
        const under = alpha * (1 - cover);
        const total = under + cover;
        red = (red * under + r * cover) / total;
        green = (green * under + g * cover) / total;
        blue = (blue * under + b * cover) / total;
        alpha = total;
      }
      pixels.set([red, green, blue, alpha * 255].map(Math.round), (row * size + column) * 4);
    }
  }
  return pixels;
}

function colourAt(fill: Layer['fill'], share: number): Colour {
  if (fill.length === 3) return fill;
  const [top, bottom] = fill;
  const mix = (index: 0 | 1 | 2) => top[index] + (bottom[index] - top[index]) * share;
  return [mix(0), mix(1), mix(2)];
}

/** A square RGBA picture as a PNG file. */
export function encodePng(pixels: Buffer, size: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits a channel, RGBA, no interlacing
  const rows = Array.from({ length: size }, (_, row) => pixels.subarray(row * size * 4, (row + 1) * size * 4));
  const unfiltered = Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(unfiltered, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}
