/** The reason why an input's text is not a valid value, as the words that follow "Input 'name' ". */
export class InvalidInput extends Error {}
