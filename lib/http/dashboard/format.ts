/**
 * Figures as people read them: a unit always, digits that do not jump.
 *
 * @module
 */

/** `12,400`. */
export function count(value: number): string {
  grouped ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  return grouped.format(Math.round(value));
}

/** `1 message`, `12,400 messages`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `1.46 MB`: three digits that count, decimal units. */
export function bytes(value: number): string {
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < BYTE_UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? Math.round(rest) : threeDigits(rest)} ${BYTE_UNITS[unit]}`;
}

/** `1.2 k`, `12,400` up to four digits as they are. */
export function short(value: number): string {
  if (value < 9999.5) {
    return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : count(value);
  }
  if (value < 999_500) return `${threeDigits(value / 1000)} k`;
  return value < 999.5e6 ? `${threeDigits(value / 1e6)} M` : `${threeDigits(value / 1e9)} G`;
}

/** `6 d 4 h`, `3 min 20 s`, `12 s`, `40 ms`: the two largest units. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  let rest = Math.floor(ms / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of DURATION_UNITS) {
    const whole = Math.floor(rest / seconds);
    rest -= whole * seconds;
    if (whole > 0) parts.push(`${whole} ${unit}`);
    if (parts.length === 2 || (parts.length === 1 && whole === 0)) break;
  }
  return parts.join(" ");
}

/** `12 s ago`, `in 3 d`, from micros since the Unix epoch. */
export function ago(atMicros: number, nowMicros: number): string {
  const ms = (nowMicros - atMicros) / 1000;
  if (Math.abs(ms) < 1000) return "now";
  const [largest, unit] = duration(Math.abs(ms)).split(" ");
  return ms > 0 ? `${largest} ${unit} ago` : `in ${largest} ${unit}`;
}

/** `2026-11-25 01:46:07.123456 UTC`, from micros since the Unix epoch. */
export function exactTime(micros: number): string {
  const ms = Math.floor(micros / 1000);
  if (!(ms <= DATE_MS_MAX)) return `${micros} µs`;
  const iso = new Date(ms).toISOString();
  const below = String(micros - ms * 1000).padStart(3, "0");
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${below} UTC`;
}

function threeDigits(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** Made when first used: it takes tens of milliseconds. */
let grouped: Intl.NumberFormat | undefined;
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const DURATION_UNITS = [["y", 31_536_000], ["d", 86_400], ["h", 3600], ["min", 60], [
  "s",
  1,
]] as const;
const DATE_MS_MAX = 8.64e15;
