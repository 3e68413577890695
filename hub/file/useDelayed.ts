import { useEffect, useState } from 'react';

/** How long a text has to stay the same before it is checked, in milliseconds: typing goes on in the meantime. */
const pauseMs = 250;

/** The first value at once, and later ones when they have not changed for a moment. */
export function useDelayed<T>(value: T): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return delayed;
}
