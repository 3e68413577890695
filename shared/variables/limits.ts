/** Later steps get all variables in their environment, whose size is limited. */
export const mostVariables = 1000;

/** In characters. Windows allows 32,766 for each variable, Linux more. */
export const longestValue = 32_000;
