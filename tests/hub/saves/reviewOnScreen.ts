import type { Frame, Page } from 'playwright-core';
import type { OpenHub } from '../support/browser';

/**
 * What the page asks for next: `edited` before a review is open, `ready` to save, `contested` names or texts that are
 * `apart`, `failed` requests, `nothing` to save, and `saved` when no edit is left.
 */
export type ReviewState = 'edited' | 'ready' | 'contested' | 'apart' | 'failed' | 'nothing' | 'saved';

/** Types a value into a cell of the grid, and applies it. @param column 1 is the one for all environments */
export async function typeInto({ page, frame }: OpenHub, name: string, column: number, value: string): Promise<void> {
  const cell = frame.locator(`[data-cell="${name}/${column}"]`);
  await cell.click();
  await cell.getByRole('textbox').fill(value);
  await page.keyboard.press('Enter');
}

/** Waits until the page asks for something, and says for what. */
export async function reviewState(frame: Frame): Promise<ReviewState> {
  const found = await frame.waitForFunction(() => {
    const buttons = [...document.querySelectorAll('button, [role="button"]')];
    const named = (name: string) => buttons.find((each) => each.textContent.trim() === name);
    const isEnabled = (name: string) => {
      const button = named(name);
      return (
        button !== undefined && button.getAttribute('aria-disabled') !== 'true' && !button.hasAttribute('disabled')
      );
    };
    if (named('Use these values')) return 'contested';
    if (named('Use your text')) return 'apart';
    // Outside of the review, it is about what is shown, not about what is saved.
    if (buttons.some((each) => each.textContent.trim() === 'Try again' && each.closest('[role="dialog"]')))
      return 'failed';
    if (document.body.textContent.includes('There is nothing to save')) return 'nothing';
    if (isEnabled('Save')) return 'ready';
    if (document.querySelector('[role="dialog"]')) return false;
    return document.querySelector('.change-bar') ? 'edited' : 'saved';
  });
  return (await found.jsonValue()) as ReviewState;
}

export interface Reviewer {
  /** Whether to keep one's own value of a name that someone else changed, too. */
  readonly keepsOwn: () => boolean;
  /** Called with the names of each conflict. */
  readonly onConflict: (page: Page) => Promise<void> | void;
}

/** Reviews and saves as a person does who chooses in conflicts and tries again after failures. @returns the conflicts */
export async function saveOnScreen({ page, frame }: OpenHub, reviewer: Reviewer): Promise<number> {
  const button = (name: string) => frame.getByRole('button', { name, exact: true });
  let conflicts = 0;
  for (let step = 0; step < 60; step += 1)
    switch (await reviewState(frame)) {
      case 'edited':
        await button('Review and save').click();
        await frame.getByRole('dialog').waitFor();
        break;
      case 'contested':
        conflicts += 1;
        await reviewer.onConflict(page);
        for (const group of await frame
          .getByRole('group')
          .filter({ has: frame.getByRole('radio') })
          .all())
          await group.getByRole('radio', { name: reviewer.keepsOwn() ? /^Yours/ : /^Theirs/ }).check();
        await button('Use these values').click();
        break;
      case 'failed':
        await frame.getByRole('dialog').getByRole('button', { name: 'Try again', exact: true }).click();
        break;
      case 'nothing':
        await button('Cancel').click();
        break;
      case 'ready':
        await button('Save').click();
        break;
      case 'apart':
        throw new Error('The texts of two people who changed values cannot be merged.');
      case 'saved':
        return conflicts;
    }
  throw new Error('The review did not come to its end.');
}
