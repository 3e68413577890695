import { createCipheriv } from 'node:crypto';

/** Bytes that cannot be compressed, the same in each run; others for another variant. */
export function fixedBytes(length: number, variant = 0): Buffer {
  const key = Buffer.alloc(16, variant);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
