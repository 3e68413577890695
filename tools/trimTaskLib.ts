import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin that leaves out of a bundle the translations of task-lib's own texts, a sixth of a small task: task-lib
 * uses them only where a task sets a resource file, which none of ours does.
 */
export const trimTaskLib: Plugin = {
  name: 'trim-task-lib',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/]azure-pipelines-task-lib[\\/]lib-resource\.js$/ }, ({ path }) => {
      const { messages } = createRequire(import.meta.url)(path) as { readonly messages?: object };
      if (messages === undefined) return { warnings: [{ text: "task-lib no longer has 'messages' in its texts" }] };
      return { contents: `module.exports = ${JSON.stringify({ messages })};` };
    });
  },
};
