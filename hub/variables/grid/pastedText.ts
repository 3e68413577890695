import type { ClipboardEvent } from 'react';

/** The text of the clipboard without the line end that other tables add to a cell. */
export function pastedText({ clipboardData }: ClipboardEvent): string {
  return clipboardData.getData('text').replaceAll(/\r\n?/g, '\n').replace(/\n$/, '');
}
