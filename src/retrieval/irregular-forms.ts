/** English forms that no stemmer joins to their word: "went" to "go", "children" to "child". */
const FORMS = `
  ate eaten eat, became become, began begun begin, bent bend, bit bitten bite, blew blown blow, bought buy,
  brought bring, broke broken break, built build, burnt burn, came come, caught catch, children child,
  chose chosen choose, dealt deal, drank drunk drink, drawn drew draw, driven drove drive, fallen fell fall,
  fed feed, feet foot, felt feel, fled flee, flew flown fly, forgot forgotten forget, fought fight, found find,
  frozen froze freeze, gave given give, gone went go, got gotten get, grew grown grow, halves half, heard hear,
  held hold, hidden hid hide, hung hang, indices index, kept keep, knew known know, learnt learn, led lead,
  lent lend, lost lose, made make, matrices matrix, meant mean, men man, met meet, mice mouse,
  overwritten overwrote overwrite, paid pay, people person, ran run, rang rung ring, rebuilt rebuild, reran rerun,
  resent resend, rewritten rewrote rewrite, ridden rode ride, risen rose rise, said say, sang sung sing, sat sit,
  saw seen see, sent send, shaken shook shake, shone shine, shot shoot, shown show, shrank shrunk shrink,
  slept sleep, slid slide, sold sell, sought seek, spent spend, spoke spoken speak, sprang sprung spring,
  stole stolen steal, stood stand, struck strike, stuck stick, swam swum swim, swept sweep, taken took take,
  taught teach, teeth tooth, thought think, threw thrown throw, told tell, tore torn tear, understood understand,
  undone undid undo, vertices vertex, woke woken wake, women woman, won win, wore worn wear, written wrote write`;

/** The word of each form, all in lower case. */
export const irregularForms: ReadonlyMap<string, string> = new Map(
  FORMS.split(',').flatMap((entry) => {
    const forms = entry.trim().split(/\s+/u);
    const word = forms.pop() ?? '';
    return forms.map((form): [string, string] => [form, word]);
  }),
);
