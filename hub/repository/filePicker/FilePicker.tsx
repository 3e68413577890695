import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField } from 'azure-devops-ui/TextField';
import { useEffect, useMemo, useState } from 'react';
import type { RepositoryLink } from '../../../shared/variables/registry/revision';
import { useHost } from '../../kit/hubContext';
import { Loading } from '../../kit/Loading';
import { FaultCard } from '../../kit/faults/ProblemCard';
import { EmptyState } from '../../kit/EmptyState';
import { useLoaded, type Loaded } from '../../kit/useLoaded';
import { filePickerMessages as messages } from './filePickerMessages';
import { GitRequests } from '../git/gitRequests';
import type { Repository } from '../git/repository';
import { Picker } from './Picker';

/** What has been chosen so far. */
export type PickedFile = Partial<RepositoryLink>;

export interface FilePickerProps {
  readonly picked: PickedFile;
  readonly onPick: (picked: PickedFile) => void;
  /** In a panel, the focus waits for the first field. */
  readonly isInPanel?: boolean;
}

const variableFiles = /(?:^|\/)model_variables\.(?:ya?ml|json)$/;
const otherFile = '\u0000other';

/** Chooses a file of a repository of the project: repository, branch and path; proposes the variable files. */
export function FilePicker({ picked, onPick, isInPanel = false }: FilePickerProps) {
  const host = useHost();
  const requests = useMemo(() => new GitRequests(host), [host]);
  const [repositories, retry] = useLoaded('repositories', () => requests.repositories());
  if (repositories.kind === 'loading') return <Loading />;
  if (repositories.kind === 'failed') return <FaultCard error={repositories.error} onRetry={() => void retry()} />;
  if (repositories.value.length === 0)
    return (
      <EmptyState icon="Repo" title={messages.noRepositories}>
        {messages.noRepositoriesHelp}
      </EmptyState>
    );
  const known = { requests, repositories: repositories.value, picked, onPick, isInPanel };
  return <Pickers {...known} />;
}

function Pickers(
  props: FilePickerProps & { readonly requests: GitRequests; readonly repositories: readonly Repository[] },
) {
  const { requests, repositories, picked, onPick, isInPanel = false } = props;
  const repository = repositories.find(({ id }) => id === picked.id);
  const only = repositories.length === 1 ? repositories[0] : undefined;
  useEffect(() => {
    if (picked.id === undefined && only) onPick(pickedRepository(only));
  }, [picked.id, only, onPick]);
  return (
    <div className="hub-form">
      <Picker
        label={messages.repository}
        takesFocus={isInPanel}
        placeholder={messages.selectRepository}
        items={repositories.map(({ id, name }) => ({ id, text: name }))}
        selected={repository?.id}
        onSelect={(id) => {
          const next = repositories.find((each) => each.id === id);
          if (next && next.id !== picked.id) onPick(pickedRepository(next));
        }}
        {...(picked.id !== undefined && !repository && { hasError: true, message: messages.unknownRepository })}
      />
      {repository && (
        <Branch key={repository.id} requests={requests} repository={repository} picked={picked} onPick={onPick} />
      )}
    </div>
  );
}

function Branch(props: FilePickerProps & { readonly requests: GitRequests; readonly repository: Repository }) {
  const { requests, repository, picked, onPick } = props;
  const [branches, retry] = useLoaded(repository.id, () => requests.branches(repository));
  if (branches.kind === 'failed') return <FaultCard error={branches.error} onRetry={() => void retry()} />;
  const names = branches.kind === 'loaded' ? branches.value : [];
  const isEmpty = branches.kind === 'loaded' && names.length === 0;
  const isUnknown = branches.kind === 'loaded' && picked.branch !== undefined && !names.includes(picked.branch);
  const message = isEmpty
    ? messages.emptyRepository
    : isUnknown
      ? messages.unknownBranch(picked.branch ?? '')
      : undefined;
  return (
    <>
      <Picker
        label={messages.branch}
        placeholder={messages.selectBranch}
        items={names.map((name) => ({ id: name, text: name }))}
        selected={picked.branch}
        isDisabled={names.length === 0}
        hasError={isEmpty || isUnknown}
        onSelect={(branch) => onPick({ ...picked, branch })}
        {...(message !== undefined && { message })}
      />
      {picked.branch !== undefined && !isEmpty && !isUnknown && (
        <Path
          key={picked.branch}
          requests={requests}
          repository={repository}
          branch={picked.branch}
          picked={picked}
          onPick={onPick}
        />
      )}
    </>
  );
}

function Path(
  props: FilePickerProps & {
    readonly requests: GitRequests;
    readonly repository: Repository;
    readonly branch: string;
  },
) {
  const { requests, repository, branch, picked, onPick } = props;
  const [files, retry] = useLoaded(`${repository.id}:${branch}`, () =>
    requests.filesNamed(repository, branch, variableFiles),
  );
  const [isOther, setOther] = useState(false);
  const found = files.kind === 'loaded' ? files.value : [];
  const only = found.length === 1 ? found[0] : undefined;
  useEffect(() => {
    if (picked.path === undefined && only !== undefined) onPick({ ...picked, path: only });
  }, [picked, only, onPick]);
  if (files.kind === 'failed') return <FaultCard error={files.error} onRetry={() => void retry()} />;
  const isTyped = isOther || (files.kind === 'loaded' && found.length === 0) || isElsewhere(picked.path, files);
  return (
    <>
      {(found.length > 0 || files.kind === 'loading') && (
        <Picker
          label={messages.file}
          placeholder={messages.selectFile}
          isDisabled={files.kind === 'loading'}
          items={[...found.map((path) => ({ id: path, text: path })), { id: otherFile, text: messages.otherFile }]}
          selected={isTyped ? otherFile : picked.path}
          onSelect={(path) => {
            setOther(path === otherFile);
            onPick({ ...picked, path: path === otherFile ? '' : path });
          }}
        />
      )}
      {isTyped && (
        <FormItem label={messages.path} message={found.length === 0 ? messages.noVariableFiles : messages.pathHelp}>
          <TextField
            value={picked.path ?? ''}
            placeholder="/my_model/model_variables.yml"
            spellCheck={false}
            onChange={(_event, path) => onPick({ ...picked, path })}
          />
        </FormItem>
      )}
    </>
  );
}

function isElsewhere(path: string | undefined, files: Loaded<readonly string[]>): boolean {
  return path !== undefined && files.kind === 'loaded' && !files.value.includes(path);
}

function pickedRepository({ id, defaultBranch }: Repository): PickedFile {
  return { id, ...(defaultBranch !== undefined && { branch: defaultBranch }) };
}

/** The link, where all of it is chosen; a path is completed with the slash at its beginning. */
export function linkOf({ id, branch, path }: PickedFile): RepositoryLink | undefined {
  const trimmed = path?.trim() ?? '';
  if (id === undefined || branch === undefined || trimmed === '' || trimmed.endsWith('/')) return undefined;
  return {
    id,
    branch,
    path: `/${trimmed
      .split(/[/\\]+/)
      .filter(Boolean)
      .join('/')}`,
  };
}
