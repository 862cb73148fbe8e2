// Is this key part of a word that an input method is still composing? Then it is the input method's, not ours: Chinese is
// typed with arrows and Enter. keyCode 229 says the same in browsers that end the composition before the key.
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
