/** The first so many characters of a text; a cut between the halves of a surrogate pair would leave invalid Unicode. */
export function cutText(text: string, max: number): string {
  const next = text.charCodeAt(max);
  return text.slice(0, next >= 0xdc00 && next <= 0xdfff ? max - 1 : max);
}
