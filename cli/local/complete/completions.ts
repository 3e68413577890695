import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { printed } from './printed';

/** What can follow the words of a command line, as the scripts of `mloccli complete` read it. */
export function completions(program: Command, words: readonly string[]): string {
  return printed(() => {
    tab(program).parse([...words]);
  });
}
