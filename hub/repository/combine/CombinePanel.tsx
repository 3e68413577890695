import { ContentSize } from 'azure-devops-ui/Callout';
import { FormItem } from 'azure-devops-ui/FormItem';
import { Panel } from 'azure-devops-ui/Panel';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { RepositoryLink } from '../../../shared/variables/registry/revision';
import { useHost } from '../../kit/hubContext';
import { kitMessages } from '../../kit/messages';
import { useModel } from '../../kit/modelContext';
import { FaultCard, ProblemCard } from '../../kit/faults/ProblemCard';
import { startFocus } from '../../kit/focus/startFocus';
import { TextDiff } from '../../review/TextDiff';
import { combineTexts, withChoices, type Combination, type Side } from './combineTexts';
import { ContestedValues } from './ContestedValues';
import type { GitRequests } from '../git/gitRequests';
import { repositoryMessages as messages } from '../messages';
import { propose } from '../git/openPullRequest';
import type { RepositoryState } from '../state/readRepositoryState';
import { takeComment } from '../state/takeComment';

export interface CombinePanelProps {
  /** `take`: the model gets the values of the file. `propose`: the file gets those of the model. */
  readonly mode: 'take' | 'propose';
  readonly link: RepositoryLink;
  readonly read: RepositoryState;
  readonly requests: GitRequests;
  readonly onDismiss: () => void;
  /** A pull request was opened or found. */
  readonly onDone: () => void;
}

/** Chooses the value of names that both sides changed, and shows what will be written. */
export function CombinePanel(props: CombinePanelProps) {
  const { mode, link, read, onDismiss } = props;
  const { model, text, edit, review } = useModel();
  const { file, sync } = read;
  const hub = mode === 'take' ? text : model.text;
  const [chosen, setChosen] = useState<Readonly<Record<string, Side>>>({});
  const [comment, setComment] = useState('');
  const proposal = usePropose(props);
  const preferred: Side = mode === 'take' ? 'file' : 'hub';
  const combined = useMemo<Combination>(
    () =>
      file?.text === undefined
        ? { kind: 'combined', text: hub, contested: [] }
        : combineTexts(sync?.text, hub, file.text),
    [sync, hub, file],
  );
  const contested = combined.kind === 'combined' ? combined.contested : [];
  const sideOf = (key: string): Side => chosen[key] ?? preferred;
  const result =
    combined.kind === 'combined' ? withChoices(combined.text, contested, (key) => sideOf(key) === 'hub') : combined;
  // Where the names cannot be compared, the whole text of the file can be taken: the review shows what it replaces.
  const whole = mode === 'take' && result.kind === 'problem' ? file?.text : undefined;
  const next = result.kind === 'combined' ? result.text : whole;
  const confirm = () => {
    if (next === undefined) return;
    if (mode === 'propose') {
      proposal.send(next, comment);
      return;
    }
    onDismiss();
    edit(next);
    review({ comment: takeComment(link.path, file?.commitId ?? '') });
  };
  const before = mode === 'take' ? text : (file?.text ?? '');
  return (
    <Panel
      defaultActiveElement={startFocus.firstField}
      size={ContentSize.Large}
      onDismiss={onDismiss}
      titleProps={{ text: mode === 'take' ? messages.take : messages.openPullRequest }}
      description={mode === 'take' ? messages.takeHelp : messages.proposeHelp(link.path, link.branch)}
      footerButtonProps={[
        { text: kitMessages.cancel, onClick: onDismiss },
        {
          text: mode === 'take' ? messages.review : proposal.isBusy ? messages.opening : messages.openPullRequest,
          primary: true,
          disabled: next === undefined || next === before || proposal.isBusy,
          onClick: confirm,
        },
      ]}
    >
      <div className="hub-combine">
        {proposal.error !== undefined && <FaultCard error={proposal.error} onRetry={confirm} />}
        {result.kind === 'problem' && (
          <ProblemCard severity="warning">
            {result.problem} {whole === undefined ? messages.proposeByHand : messages.takeWhole}
          </ProblemCard>
        )}
        {contested.length > 0 && (
          <ContestedValues
            isRelated={sync !== undefined}
            contested={contested}
            sideOf={sideOf}
            onChoose={(keys, side) =>
              setChosen((earlier) => ({ ...earlier, ...Object.fromEntries(keys.map((key) => [key, side])) }))
            }
          />
        )}
        {mode === 'propose' && (
          <FormItem label={messages.comment} message={messages.commentHelp}>
            <TextField
              multiline
              rows={3}
              width={TextFieldWidth.auto}
              value={comment}
              onChange={(_event, value) => setComment(value)}
            />
          </FormItem>
        )}
        {next !== undefined && next === before && <ProblemCard severity="info">{messages.nothingChanges}</ProblemCard>}
        {next !== undefined && next !== before && (
          <>
            <div className="title-xs">{mode === 'take' ? messages.changesOfModel : messages.changesOfFile}</div>
            <TextDiff before={before} after={next} />
          </>
        )}
      </div>
    </Panel>
  );
}

function usePropose({ link, read, requests, onDone }: CombinePanelProps) {
  const host = useHost();
  const { model } = useModel();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = async (text: string, comment: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const proposal = {
        model: model.id,
        rev: model.rev,
        link,
        file: read.file,
        text,
        comment: comment.trim() || model.comment,
      };
      const { pullRequest, isNew } = await propose(requests, read.repository, proposal);
      host.toast(isNew ? messages.opened(pullRequest.number) : messages.wasOpen(pullRequest.number), {
        text: messages.show,
        onAction: () => host.navigation.open(pullRequest.url, { newTab: true }),
      });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, send: (text: string, comment: string) => void send(text, comment) };
}
