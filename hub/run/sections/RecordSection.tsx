import { useId, type ComponentType } from 'react';
import { TimeAgo } from '../../kit/time/TimeAgo';
import type { Attempt, StepRecords } from '../arrange/arrangeRun';
import { runMessages } from '../messages';
import type { RunRecord } from '../../../shared/records/runRecord';

export interface CardProps<Kind extends RunRecord> {
  readonly attempt: Attempt<Kind>;
}

/** The records of one kind: a card for each step, with its earlier attempts below it. Nothing without records. */
export function RecordSection<Kind extends RunRecord>(props: {
  readonly title: string;
  readonly steps: readonly StepRecords<Kind>[];
  readonly Card: ComponentType<CardProps<Kind>>;
}) {
  const { title, steps, Card } = props;
  const titleId = useId();
  if (steps.length === 0) return null;
  return (
    <section className="run-section" aria-labelledby={titleId}>
      <h2 id={titleId} className="title-s">
        {title}
      </h2>
      {steps.map(({ newest, earlier, alsoAt }) => (
        <div key={newest.key} className="run-step">
          <article className="hub-card run-card depth-8">
            <Card attempt={newest} />
            <Place attempt={newest} isNumbered={earlier.length > 0} />
            {alsoAt.length > 0 && (
              <p className="run-place secondary-text">
                {runMessages.alsoAt}: {alsoAt.map(runMessages.place).join('; ')}
              </p>
            )}
          </article>
          {earlier.length > 0 && (
            <details className="run-earlier">
              <summary>{runMessages.earlier(earlier.length)}</summary>
              {earlier.map((attempt) => (
                <article key={attempt.key} className="hub-card run-card depth-8">
                  <Card attempt={attempt} />
                  <Place attempt={attempt} isNumbered />
                </article>
              ))}
            </details>
          )}
        </div>
      ))}
    </section>
  );
}

/** Which step recorded it, and when that ended. */
function Place({
  attempt: { place },
  isNumbered,
}: {
  readonly attempt: Attempt<RunRecord>;
  readonly isNumbered: boolean;
}) {
  return (
    <p className="run-place secondary-text">
      {place ? runMessages.place(place) : runMessages.unknownPlace}
      {place && isNumbered && `, ${runMessages.attempt(place.attempt)}`}
      {place?.finishedOn !== undefined && (
        <>
          {' · '}
          <TimeAgo at={place.finishedOn} />
        </>
      )}
    </p>
  );
}
