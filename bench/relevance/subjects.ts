/** Subjects that tasks are about, made up for this measurement: lessons, and requests in other words. */

/** One thing that tasks ask for. */
export interface Topic {
  /** What was learned about it: when, and what to do. Null: nothing was. */
  lesson: { condition: string; advice: string } | null;
  /** Actions as agents log them. */
  action: string;
  /** Requests that mean it, each in words of its own. */
  asks: readonly string[];
}

/** Topics of one kind of task. */
export interface Subject {
  category: string;
  topics: readonly Topic[];
}

const topic = (action: string, condition: string, advice: string, ...asks: string[]): Topic => ({
  lesson: { condition, advice },
  action,
  asks,
});
const unlearned = (action: string, ...asks: string[]): Topic => ({ lesson: null, action, asks });

/** Each with two topics about which something was learned, and one about which nothing was. */
export const subjects: readonly Subject[] = [
  {
    category: 'orders',
    topics: [
      topic(
        'look_up_payment',
        'A buyer wants a refund of an order',
        'Check by which means it was paid before money is sent back',
        'The lamp arrived broken and she would like her money back',
        'Reimburse the customer for the purchase that came twice',
        'He returned the shoes last week and asks when he gets the amount credited',
      ),
      topic(
        'change_address',
        'The delivery address of an order has to be changed',
        'Do it before the parcel is handed to the carrier, else cancel and place it anew',
        'They moved house and the package must go to the new street',
        'Send the shipment to my office instead of my home',
        'The parcel is on its way to the wrong town',
      ),
      unlearned(
        'apply_voucher',
        'The discount code is refused at checkout',
        'Add ten percent off for a loyal client',
        'A gift card shows no balance left',
      ),
    ],
  },
  {
    category: 'tests',
    topics: [
      topic(
        'fake_clock',
        'A test fails only now and then',
        'Look for time and random numbers in it, and replace the clock',
        'The suite is flaky: one run in ten is red without any change',
        'Sometimes the check passes and sometimes not, on the same commit',
        'Find out why the nightly build breaks at random',
      ),
      topic(
        'update_snapshot',
        'A snapshot test differs after a wanted change of the output',
        'Read the difference first, then record the snapshot again',
        'The stored expected rendering no longer matches since the button was restyled',
        'Golden files are out of date after the new header went in',
        'Accept the new markup as the reference of the component tests',
      ),
      unlearned(
        'measure_coverage',
        'Which lines does no test reach?',
        'Raise the share of covered branches to eighty percent',
        'Report how much of the parser is exercised',
      ),
    ],
  },
  {
    category: 'databases',
    topics: [
      topic(
        'add_index',
        'A query on a large table is slow',
        'Look at its plan and add an index on the filtered columns',
        'The customer list takes nine seconds to load since we have a million rows',
        'Searching invoices by date times out',
        'Speed up the select statement behind the dashboard',
      ),
      topic(
        'retry_transaction',
        'Two transactions block each other and one is aborted',
        'Run the aborted one again, and take locks in one order',
        'Concurrent bookings end in a deadlock every few minutes',
        'Writers are killed because they wait for one another',
        'The import stops when two workers update the same rows',
      ),
      unlearned(
        'take_backup',
        'Save a copy of the production data every night',
        'Restore yesterday’s dump on the staging machine',
        'How long would it take to recover after the disk is lost?',
      ),
    ],
  },
  {
    category: 'deployment',
    topics: [
      topic(
        'raise_memory',
        'A container is killed because it needs more memory than allowed',
        'Measure its use, then raise the limit or stream the data',
        'The pod restarts all the time with exit code 137',
        'Our service is shot down by the kernel as soon as big uploads arrive',
        'RAM is exhausted whenever the report is generated in the cluster',
      ),
      topic(
        'roll_back',
        'A new release makes errors for users',
        'Go back to the last good version first, and search for the cause afterwards',
        'Since this morning’s rollout many visitors see a blank page',
        'Version 4.2 went live and complaints are pouring in',
        'The latest ship broke logins in production',
      ),
      unlearned(
        'rotate_certificate',
        'The TLS certificate of the gateway ends on Friday',
        'Browsers warn that the site is not trusted any more',
        'Renew the keys of the load balancer',
      ),
    ],
  },
  {
    category: 'travel',
    topics: [
      topic(
        'check_fare_rules',
        'A passenger wants to change the date of a flight',
        'Read the fare rules and name the fee before anything is changed',
        'I need to fly home two days later than booked',
        'Move my ticket to Lisbon from Monday to Wednesday',
        'Can she take an earlier plane on the same day?',
      ),
      topic(
        'add_baggage',
        'A traveller brings more luggage than the ticket allows',
        'Offer the allowance that frequent flyers have for nothing',
        'He has a second suitcase to check in',
        'How much is an extra bag on the way to Oslo?',
        'We carry skis and two trunks on our trip',
      ),
      unlearned(
        'choose_seat',
        'I would like to sit by the window',
        'Place the family of four in one row',
        'Is there more legroom at the emergency exit?',
      ),
    ],
  },
  {
    category: 'documents',
    topics: [
      topic(
        'compare_clauses',
        'A contract has to be checked for its notice period',
        'Compare it with the law of the country, which may set a longer one',
        'By when can the tenant leave the lease?',
        'How many weeks ahead must this agreement be terminated?',
        'Find the cancellation terms in the supplier deal',
      ),
      topic(
        'keep_terms',
        'A text has to be translated for a trade',
        'Build a list of its special terms first and keep to it',
        'Bring the manual of the milling machine into Spanish',
        'A French version of the surgical handbook is needed',
        'Localise the safety sheet of the paint for Poland',
      ),
      unlearned(
        'number_pages',
        'Put a table of contents in front of the report',
        'Every chapter should begin on the right-hand side',
        'Add footers with dates to the brochure',
      ),
    ],
  },
  {
    category: 'interface',
    topics: [
      topic(
        'check_contrast',
        'Colours of an interface are changed',
        'Measure the contrast of text and background for readers with weak sight',
        'Give the app a dark theme',
        'The grey letters on the banner are hard to read',
        'Repaint the buttons in the new brand’s orange',
      ),
      topic(
        'debounce_input',
        'A field asks the server at every key that is pressed',
        'Wait until the typing pauses before asking',
        'The search box floods the backend with calls while people type',
        'Suggestions flicker as letters are entered',
        'Autocomplete sends forty requests for one word',
      ),
      unlearned(
        'align_grid',
        'On phones the three cards should stand below each other',
        'The sidebar overlaps the content on small screens',
        'Centre the logo in the top bar',
      ),
    ],
  },
  {
    category: 'security',
    topics: [
      topic(
        'escape_input',
        'Input of users ends up in a query or a page',
        'Pass it as a parameter or escape it, never join it to the text',
        'A quote in the name field breaks the statement',
        'Someone posted a script in a comment and it ran for everybody',
        'Close the injection hole in the login form',
      ),
      topic(
        'revoke_key',
        'A secret was published by mistake',
        'Revoke it at once; removing it from the history is not enough',
        'The API token is visible in the public repository',
        'An employee mailed the password of the mailbox to a client',
        'Our cloud credentials leaked in a log file',
      ),
      unlearned(
        'review_rights',
        'Which people may still read the finance folder?',
        'Interns should not be able to delete projects',
        'List all accounts with administrator rights',
      ),
    ],
  },
];

