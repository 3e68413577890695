import type { TextChange } from '../../shared/variables/edit/changes';
import { pathText } from '../../shared/variables/pathText';
import type { Plain } from '../../shared/variables/tree';
import { spellPlain } from '../variables/spelling';
import { reviewMessages } from './messages';

const { columns } = reviewMessages;

/** The values that differ, by name and environment. */
export function ChangesTable({ changes }: { readonly changes: readonly TextChange[] }) {
  return (
    <table className="review-changes" aria-label={reviewMessages.changes}>
      <thead>
        <tr>
          {Object.values(columns).map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, environment, before, after }) => (
          <tr key={`${environment ?? ''}/${pathText(path)}`}>
            <th scope="row">{pathText(path)}</th>
            <td data-label={columns.environment}>{environment ?? reviewMessages.allEnvironments}</td>
            <td data-label={columns.before} className="review-before">
              <Value value={before} />
            </td>
            <td data-label={columns.after} className="review-after">
              <Value value={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value as it is written; in words where there is none. */
export function Value({ value }: { readonly value: Plain | undefined }) {
  if (value === undefined) return <em>{reviewMessages.notSet}</em>;
  if (value === null) return <em>{reviewMessages.unset}</em>;
  return <code>{spellPlain(value)}</code>;
}
