import * as shape from '../../shared/http/shape';

/** The shape of an answer that a test looks at as a whole. */
export const anything = shape.optional(shape.json);
