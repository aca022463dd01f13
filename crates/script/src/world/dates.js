// DateTime, Duration and Interval, and what else the language of expressions lends to scripts.
(function (host, world) {
  'use strict';
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const NativeDate = Date;
  const TAG = '@';
  let made;

  const guarded = (members) => (Object.hasOwn(members, TAG) ? { [TAG]: 'object', members } : members);

  function encode(value) {
    switch (typeof value) {
      case 'undefined': case 'function': case 'symbol':
        return { [TAG]: 'undefined' };
      case 'bigint':
        return Number(value);
      case 'number':
        return Number.isFinite(value) ? value : { [TAG]: 'number', text: String(value) };
      case 'object':
        break;
      default:
        return value;
    }
    if (value === null) return null;
    if (isArray(value)) return value.map(encode);
    if (value instanceof NativeDate) return { [TAG]: 'Date', ms: value.getTime() };
    if (made.isOurs(value)) return value.__encode();
    const members = {};
    for (const key of Object.keys(value)) {
      Object.defineProperty(members, key, { value: encode(value[key]), enumerable: true });
    }
    return guarded(members);
  }

  function decode(value) {
    if (value === null || typeof value !== 'object') return value;
    if (isArray(value)) return value.map(decode);
    switch (value[TAG]) {
      case undefined: break;
      case 'undefined': return undefined;
      case 'number': return Number(value.text);
      case 'Date': return new NativeDate(value.ms === null ? NaN : value.ms);
      case 'DateTime': return made.dateTime(value);
      case 'Duration': return made.duration(value);
      case 'Interval': return made.interval(value);
      case 'object': return decodeMembers(value.members);
    }
    return decodeMembers(value);
  }

  function decodeMembers(members) {
    const object = {};
    for (const key of Object.keys(members)) {
      Object.defineProperty(object, key, {
        value: decode(members[key]), enumerable: true, writable: true, configurable: true,
      });
    }
    return object;
  }

  function borrow(kind, receiver, name, args) {
    const text = host.borrow(kind, receiver === undefined ? 'null' : stringify(receiver), name, stringify(args.map(encode)));
    return decode(parse(text));
  }

  const secret = Symbol('made here');
  const hidden = (prototype, name, value) =>
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });

  function luxonClass(name) {
    const luxon = {
      [name]: class {
        #tagged;
        constructor(mark, tagged) {
          if (mark !== secret) throw new TypeError(`make a ${name} with one of its functions, for example ${name === 'DateTime' ? 'DateTime.now()' : `${name}.${name === 'Duration' ? 'fromObject' : 'fromDateTimes'}(…)`}`);
          this.#tagged = tagged;
        }
        static isOurs(value) { return #tagged in value; }
        __encode() { return this.#tagged; }
      },
    }[name];
    const isOurs = luxon.isOurs;
    delete luxon.isOurs;
    Object.defineProperty(luxon.prototype, '__encode', { enumerable: false });
    for (const method of host.dateMethods()) {
      if (!(method in Function.prototype)) {
        hidden(luxon, method, (...args) => borrow('class', name, method, args));
      }
      hidden(luxon.prototype, method, function (...args) {
        return borrow('method', this.__encode(), method, args);
      });
    }
    return { luxon, isOurs, make: (tagged) => new luxon(secret, tagged) };
  }

  const dateTime = luxonClass('DateTime');
  const duration = luxonClass('Duration');
  const interval = luxonClass('Interval');
  made = {
    dateTime: dateTime.make, duration: duration.make, interval: interval.make,
    isOurs: (value) => dateTime.isOurs(value) || duration.isOurs(value) || interval.isOurs(value),
  };

  function getters({ luxon }, names) {
    for (const name of names) {
      Object.defineProperty(luxon.prototype, name, {
        get() { return borrow('member', this.__encode(), name, []); },
        configurable: true,
      });
    }
  }
  getters(dateTime, [
    'year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'weekday', 'weekNumber', 'weekYear',
    'weeksInWeekYear', 'ordinal', 'quarter', 'daysInMonth', 'daysInYear', 'isInLeapYear', 'isInDST', 'isWeekend',
    'offset', 'isOffsetFixed', 'zoneName', 'zone', 'offsetNameShort', 'offsetNameLong', 'monthShort', 'monthLong',
    'weekdayShort', 'weekdayLong', 'localWeekday', 'localWeekNumber', 'localWeekYear', 'weeksInLocalWeekYear', 'isValid', 'invalidReason', 'invalidExplanation', 'locale', 'numberingSystem', 'outputCalendar',
    'isLuxonDateTime', 'ts',
  ]);
  getters(duration, [
    'years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds', 'isValid',
    'invalidReason', 'invalidExplanation', 'locale', 'isLuxonDuration',
  ]);
  getters(interval, ['start', 'end', 'lastDateTime', 'isValid', 'invalidReason', 'invalidExplanation', 'isLuxonInterval']);
  for (const date of ['', 'DATE_', 'DATETIME_']) {
    for (const name of ['SHORT', 'MED', 'MED_WITH_WEEKDAY', 'FULL', 'HUGE', 'SHORT_WITH_SECONDS', 'MED_WITH_SECONDS',
      'FULL_WITH_SECONDS', 'HUGE_WITH_SECONDS', 'TIME_SIMPLE', 'TIME_WITH_SECONDS', 'TIME_WITH_SHORT_OFFSET',
      'TIME_WITH_LONG_OFFSET', 'TIME_24_SIMPLE', 'TIME_24_WITH_SECONDS', 'TIME_24_WITH_SHORT_OFFSET', 'TIME_24_WITH_LONG_OFFSET']) {
      if ((date === '') === name.startsWith('TIME')) {
        Object.defineProperty(dateTime.luxon, date + name, { get: () => borrow('constant', 'DateTime', date + name, []) });
      }
    }
  }

  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    hidden(NativeDate.prototype, name, function (...args) {
      return borrow('method', { [TAG]: 'Date', ms: this.getTime() }, name, args);
    });
  }
  hidden(Number.prototype, 'toLocaleString', function (...args) {
    return borrow('method', encode(Number(this)), 'toLocaleString', args);
  });

  hidden(String.prototype, 'localeCompare', function (...args) {
    return borrow('method', String(this).toWellFormed(), 'localeCompare', args.map((arg) => (typeof arg === 'string' ? arg.toWellFormed() : arg)));
  });

  // The classes of Intl; each may be called without `new`.
  function formatterClass(name, methods) {
    const formatter = { [name]: class { #settings; constructor(...settings) { this.#settings = settings.map(encode); }
      __settings() { return this.#settings; } } }[name];
    Object.defineProperty(formatter.prototype, '__settings', { enumerable: false });
    const call = (self, method, args) => borrow('formatter', { class: name, settings: self.__settings() }, method, args);
    for (const method of [...methods, 'resolvedOptions']) {
      // `format` and `compare` are bound to their object, so that they may be handed on.
      Object.defineProperty(formatter.prototype, method, method === 'format' || method === 'compare'
        ? { get() { return (...args) => call(this, method, args); }, configurable: true }
        : { value(...args) { return call(this, method, args); }, writable: true, configurable: true });
    }
    hidden(formatter, 'supportedLocalesOf', (locales) => [locales].flat());
    return new Proxy(formatter, { apply: (target, _, args) => new target(...args) });
  }
  const Intl = {
    NumberFormat: formatterClass('NumberFormat', ['format', 'formatToParts']),
    DateTimeFormat: formatterClass('DateTimeFormat', ['format', 'formatToParts']),
    Collator: formatterClass('Collator', ['compare']),
    PluralRules: formatterClass('PluralRules', ['select']),
    RelativeTimeFormat: formatterClass('RelativeTimeFormat', ['format']),
    ListFormat: formatterClass('ListFormat', ['format']),
  };

  Object.assign(world, {
    DateTime: dateTime.luxon, Duration: duration.luxon, Interval: interval.luxon, Intl,
    borrowFunction: (name) => (...args) => borrow('function', undefined, name, args),
  });
})
