import type { MessagePort } from 'node:worker_threads';

/** A request of a notebook whose thread sleeps until the bell has been rung. */
export interface WorkspaceRequest {
  /** JSON of `notebook_runtime/network.py`. */
  readonly request: string;
  readonly reply: MessagePort;
  readonly bell: Int32Array;
}

interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body: string;
}

/** Sends a request of a notebook to its workspace, at `apiUrl`, and to nothing else. */
export async function askWorkspace({ request, reply, bell }: WorkspaceRequest, apiUrl?: string): Promise<void> {
  reply.postMessage(JSON.stringify(await answerOf(JSON.parse(request) as HttpRequest, apiUrl)));
  reply.close();
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
}

async function answerOf({ method, url, headers, body }: HttpRequest, apiUrl: string | undefined): Promise<object> {
  if (apiUrl === undefined || !URL.canParse(url) || new URL(url).origin !== new URL(apiUrl).origin)
    return { refusal: `Notebooks of the sandbox reach only their workspace, not ${url}.` };
  try {
    const content = Buffer.from(body, 'base64');
    const response = await fetch(url, { method, headers, ...(content.length > 0 && { body: content }) });
    return {
      status: response.status,
      reason: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    };
  } catch (error) {
    return { refusal: `The workspace did not answer: ${String(error)}` };
  }
}
