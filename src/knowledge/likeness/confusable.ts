/** Words of which a slip of a letter makes another word: "contact" and "contract". Pure. */

/**
 * Common words that are one letter apart from another one, found by comparing the words of manuals with each other.
 * Between two of them nothing is misspelt.
 */
export const confusable: ReadonlySet<string> = new Set(
  `
  accented accents accept accepted accepts adapt adapted adapter adaption adapts added addend adopt adopted adopter
  adoption adopts affect affects angel angels angle angles area arena assert asserted asserts asset assets assorted
  assume assumed attached attaches attack attacked attacks back backed backend bank based basics basis batch bath
  below bending beside besides biased bidding binding bindings binds bins black blank blinding blow boost boot border
  borders boring bound bounds brake brakes breadth break breaks breath breathe bring building buildings bundlers
  bundles cable cables caches caching cancel cancels caption carrier carriers cart carts case cased cases cashing
  casing casting casual catches catching causal cause caused causes causing caution certainly certainty chancel
  chances change changed changes changing charge charged charges charging chart charts chip chips choose chore chose
  clarify clarity clashes classes clause clauses cleaned cleaner cleaning cleanly cleared clearer clearing clearly
  clone cloning close closed closer closet closing cloud clouds clover cluster clutter coaches codecs coder codes cold
  colder compete competed compiled compilers compiles complains complaint complaints complement complete completed
  compliant complied complies compliment computers computes concert cone confirm confirms conform conforms consent
  const constrains constraints consumers consumes contact content contention contents contest context contexts
  contiguous continuous contract contrast convent convention convert core cost costing costume costumer costumes
  couches could count counties countries country counts county courier couriers court courts cover covers covert
  crashes crashing crate crates create creates crushing currant current currents custom customs cycle cycles dairy
  date dates debit debt debts decay decayed decays decent decided decides deciding decode decoded decoders decodes
  decoding defeats defect defects defend defended defends delay delayed delays deletion depend depended depends
  depletion deploy deploys derive derives descent desert dessert detail details detect detects diagnoses diagnosis
  diary dining dinner dinners dinning discard discord discreet discrete display displays diving drip drips drive
  drivers drives driving drop drops ease eased edit editing edits effect effects emerge emerged emerges employ employs
  encode encoded encoders encodes enter enters entirely entirety erase erased even evens event events exact exacts
  except excepts exert exerts exist existed existing exists exit exited exiting exits expect expects expensive expert
  experts export exports extensive extract extracts facet facets fact facts failed failing fair fairs falling fare
  fares farm farms farther favor feed field fields fiend fight fights filed filling filter filters final finals finder
  finders finding findings fine finer finger fingers finial fire fired fires firm firms first fist fitter fitters
  fixers fixes flair flare flat flavor flaw flaws flight flights float flow flows folder folders font forcing forking
  form forms forum forums free freed friend friends front funding further gained gate gates gave getter getters
  grained grant grants grate grates grave ground grounds grow grown guard guards guess guest guests guide guides guild
  guilds handed handing handled handlers handles handling hanging hard hashable hashtable head header headers heady
  heard height heights hinging hints hits hoisted hoisting holder holders holding holdings horse horses hose hosted
  hostel hostels hosting hotel hotels hour hours house houses hover hovers human humane ident identifiers identifies
  identify identity image images import imports indeed indent indented indexed indexers indexes initializers
  initializes input inputs inserted intend intends intent intents internal internals interval intervals into intro
  invented inverted invite invites issue issues item items join joins joint joints keying keyring know known knows
  label labels lacking lagging lane lanes last lasting late later latter lead leader leaders leading leads leaking
  leaning learning least leaving lending letter letters level levels lever levers lies lift lifts light lights liked
  liking lime limes line linear liner lines link linked linking links linting list listing lists lives load loader
  loaders loading loads local locale locales locals locates lock locker lockers locking locks logging logs longs look
  looking looks loop looping loops loose lose loses loss losses making managers manages mapping marital marking
  martial masking massage massages match matchers matches math medal medals merge merged merges message messages metal
  metals metric metrics mime mine miner miners minor minors missed misused modal modals mode model models modes
  modifiers modifies mods modules modulus money mongo monkey mono month months mopping moral morale morning moth mount
  mounts mourning mouth mouths move mover moves movie movies mtime multiples multiplies naive native night nights
  nonce none note notes notice notices number numbers object objects offer offers option options order orders outline
  outlive output outputs overwrite overwrote owner owners pace package packagers packages packet packets packing paint
  paints palace pane panel panels parens parentheses parenthesis parents parity parse parsed parsers parses parsing
  part partly parts party passage passages passing paste pastes pasting patch path paths pause paused pausing paying
  peace phase phases phone phones phrase phrases picked picket pickets picking pickled pickling piece pieces pilling
  pint place placing plain plan plane planet planned plant planted playing pocket pockets point pointed pointer
  pointing points poise poll polling polls pool pooling pools pops port porting portion ports pose posed post posting
  posts potion pots preload preloads prepend prepended prepending prepends prescribe present presented presents preset
  presets presume presumed pretend pretended pretending pretends prevent prevented prevents price prices prime primes
  prince princes print printed printer printing prints prize prizes probe probes produce produces product products
  project projection projections projects promoted prompted prop properly property props proscribe protect protection
  protections protects prove proves providers provides pull pulling pulls pure purge purse pursed quantify quantity
  quest quests queue queues quiet quit quite quota quotas quote quoted quotes raging raise raises range ranges ranging
  rate rates react read reader readers reads ready record recorded recorder recording records redact redaction
  redactor reduction refactor refund refunds refuse refused refuses refusing regexes regexps related relaxed relay
  relayed relies reload reloads rely remain remained remaining remains remark remarks remote remoted remotes remove
  removed removes renders reorder replace replaced replacer replacing replay replayed replayer replaying replies reply
  report reports reserve reserved reserves reset resets resolvers resolves resource resources rest rests resume
  resumed retail retails retain retained retaining retains retired retried retries reuse reused reuses reusing reverse
  reversed reverses reverted reworded rewording reworked rewrite rewrote right rights ringing rise rises rocket
  rockets role roles roll rolls roof roofs root roots round rounds rout route routed routes routine routines rule
  rules sage saving savings says scale scales scam scams scan scans scare scares schedulers schedules schema schemas
  scheme schemes score scores seat seats secs seed seeds seeing seeking seems seen sees sell send sending sends
  sensing sent serializers serializes serve server servers serves sets setter setters seven sever severe severs shape
  shapes shaping shard share shared shares sharing shaving shell shells shift shifts ship shipped ships shirt shirts
  shop shops short shot shots sigh sight sign signs sing singe single site sites sits skip skipped skips slate slates
  sleep sleeps slice slicing sliding slight slip slips slot slots slow slows smart smarts smell sock socket sockets
  sold sole solid solve sort sorting sound sounds source sources space spacers spaces span spans spare sparse spawn
  spawns specifics specifiers specifies specs speed speeding speeds spell spells spend spending spends spent spilt
  spin spine spins spit spits splice splint split splits sporting spring springs sprint sprints stable stack stacks
  stage stages staging stale stamp stamps staple stars start started starting starts stat state stated states stating
  stationary stationery stats status stay stays steam steams steep step sting stings stock stone stoned store stored
  stores storing stray stream streams string strings strip stripe stripes strips stubs stuck style styles submit
  submits subs subscribers subscribes suck suit suite suites suits swamp swap swaps swell swerve system systems table
  tables tail taking tale talk talking talks tapping target targets task tasks taste tastes tasting team teams tenant
  tenants tend term terms testing texting thank thanks there thicket thin thing things think thinks thorough though
  thought thread threads threat threats three through throughout throughput thrust tick ticket tickets ticks tied tile
  tiles timed timers times tipping tired title titles tittle token tokenizers tokenizes tokens topping tough tour
  tours trace traced tracer traces tracing track tracked tracker tracking tracks trade trades trail trailing train
  training trains tread treads treat treats tree trees trend trial trick tricked tricks tried trip trips truss trust
  trusts tune tuned tunes tuning turned turning type types unit unite united units unity unload unloaded unloading
  unloads untied until upload uploaded uploading uploads user users uses util vacation value valued values valve
  valves verge verged verifiers verifies version versions vice video videos visit visits vocation voice voices vote
  votes wage wages wait waiter waiters waiting waits waiver walk walks want wanting wants warming warning wasting
  water wave waver waves week weeks weighed weighs weight weighted weights were whenever where wherever white whites
  width winner winners with withdraw withdrew word wording words work working works world worlds worth worthy wrap
  wraps write writers writes writing
  form from bolt blot calm clam gird grid salt slat slit silt cold clod fist fits cost cots lost lots post pots last lats
  past pats fast fats cast cats east eats best bets nest nets pest pets vest vets jest jets lest lets rest rets west wets
  gust guts just juts rust ruts gasp gaps lisp lips lion loin trap tarp brad bard barn bran warp wrap part prat tort trot
  curd crud bust buts goal gaol tied tide unit uint rail rial snug sung swan sawn clot colt sign sing loop polo tier tire
  does dose hoes hose code coed used uses user pier united untied casual causal angel angle trail trial
`
    .trim()
    .split(/\s+/u),
);
