// One clock for many exchanges: moments to places, long idle stretches shortened; as inspector/web/present/clock.py has it. Pure.

const SHARE = 0.2;
const LONGEST = 0.04;
const SHORTEST = 0.25;
const LONG = 2;

export class Clock {
  begin = 0;
  length = 1;
  /** Shortened stretches: { start, end, at, until }, moments and places. */
  gaps = [];

  /** `stretches` are pairs of moments; with `shorten`, idle time is shortened. */
  constructor(stretches, shorten = true) {
    const busy = joined(stretches);
    if (!busy.length) return;
    const happened = busy.reduce((sum, [start, end]) => sum + end - start, 0);
    const limit = Math.max(SHORTEST, (happened / busy.length) * LONG);
    const idle = shorten ? busy.slice(1).map(([after], index) => [busy[index][1], after]).filter(([start, end]) => end - start > limit) : [];
    const short = Math.min(Math.max(happened, 0.001) * Math.min(LONGEST, SHARE / Math.max(idle.length, 1)), limit);
    this.begin = busy[0][0];
    let cut = 0;
    for (const [start, end] of idle) {
      const at = start - this.begin - cut;
      this.gaps.push({ start, end, at, until: at + short });
      cut += end - start - short;
    }
    this.length = Math.max(busy.at(-1)[1] - this.begin - cut, 1e-6);
  }

  place(moment) {
    const gap = this.#last((each) => each.start <= moment);
    if (!gap) return moment - this.begin;
    if (moment >= gap.end) return gap.until + moment - gap.end;
    return gap.at + ((moment - gap.start) / (gap.end - gap.start)) * (gap.until - gap.at);
  }

  moment(place) {
    const gap = this.#last((each) => each.at <= place);
    if (!gap) return this.begin + place;
    if (place >= gap.until) return gap.end + place - gap.until;
    return gap.start + ((place - gap.at) / (gap.until - gap.at)) * (gap.end - gap.start);
  }

  /** What lies between the gaps, as pairs of moments. */
  get pieces() {
    const starts = [this.begin, ...this.gaps.map((gap) => gap.end)];
    const ends = [...this.gaps.map((gap) => gap.start), this.moment(this.length)];
    return starts.map((start, index) => [start, ends[index]]);
  }

  #last(fits) {
    let low = 0;
    let high = this.gaps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fits(this.gaps[middle])) low = middle + 1;
      else high = middle;
    }
    return this.gaps[low - 1];
  }
}

function joined(stretches) {
  const found = [];
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, Math.max(start, end)]);
  }
  return found;
}

const NICE = [1, 2, 5];

/** Round moments within [from, to] on a clock, so many pixels apart at least: { place, words }, counted from the first. */
export function ticks(clock, from, to, width, apart = 110) {
  const step = round(((to - from) / width) * apart);
  const zero = clock.moment(from);
  const found = [];
  for (const [start, end] of clock.pieces) {
    if (clock.place(end) < from || clock.place(start) > to) continue;
    for (let n = Math.max(Math.ceil((start - zero) / step), 0); zero + n * step <= end; n += 1) {
      const place = clock.place(zero + n * step);
      if (place > to || found.length > 100) break;
      found.push({ place, seconds: n * step });
    }
  }
  return found;
}

function round(step) {
  const power = 10 ** Math.floor(Math.log10(Math.max(step, 1e-7)));
  return (NICE.find((factor) => power * factor >= step) ?? 10) * power;
}
