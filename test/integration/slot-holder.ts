/** A process that takes a slot, says so, and holds it until it is ended: `slot-holder.ts <uri> <database> <name> <limit>`. */
import { Slots } from '../../src/store/slots.js';
import { openStore } from '../../src/store/store.js';

const [uri = '', database = '', name = '', limit = ''] = process.argv.slice(2);
const slots = new Slots(openStore({ uri, database }), { lease: 1_500, renewEvery: 300 });
const slot = await slots.acquire(name, Number(limit), new AbortController().signal, () => {});
slot.lost.addEventListener('abort', () => process.stdout.write('lost\n'));
process.stdout.write('held\n');
