import { useId, type ReactNode } from 'react';

/** A part of the settings with its title. */
export function Part(props: { readonly title: string; readonly help?: string; readonly children: ReactNode }) {
  const { title, help, children } = props;
  const id = useId();
  return (
    <section className="hub-card settings-part depth-8" aria-labelledby={id}>
      <h2 id={id} className="title-s">
        {title}
      </h2>
      {help !== undefined && <p>{help}</p>}
      {children}
    </section>
  );
}
