/** Later steps get all variables in their environment, which holds only so much. */
export const mostVariables = 1000;

/** Windows takes 32,766 characters for each, Linux more. */
export const longestValue = 32_000;
