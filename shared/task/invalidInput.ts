/** The reason why the text of an input can't be used, as the words that follow "Input 'name' ". */
export class InvalidInput extends Error {}
