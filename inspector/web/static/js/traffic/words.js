// Numbers and times as the list says them; the same words as inspector/web/words.py.

const STEPS = [
  [2 ** 30, "GB"],
  [2 ** 20, "MB"],
  [2 ** 10, "KB"],
];
const USUAL_PORTS = { http: 80, https: 443, ws: 80, wss: 443 };

const two = (number) => String(number).padStart(2, "0");

export const thousands = (number) => number.toLocaleString("en");

/** Time of day to the millisecond: 14:03:22.481 */
export function clock(seconds) {
  const when = new Date(Math.floor(seconds * 1000));
  const milliseconds = String(when.getMilliseconds()).padStart(3, "0");
  return `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}.${milliseconds}`;
}

export function took(seconds) {
  if (seconds === null) return "";
  if (seconds < 0.0095) return `${(Math.max(seconds, 0) * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  return `${thousands(Math.floor(whole / 60))} min ${whole % 60} s`;
}

export function size(bytes) {
  for (const [unit, name] of STEPS) {
    if (bytes >= unit) return bytes / unit < 10 ? `${(bytes / unit).toFixed(1)} ${name}` : `${thousands(Math.round(bytes / unit))} ${name}`;
  }
  return `${bytes} B`;
}

/** An address in the parts that are set differently: host (with a port that is not the scheme's own), path, query. */
export function addressOf({ scheme, host, port, path }) {
  const start = path.indexOf("?");
  return {
    host: port && port !== USUAL_PORTS[scheme] ? `${host}:${port}` : host,
    path: start < 0 ? path : path.slice(0, start),
    query: start < 0 ? "" : path.slice(start),
  };
}
