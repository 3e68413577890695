/** A date and time with its offset from UTC, to 100 nanoseconds as in .NET. */
export class DateTime {
  constructor(
    /** 100 nanoseconds since 1970-01-01 UTC. */
    readonly ticks: bigint,
    readonly offsetMinutes: number,
  ) {}

  static of(date: Date): DateTime {
    return new DateTime(BigInt(date.getTime()) * ticksPerMillisecond, 0);
  }

  /**
   * `2024-01-02 03:04:05`, with `/` for `-`, `T` for the space, decimals of the second and `Z` or an offset where it is
   * not in UTC; undefined for anything else.
   */
  static parse(text: string): DateTime | undefined {
    const groups = pattern.exec(text.trim())?.groups;
    if (!groups) return undefined;
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map((name) => Number(groups[name]));
    const midnight = new Date(0);
    midnight.setUTCFullYear(year, month - 1, day);
    const isDay = year > 0 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
    if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
    const offset = Number(groups['offsetHours'] ?? 0) * 60 + Number(groups['offsetMinutes'] ?? 0);
    if (offset > maxOffsetMinutes) return undefined;
    const signed = groups['sign'] === '-' ? -offset : offset;
    const milliseconds = midnight.getTime() + ((hour * 60 + minute - signed) * 60 + second) * 1000;
    const fraction = BigInt((groups['fraction'] ?? '').padEnd(7, '0'));
    return new DateTime(BigInt(milliseconds) * ticksPerMillisecond + fraction, signed);
  }

  /** Holds the local time in its UTC fields. */
  get local(): Date {
    return new Date(Number(floorDivide(this.ticks, ticksPerMillisecond)) + this.offsetMinutes * 60_000);
  }

  /** The seven digits after the second. */
  get fraction(): string {
    const perSecond = ticksPerMillisecond * 1000n;
    return String(this.ticks - floorDivide(this.ticks, perSecond) * perSecond).padStart(7, '0');
  }

  /** Such as `+00:00`. */
  get offset(): string {
    const minutes = Math.abs(this.offsetMinutes);
    return `${this.offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  }

  /** As it is where a text is needed: `2024-01-02 03:04:05+00:00`. */
  toString(): string {
    const [date = '', time = ''] = this.local.toISOString().split('T');
    return `${date} ${time.slice(0, 8)}${this.offset}`;
  }
}

const ticksPerMillisecond = 10_000n;
const maxOffsetMinutes = 14 * 60;
const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
const pattern =
  /^(?<year>\d{4})(?<separator>[-/])(?<month>\d{1,2})\k<separator>(?<day>\d{1,2})[ T](?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:\.(?<fraction>\d{1,7}))?(?:Z|(?<sign>[-+])(?<offsetHours>\d{1,2}):(?<offsetMinutes>\d{1,2}))?$/;

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
