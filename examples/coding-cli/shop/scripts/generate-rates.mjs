/** Writes generated/rates.mjs from rates.csv. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [, ...rows] = readFileSync('rates.csv', 'utf8').trim().split('\n');
const rates = Object.fromEntries(
  rows.map((row) => row.split(',')).map(([country, percent]) => [country, Number(percent)]),
);
mkdirSync('generated', { recursive: true });
writeFileSync('generated/rates.mjs', `export const rates = ${JSON.stringify(rates)};\n`);
