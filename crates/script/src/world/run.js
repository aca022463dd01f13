// Runs a script: once, for each item, or as a comparator; hands results and failures to the host one by one.
(function (host, world) {
  'use strict';
  const { parse, stringify } = JSON;
  const { now } = Date;
  const LINE = /script\.js:(\d+)(?::(\d+))?/;

  function inspect(value) {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return value.stack ? `${value}` : String(value);
    if (typeof value === 'function') return `[Function: ${value.name || 'anonymous'}]`;
    if (typeof value !== 'object' || value === null) return String(value);
    const seen = [];
    try {
      return stringify(value, function (_, member) {
        if (typeof member === 'bigint') return `${member}n`;
        if (typeof member !== 'object' || member === null) return member;
        if (member instanceof Map) return { Map: [...member] };
        if (member instanceof Set) return { Set: [...member] };
        while (seen.length && seen[seen.length - 1] !== this) seen.pop();
        if (seen.includes(member)) return '[Circular]';
        seen.push(member);
        return member;
      }) ?? String(value);
    } catch (error) {
      return `[${error}]`;
    }
  }
  world.inspect = inspect;
  const log = (level) => (...values) => {
    if (!host.logIsFull()) host.log(level, values.map(inspect).join(' ').toWellFormed());
  };
  const timings = new Map();
  world.console = {
    log: log('info'), info: log('info'), debug: log('debug'), warn: log('warn'), error: log('error'), trace: log('debug'),
    dir: log('info'), table: log('info'), group: log('info'), groupEnd() {}, count() {},
    assert: (condition, ...values) => { if (!condition) log('error')('assertion failed', ...values); },
    time: (label = 'default') => { timings.set(label, now()); },
    timeEnd: (label = 'default') => log('info')(`${label}: ${now() - timings.get(label)} ms`),
  };

  // Timers, in the order in which they are due.
  const timers = [];
  let timerId = 0;
  function start(work, delay, args, repeat) {
    if (typeof work !== 'function') throw new TypeError('a timer needs a function');
    const wait = Math.min(Math.max(Number(delay) || 0, 0), 2147483647);
    const timer = { id: ++timerId, due: now() + wait, run: () => work(...args), wait, repeat };
    schedule(timer);
    return timer.id;
  }
  function schedule(timer) {
    let at = timers.length;
    while (at > 0 && timers[at - 1].due > timer.due) at--;
    timers.splice(at, 0, timer);
  }
  function clear(id) {
    const at = timers.findIndex((timer) => timer.id === id);
    if (at >= 0) timers.splice(at, 1);
  }
  world.timers = {
    setTimeout: (work, delay, ...args) => start(work, delay, args, false),
    setInterval: (work, delay, ...args) => start(work, Math.max(delay || 0, 1), args, true),
    setImmediate: (work, ...args) => start(work, 0, args, false),
    clearTimeout: clear, clearInterval: clear, clearImmediate: clear,
  };
  // Milliseconds until the next timer is due; undefined when there is none.
  const nextTimer = () => (timers.length ? Math.max(timers[0].due - now(), 0) : undefined);
  function runTimer() {
    const timer = timers.shift();
    if (timer.repeat) schedule({ ...timer, due: now() + Math.max(timer.wait, 1) });
    timer.run();
  }

  // Words as other engines have them, so that scripts that look at messages find the same.
  function words(message) {
    const read = /^cannot read property '([^']*)' of (undefined|null)$/.exec(message);
    if (read) return `Cannot read properties of ${read[2]} (reading '${read[1]}')`;
    const set = /^cannot set property '([^']*)' of (undefined|null)$/.exec(message);
    return set ? `Cannot set properties of ${set[2]} (setting '${set[1]}')` : message;
  }
  function describe(error) {
    const isObject = typeof error === 'object' && error !== null;
    let failure = { name: 'Error', message: '' };
    try {
      if (isObject) {
        failure.name = String(error.name ?? 'Error');
        failure.message = words(String(error.message ?? inspect(error)));
        if (error.description !== undefined) failure.description = String(error.description);
        const place = LINE.exec(String(error.stack ?? ''));
        if (place) {
          // The script begins on the second line of the function around it.
          failure.line = Number(place[1]) - 1;
          failure.column = Number(place[2] ?? 0);
        }
      } else if (error === null) {
        // The engine has nothing else to throw when there is no room for an error.
        failure.message = 'null was thrown: the script may need more memory than it may use';
      } else {
        failure.message = inspect(error);
      }
    } catch {
      failure.message = 'the script threw a value that cannot be read';
    }
    failure.message = failure.message.slice(0, 20000);
    return stringify(failure);
  }

  function write(value) {
    try {
      return stringify(value);
    } catch (error) {
      if (error instanceof TypeError) {
        error.message = `the result cannot be written as JSON: ${error.message}`;
      }
      throw error;
    }
  }

  let items = [];
  world.items = () => items;

  async function each(count, stopAtFailure, one) {
    for (let index = 0; index < count; index++) {
      try {
        host.result(index, write(await one(index)));
      } catch (error) {
        host.failed(index, describe(error));
        if (stopAtFailure) return;
      }
    }
  }

  // A present that stands still, for runs that are to be the same each time.
  function stopClock(at) {
    const Native = Date;
    const Standing = class Date extends Native {
      constructor(...args) { super(...(args.length ? args : [at])); }
      static now() { return at; }
    };
    globalThis.Date = new Proxy(Standing, { apply: () => new Native(at).toString() });
  }

  // Chance that begins where the host says.
  function random(seed) {
    let state = Math.floor(seed * 4294967296) >>> 0;
    const next = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return (t ^ (t >>> 14)) >>> 0;
    };
    return () => (next() * 2097152 + (next() >>> 11)) / 9007199254740992;
  }

  async function run(style, stopAtFailure, makeFunction, standingAt, seed) {
    if (standingAt !== undefined) stopClock(standingAt);
    Math.random = random(seed);
    items = world.withAllFiles(parse(host.items()));
    let current = 0;
    const thisArg = {};
    const getters = world.variables(() => current, () => items);
    world.globals(getters, thisArg);
    const global = (name, value) =>
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    let script;
    try {
      script = makeFunction();
    } catch (error) {
      host.failed(0, describe(error));
      return;
    }
    switch (style) {
      case 'all':
        global('items', items);
        await each(1, true, () => script.call(thisArg));
        break;
      case 'function':
        items.forEach((item, index) => { item.index = index; });
        global('items', items);
        global('getBinaryDataAsync', async (item) => item?.binary);
        global('setBinaryDataAsync', async (item, binary) => { item.binary = binary; });
        await each(1, true, async () => {
          const result = await script.call(thisArg);
          for (const item of Array.isArray(result) ? result : []) {
            if (item && typeof item === 'object') delete item.index;
          }
          return result;
        });
        break;
      case 'each':
        await each(items.length, stopAtFailure, (index) => {
          current = index;
          global('item', items[index]);
          return script.call(thisArg);
        });
        break;
      case 'functionItem':
        await each(items.length, stopAtFailure, async (index) => {
          current = index;
          global('item', items[index].json);
          let binary = items[index].binary;
          const get = () => binary;
          const set = (value) => { binary = value; };
          global('getBinaryData', get);
          global('setBinaryData', set);
          global('getBinaryDataAsync', async () => get());
          global('setBinaryDataAsync', async (value) => set(value));
          const json = await script.call(thisArg);
          return { json, binary };
        });
        break;
      case 'compare':
        await each(1, true, () => {
          const order = items.map((_, index) => index);
          return order.sort((a, b) => script.call(thisArg, items[a], items[b]));
        });
        break;
    }
    world.saveStaticData();
  }

  return {
    // Starts the run; what it comes to is told to the host.
    start(...settings) {
      run(...settings).then(
        () => host.finished(),
        (error) => { host.failed(0, describe(error)); host.finished(); },
      );
    },
    nextTimer,
    runTimer,
    describe,
  };
})
