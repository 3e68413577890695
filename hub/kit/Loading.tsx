import { Spinner, SpinnerSize } from 'azure-devops-ui/Spinner';
import { useEffect, useState } from 'react';
import { kitMessages } from './messages';

/** A page that loads faster than this shows no spinner, which would only flicker. */
const spinnerDelayMs = 300;

/** Shown instead of what is being loaded. */
export function Loading() {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), spinnerDelayMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="hub-loading flex-column flex-center justify-center" aria-busy="true">
      {isSlow && <Spinner size={SpinnerSize.large} label={kitMessages.loading} />}
    </div>
  );
}
