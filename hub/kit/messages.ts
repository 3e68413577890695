/** The texts that several screens use. */
export const kitMessages = {
  loading: 'Loading',
  tryAgain: 'Try again',
  details: (detail: string) => `Details: ${detail}`,
  close: 'Close',
  moreActions: 'More actions',
  cancel: 'Cancel',
};