/** Of kinds of which nothing was learned at all. */
export const strangers: readonly Subject[] = [
  {
    category: 'cooking',
    topics: [
      unlearned('plan_menu', 'Suggest a dinner for six without nuts', 'Which wine goes with roast duck?'),
      unlearned(
        'scale_recipe',
        'Turn the cake recipe into one for forty people',
        'Can I bake it without eggs?',
      ),
    ],
  },
  {
    category: 'music',
    topics: [
      unlearned('transpose', 'Write the melody a third lower for the clarinet', 'Which chords are these?'),
      unlearned('list_songs', 'Make a playlist for a slow evening', 'Find the singer of this old ballad'),
    ],
  },
  {
    category: 'biology',
    topics: [
      unlearned('name_bird', 'Which bird sings like this at dawn?', 'Tell the two kinds of oak apart'),
      unlearned('explain_cell', 'Explain how cells divide to a twelve-year-old', 'What do mitochondria do?'),
    ],
  },
  {
    category: 'sports',
    topics: [
      unlearned(
        'plan_training',
        'A plan for my first half marathon in May',
        'How often should I swim a week?',
      ),
      unlearned(
        'draw_fixtures',
        'Draw the pairings of the chess tournament',
        'Who won the cup in that year?',
      ),
    ],
  },
  {
    category: 'garden',
    topics: [
      unlearned('water_plants', 'Brown spots on the leaves of my roses', 'When are tomatoes put outside?'),
      unlearned('plan_beds', 'Lay out a shady bed along the north wall', 'Which hedge grows fastest?'),
    ],
  },
  {
    category: 'finance',
    topics: [
      unlearned(
        'compute_loan',
        'What is the monthly rate of a mortgage over thirty years?',
        'Compare two savings plans',
      ),
      unlearned('sort_expenses', 'Put my spending of March in groups', 'How much did we pay for heating?'),
    ],
  },
  {
    category: 'geometry',
    topics: [
      unlearned(
        'prove',
        'Prove that the three medians meet in one point',
        'What is the area of this pentagon?',
      ),
      unlearned(
        'compute_angle',
        'Find the angle between the two planes',
        'How far is the point from the line?',
      ),
    ],
  },
  {
    category: 'history',
    topics: [
      unlearned('date_event', 'When did the city get its first bridge?', 'Who ruled during the famine?'),
      unlearned(
        'summarise',
        'Sum up the causes of the revolt in five lines',
        'Make a timeline of the dynasty',
      ),
    ],
  },
];

/** Said in tasks of any kind: it tells nothing about what they want. */
export const remarks: readonly string[] = [
  'Please be careful and say what you did.',
  'This is urgent, we need it today.',
  'Ask if anything is unclear.',
  'Keep the answer short.',
  'We tried this before without luck.',
  'Thank you in advance!',
  'The person who usually does this is on holiday.',
  'See the notes of our last meeting for more.',
  'Do not change anything else.',
  'It worked until last Tuesday.',
  'Check the result twice before you hand it in.',
  'There is a file with more details attached.',
];

/** Errors that tasks may quote, with what helped. */
export const errors: readonly { text: (n: number) => string; signature: string; action: string }[] = [
  {
    text: (n) => `ConnectionResetError: peer closed after ${n} bytes`,
    signature: 'ConnectionResetError: peer closed after <n> bytes',
    action: 'lower_batch_size',
  },
  {
    text: (n) => `ValidationError: field ${n} must not be empty`,
    signature: 'ValidationError: field <n> must not be empty',
    action: 'fill_defaults',
  },
  {
    text: (n) => `TimeoutException: no answer within ${n} ms`,
    signature: 'TimeoutException: no answer within <n> ms',
    action: 'ask_replica',
  },
  {
    text: (n) => `QuotaError: ${n} requests used`,
    signature: 'QuotaError: <n> requests used',
    action: 'wait_for_window',
  },
];
