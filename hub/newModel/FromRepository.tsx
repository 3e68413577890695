import { useEffect, useMemo, useState } from 'react';
import { modelIdFor } from '../../shared/variables/registry/modelIds';
import type { RepositoryLink } from '../../shared/variables/registry/revision';
import { useHost } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { useLoaded } from '../kit/useLoaded';
import { FilePicker, linkOf, type FilePickerProps } from '../repository/filePicker/FilePicker';
import { GitRequests } from '../repository/git/gitRequests';
import { CreateModel } from './CreateModel';
import { newModelMessages as messages } from './messages';

/** The variable file of a repository; the model is linked to it. */
export function FromRepository({ picked, onPick }: FilePickerProps) {
  const link = useSettled(linkOf(picked));
  return (
    <>
      <div className="hub-card hub-source depth-4">
        <FilePicker picked={picked} onPick={onPick} />
      </div>
      {link && <File key={JSON.stringify(link)} link={link} />}
    </>
  );
}

const typingPauseMs = 400;

/** The link, when it has not changed for a moment: a path is typed letter by letter. */
function useSettled(link: RepositoryLink | undefined): RepositoryLink | undefined {
  const [settled, setSettled] = useState(link);
  const key = JSON.stringify(link);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(link), typingPauseMs);
    return () => clearTimeout(timer);
    // A link is a new object in every render.
  }, [key]);
  return settled;
}

function File({ link }: { readonly link: RepositoryLink }) {
  const host = useHost();
  const requests = useMemo(() => new GitRequests(host), [host]);
  const [read, retry] = useLoaded('file', async () => {
    const repository = await requests.repository(link.id);
    return { repository, file: await requests.file(repository, link) };
  });
  if (read.kind === 'loading') return <Loading />;
  if (read.kind === 'failed') return <FaultCard error={read.error} onRetry={() => void retry()} />;
  const { file, repository } = read.value;
  if (!file) return <ProblemCard severity="warning">{messages.fileMissing(link.path, link.branch)}</ProblemCard>;
  if (file.text === undefined) return <ProblemCard severity="error">{messages.fileNotText(link.path)}</ProblemCard>;
  const [folder = repository.name] = link.path.split('/').filter(Boolean).slice(0, -1).reverse();
  return (
    <CreateModel
      text={file.text}
      source={link.path.split('/').at(-1) ?? link.path}
      comment={messages.repositoryComment(link.path, file.commitId)}
      repository={link}
      isOnDefaultBranch={link.branch === repository.defaultBranch}
      otherId={modelIdFor(folder)}
    />
  );
}
