/** Numbers, dates and lists as a language writes them. */
export class Format {
  constructor(private readonly locale: string) {}

  number(value: number): string {
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: 6 }).format(value);
  }

  /** A value and its unit, kept on one line. */
  quantity(value: number, unit: string): string {
    return `${this.number(value)}\u00a0${unit}`;
  }

  percent(value: number): string {
    return new Intl.NumberFormat(this.locale, { style: 'percent', maximumFractionDigits: 2 }).format(
      value / 100,
    );
  }

  /** A change: `+33`, `−5`. */
  signed(value: number): string {
    return new Intl.NumberFormat(this.locale, { signDisplay: 'always' }).format(value);
  }

  /** An amount of a currency, by its ISO 4217 code. */
  money(value: number, currency: string): string {
    return new Intl.NumberFormat(this.locale, { style: 'currency', currency }).format(value);
  }

  /** A calendar day such as `2026-11-30`, whatever the time zone. */
  day(iso: string): string {
    const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(day);
  }

  /** A moment such as `2026-11-22T10:00:00Z`, where the person is. */
  moment(iso: string): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
      new Date(iso),
    );
  }

  /** A month such as `2026-11`. */
  month(iso: string): string {
    const day = new Date(`${iso}-01T00:00:00Z`);
    return new Intl.DateTimeFormat(this.locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
      day,
    );
  }

  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.locale, { type: 'conjunction' }).format(items);
  }
}
