import type { Frame, Page } from 'playwright-core';

/** Presses keys one after another, such as `Tab`, `Shift+Tab`, `Control+s`. */
export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** The focused element of a frame: its role and its name, such as `button Save`, or its tag without them. */
export async function focused(frame: Frame): Promise<string> {
  return frame.evaluate(() => {
    const element = document.activeElement;
    // What has no name of its own has all the text of the page.
    if (!element || element === document.body) return '';
    const labelled = (element.getAttribute('aria-labelledby') ?? '')
      .split(/\s+/)
      .map((id) => (id === '' ? '' : (document.getElementById(id)?.textContent ?? '')))
      .join(' ')
      .trim();
    const label = element.id === '' ? null : document.querySelector(`label[for="${CSS.escape(element.id)}"]`);
    const names = [
      element.getAttribute('aria-label'),
      labelled,
      label?.textContent,
      element.matches('input[type="radio"], input[type="checkbox"]') ? element.closest('label')?.textContent : null,
      element instanceof HTMLInputElement ? element.value || element.placeholder : element.textContent,
    ];
    const name = names.find((each) => typeof each === 'string' && each.trim() !== '') ?? '';
    const role = element.getAttribute('role') ?? element.tagName.toLowerCase();
    return `${role} ${name.trim().replace(/\s+/g, ' ')}`.trim();
  });
}

/** Waits until the focused element reads so, for two seconds at most. @returns how it reads then */
export async function focusedAtLast(frame: Frame, wanted: RegExp): Promise<string> {
  let at = await focused(frame);
  for (let attempt = 0; attempt < 40 && !wanted.test(at); attempt += 1) {
    await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
    at = await focused(frame);
  }
  return at;
}

/**
 * Presses Tab until the focused element reads so.
 * @throws Error with what was focused on the way, when nothing does
 */
export async function tabTo(page: Page, frame: Frame, wanted: RegExp, key = 'Tab', most = 80): Promise<string> {
  const seen: string[] = [];
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press(key);
    const at = await focused(frame);
    if (wanted.test(at)) return at;
    seen.push(at);
  }
  throw new Error(`${most} times ${key} did not reach ${String(wanted)}: ${seen.join(' | ')}`);
}
