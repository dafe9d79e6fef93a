/** Words that mean the same, the opposite, or something beside each other: the tables of the lexicon. Pure. */

/** Each line: words that may stand for each other in instructions and reports. */
export const SYNONYMS = `
fix repair mend remedy correct resolve solve
use employ utilize utilise apply adopt
error failure fault problem issue trouble
show display print
create make build generate produce construct
change modify alter adjust edit
update refresh
check verify inspect examine ensure confirm validate
find locate discover spot detect
run execute invoke launch
get obtain retrieve fetch acquire
begin start commence
end finish complete
buy purchase
choose select pick
choice selection pick
quick fast rapid swift
quickly fast rapidly swiftly
big large huge substantial
small little tiny
important crucial essential vital
help assist aid
need require
need must
cause trigger provoke
happen occur arise
keep retain preserve
try attempt
wait pause
send transmit dispatch
give provide supply furnish
wrong incorrect erroneous
right correct
empty blank
folder directory
function method
argument parameter
config configuration setting
repo repository
doc documentation docs
database db
app application
directly straight
often frequently
usually normally typically generally
several multiple many
about regarding concerning
because since
whole entire complete
only solely
customer client
customer user
ask request
answer reply respond response
cost price
flight trip
cancel abort
alter change
store save
look search
mistake error
let allow
method approach way technique
reason cause
result outcome
speed pace
tell inform notify
delete remove erase drop eliminate
insert add
missing absent lacking
write record
hold contain
total overall
additional extra further
information data
similar comparable
following subsequent next
attach append
difficult hard tough
easy simple
first initial
last final
earlier previous prior former
state specify
option choice alternative
different various diverse
want wish desire
need necessary
suitable appropriate proper fitting
suitable fit
remain leftover
remain stay
continue proceed
assist support
reservation booking
correctly properly
successfully properly
prefer favour favor
available obtainable
read scan
mean signify
detail particular
suggest propose recommend advise
cheap inexpensive
cheapest lowest
currently presently
enough sufficient adequate
many numerous
part portion
same identical
obvious evident clear apparent
begin initiate
end terminate
anticipate expect foresee
expedite accelerate hasten speed
facilitate ease
feasible viable workable
finalize finish complete conclude
minimize decrease reduce lessen
optimum best optimal ideal
ensure guarantee
maintain keep
submit send
permit let allow
grant give
allocate assign
demonstrate show reveal indicate
simply merely
forbid prohibit ban
careful cautious
carefully cautiously
danger hazard risk
tool utility
merge combine
split separate
amount quantity
goal aim purpose objective
idea notion concept
note notice observe
explain describe clarify
trip journey
bag baggage luggage
refund reimbursement
phone telephone
email mail
people persons
company firm
colleague coworker
boss manager
stuck hung
hang stall freeze
slow sluggish
immediately instantly promptly
eventually finally ultimately
afterwards later subsequently
almost nearly
completely entirely fully totally wholly
exactly precisely
mainly mostly chiefly primarily
especially particularly
probably likely
therefore consequently
below under beneath
outdated obsolete
unusual uncommon
strange odd weird
common widespread
useful helpful handy
cautious wary
understand grasp comprehend
`;

/** Each line: words of one pole, a bar, words of the other. Found turned round, what is said is the opposite. */
export const ANTONYMS = `
enable activate | disable deactivate
allow permit | forbid prohibit deny block disallow ban
use prefer | avoid
increase raise grow | decrease reduce lower shrink
high | low
work succeed pass | fail break crash
success | failure
true | false
mandatory necessary require | optional unnecessary needless
safe secure | unsafe dangerous insecure risky
fast quick | slow
add | remove
start | stop halt
open | close shut
include | exclude
accept approve | reject refuse decline
show | hide
possible | impossible
lock | unlock
install | uninstall
connect | disconnect
good | bad
best | worst
better | worse
helpful beneficial | harmful
cheap | expensive
more | less fewer
most | least
above | below
early | late
often | rarely seldom
keep | discard
present | missing
trust | distrust
stable | unstable
valid | invalid
correct | incorrect wrong
recommend | discourage
before | after
available | unavailable
`;

/** Each line: words of which one cannot stand for another, though they appear in the same company. */
export const CONTRASTS = `
read write
import export
input output
client server
left right
first last
source target
minimum maximum min max
upload download
encode decode
encrypt decrypt
parent child
previous next
local remote
public private
internal external
sync async
synchronous asynchronous
business economy
test production
monday tuesday wednesday thursday friday saturday sunday
january february march april may june july august september october november december
north south east west
red green blue yellow black white
`;
