import { useCallback, useRef, useState } from 'react';

/**
 * Whether an element is narrower than a width; the window, until the element is there. Another width on the same side renders
 * nothing again.
 * @param pixels the same as long as the component is shown
 */
export function useIsNarrow(pixels: number): readonly [(element: HTMLElement | null) => void, boolean] {
  const [isNarrow, setIsNarrow] = useState(() => innerWidth < pixels);
  const observer = useRef<ResizeObserver>();
  const attach = useCallback(
    (element: HTMLElement | null) => {
      observer.current?.disconnect();
      if (!element) return;
      setIsNarrow(element.clientWidth < pixels);
      observer.current = new ResizeObserver(([entry]) => {
        if (entry) setIsNarrow(entry.contentRect.width < pixels);
      });
      observer.current.observe(element);
    },
    [pixels],
  );
  return [attach, isNarrow];
}
