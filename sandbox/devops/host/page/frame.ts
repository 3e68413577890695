import { elementOf } from './element';

/** Whatever the page of Azure DevOps allows to a frame; dialogs of the browser (`alert`) are not among it. */
const sandbox =
  'allow-same-origin allow-scripts allow-popups allow-popups-to-escape-sandbox allow-forms allow-downloads';

/** The frame of the extension, which starts to load. */
export function addFrame(
  title: string,
  url: string,
): { readonly frame: HTMLIFrameElement; readonly frameWindow: Window } {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.setAttribute('sandbox', sandbox);
  frame.src = url;
  elementOf('content', 'div').append(frame);
  if (!frame.contentWindow) throw new Error('The browser shows no frames.');
  return { frame, frameWindow: frame.contentWindow };
}

/** Shows what happens instead of the extension: that it loads, or why it did not. */
export function showState(text: string, isFailure = false): void {
  const state = elementOf('state', 'div');
  state.textContent = text;
  state.classList.toggle('failure', isFailure);
  state.hidden = text === '';
}
