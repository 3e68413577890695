import { Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import { fileMessages } from './messages';
import type { TextProblem } from './textProblems';

/** More are left out: the first ones are often the cause of the others. */
const mostShown = 200;

/** The problems of a text below its editor; each with a line moves the cursor there. */
export function ProblemList(props: {
  readonly problems: readonly TextProblem[];
  readonly onGoTo: (line: number) => void;
}) {
  const { problems, onGoTo } = props;
  return (
    <section className="hub-card hub-problems depth-8" aria-label={fileMessages.problemList}>
      <div role="status">
        <h2 className="title-xs">{countText(problems)}</h2>
      </div>
      {problems.length > 0 && (
        <ol>
          {problems.slice(0, mostShown).map((problem, index) => (
            <li key={index}>
              <ProblemText problem={problem} onGoTo={onGoTo} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function ProblemText({ problem, onGoTo }: { readonly problem: TextProblem; readonly onGoTo: (line: number) => void }) {
  const { line, message, severity } = problem;
  const isError = severity === 'error';
  const content = (
    <>
      <Status
        {...(isError ? Statuses.Failed : Statuses.Information)}
        size={StatusSize.s}
        ariaLabel={isError ? fileMessages.error : fileMessages.note}
      />
      {line !== undefined && <span className="hub-problem-line">{fileMessages.goTo(line)}</span>}
      <span>{message}</span>
    </>
  );
  if (line === undefined) return <div className="hub-problem">{content}</div>;
  return (
    <button type="button" className="hub-problem" onClick={() => onGoTo(line)}>
      {content}
    </button>
  );
}

function countText(problems: readonly TextProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const notes = problems.length - errors;
  const parts = [
    errors === 0 ? fileMessages.noProblems : fileMessages.problems(errors),
    ...(notes === 0 ? [] : [fileMessages.notes(notes)]),
  ];
  return parts.join(' · ');
}
