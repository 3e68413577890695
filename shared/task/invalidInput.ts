/** The reason why an input's text is no value, as the words that follow "Input 'name' ". */
export class InvalidInput extends Error {}
