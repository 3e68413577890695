import { useState } from 'react';
import type { PickedFile } from '../repository/filePicker/FilePicker';
import { useHub } from '../kit/hubContext';
import { PageFrame } from '../kit/PageFrame';
import { FromRepository } from './FromRepository';
import { FromTable } from './table/FromTable';
import { FromTemplate } from './template/FromTemplate';
import { FromText } from './FromText';
import { newModelMessages as messages, ways, type Way } from './messages';
import './newModel.css';

/** Creates a model in one of four ways. What was entered for one way stays when another one is looked at. */
export function NewModelScreen() {
  const { route, go } = useHub();
  const way = ways.find((each) => route.view === 'new' && each === route.from);
  const [text, setText] = useState('');
  const [table, setTable] = useState('');
  const [picked, setPicked] = useState<PickedFile>({});
  return (
    <PageFrame title={messages.title} onBack={{ label: messages.back, action: () => go({ view: 'models' }) }}>
      <WayChoice way={way} onChoose={(next) => go({ view: 'new', from: next }, { replace: true })} />
      {way === 'template' && <FromTemplate />}
      {way === 'repository' && <FromRepository picked={picked} onPick={setPicked} />}
      {way === 'text' && <FromText text={text} onChange={setText} />}
      {way === 'table' && <FromTable pasted={table} onChange={setTable} />}
    </PageFrame>
  );
}

function WayChoice({ way, onChoose }: { readonly way: Way | undefined; readonly onChoose: (way: Way) => void }) {
  return (
    <fieldset className="hub-ways">
      <legend className="title-s">{messages.how}</legend>
      <div className="hub-ways-list">
        {ways.map((each) => (
          <label key={each} className="hub-way hub-card depth-4">
            <input
              type="radio"
              name="way"
              value={each}
              checked={each === way}
              aria-labelledby={`way-${each}-title`}
              aria-describedby={`way-${each}`}
              onChange={() => onChoose(each)}
            />
            <span className="hub-way-text">
              <span id={`way-${each}-title`} className="hub-way-title">
                {messages.ways[each].title}
              </span>
              <span id={`way-${each}`} className="secondary-text">
                {messages.ways[each].help}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
