import { useHub } from '../kit/hubContext';
import { PageFrame } from '../kit/PageFrame';
import { RouteLink } from '../kit/RouteLink';
import { modelPage } from '../page/route';

/** The list of the models. */
export function ModelsScreen() {
  const { contents } = useHub();
  return (
    <PageFrame title="Models">
      <ul>
        {contents.models.map(({ id }) => (
          <li key={id}>
            <RouteLink to={modelPage(id)}>{id}</RouteLink>
          </li>
        ))}
      </ul>
    </PageFrame>
  );
}
