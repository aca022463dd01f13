// The variables of a script: items, $input, $('Node') and the rest. What belongs to other nodes is asked for when it is named.
(function (host, world) {
  'use strict';
  const { parse, stringify } = JSON;
  const { DateTime } = world;
  const kept = new Map();

  // The answer of the host to a question; `undefined` has no text.
  function ask(question) {
    const text = host.ask(stringify(question));
    return text === undefined ? undefined : parse(text);
  }
  function once(key, make) {
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key);
  }
  const read = (item, name, ...steps) => ask({ read: name, item, steps });
  const member = (name) => ({ member: name });
  const call = (name, args) => ({ call: name, arguments: args.map((value) => value ?? null) });

  // Files of an item: their bytes are fetched when `data` is read.
  function withFiles(item) {
    for (const name of Object.keys(item?.binary ?? {})) {
      const binary = item.binary[name];
      if (binary === null || typeof binary !== 'object' || binary.id === undefined || Object.hasOwn(binary, 'data')) continue;
      let data;
      Object.defineProperty(binary, 'data', {
        get: () => (data ??= ask({ bytes: { ...binary } })),
        set(value) { Object.defineProperty(binary, 'data', { value, writable: true, enumerable: true, configurable: true }); },
        configurable: true,
      });
    }
    return item;
  }
  const withAllFiles = (items) => { items?.forEach(withFiles); return items; };

  // An object whose members are asked for one by one.
  function asked(key, target, fetch, fetchAll) {
    return once(key, () => {
      const known = new Map();
      const all = () => once(key + '*', () => fetchAll() ?? {});
      return new Proxy(target, {
        get(_, name) {
          if (typeof name === 'symbol') return undefined;
          if (name === 'toJSON') return () => all();
          if (!known.has(name)) known.set(name, fetch(name));
          return known.get(name);
        },
        set(_, name, value) { known.set(name, value); return true; },
        has: (_, name) => typeof name === 'string' && Object.hasOwn(all(), name),
        ownKeys: () => Object.keys(all()),
        getOwnPropertyDescriptor: (_, name) => (typeof name === 'string' && Object.hasOwn(all(), name)
          ? { value: all()[name], enumerable: true, configurable: true, writable: true } : undefined),
      });
    });
  }
  const parametersOf = (key, item, name, ...steps) => asked(key, {},
    (parameter) => read(item, name, ...steps, member(parameter)), () => read(item, name, ...steps));

  function nodeAt(name, item) {
    const node = (...steps) => read(item, '$', { node: name }, ...steps);
    const items = (method, args) =>
      once(stringify(['node', name, method, ...args]), () => {
        const answer = node(call(method, args));
        return method === 'all' ? withAllFiles(answer) : withFiles(answer);
      });
    const paired = (method, args) => {
      const index = args[0] ?? item;
      const last = kept.get('paired');
      const key = stringify([name, index, item]);
      if (last?.item !== item) kept.set('paired', { item, found: new Map() });
      const { found } = kept.get('paired');
      if (!found.has(key)) found.set(key, withFiles(node(call(method, [index]))));
      return found.get(key);
    };
    return {
      all: (...args) => items('all', args),
      first: (...args) => items('first', args),
      last: (...args) => items('last', args),
      itemMatching: (...args) => paired('itemMatching', args),
      pairedItem: (...args) => paired('pairedItem', args),
      get item() { return paired('pairedItem', []); },
      get isExecuted() { return node(member('isExecuted')); },
      get params() { return parametersOf(`params ${name}`, item, '$', { node: name }, member('params')); },
      get context() { return once(`context ${name}`, () => node(member('context')) ?? {}); },
      get name() { return name; },
    };
  }

  function legacyNode(name, item) {
    const node = (part) => read(item, '$node', member(name), member(part));
    const last = (part) => once(stringify(['$node', name, part, item]), () => node(part));
    return {
      get json() { return last('json'); },
      get data() { return last('json'); },
      get binary() { return withFiles({ binary: last('binary') }).binary; },
      get runIndex() { return node('runIndex'); },
      get context() { return once(`context ${name}`, () => node('context') ?? {}); },
      get parameter() { return parametersOf(`params ${name}`, item, '$node', member(name), member('parameter')); },
    };
  }

  // Static data: one object for each kind, sent back at the end when it has changed.
  const staticData = new Map();
  function workflowStaticData(kind) {
    if (kind !== 'global' && kind !== 'node') {
      throw new Error(`static data is of the workflow or of a node: write $getWorkflowStaticData('global') or ('node')`);
    }
    if (!staticData.has(kind)) {
      const data = ask({ staticData: kind }) ?? {};
      staticData.set(kind, { data, before: stringify(data) });
    }
    return staticData.get(kind).data;
  }
  world.saveStaticData = () => {
    for (const [kind, { data, before }] of staticData) {
      if (stringify(data) !== before) ask({ saveStaticData: kind, data });
    }
  };

  const customData = {
    set: (key, value) => void ask({ customData: 'set', key, value }),
    setAll: (values) => void Object.entries(values).forEach(([key, value]) => ask({ customData: 'set', key, value })),
    get: (key) => ask({ customData: 'get', key }),
    getAll: () => ask({ customData: 'getAll' }),
  };

  const isEmpty = (value) => value === undefined || value === null || value === ''
    || (typeof value === 'object' && (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0));

  // The variables at an item. `at` gives its index and `items` the input.
  world.variables = function (at, items) {
    const plain = (name) => once(`plain ${name}`, () => read(0, name));
    const current = () => items()[at()];
    const input = {
      all: () => items(),
      first: () => items()[0],
      last: () => items()[items().length - 1],
      get item() { return current(); },
      get params() { return parametersOf('$input.params', at(), '$input', member('params')); },
      get context() { return once('$input.context', () => read(at(), '$input', member('context')) ?? {}); },
    };
    const node = (name) => nodeAt(name === undefined ? plain('$prevNode')?.name : String(name), at());
    const nodes = new Proxy({}, {
      get: (_, name) => (typeof name === 'symbol' ? undefined : legacyNode(name, at())),
      has: () => true,
    });
    const environment = new Proxy({}, {
      get: (_, name) => (typeof name === 'symbol' || name === 'toJSON' ? undefined : read(0, '$env', member(name))),
    });
    const parameters = () => parametersOf(`$parameter ${at()}`, at(), '$parameter');
    const getters = {
      $json: () => current()?.json,
      $data: () => current()?.json,
      $binary: () => current()?.binary ?? {},
      $input: () => input,
      $: () => node,
      $node: () => nodes,
      $items: () => (name, output, run) => (name === undefined ? items()
        : once(stringify(['$items', name, output, run]), () => withAllFiles(read(at(), '$items', call('', [name, output, run]))))),
      $item: () => (index) => variablesObject(() => index, items),
      $parameter: parameters,
      $rawParameter: () => plain('$rawParameter'),
      $itemIndex: at, $position: at, $thisItemIndex: at,
      $thisItem: () => current(),
      $now: () => DateTime.now(),
      $today: () => DateTime.now().startOf('day'),
      $env: () => environment,
      $vars: () => plain('$vars') ?? {},
      $execution: () => once('$execution', () => ({ ...read(0, '$execution'), customData })),
      $jmespath: () => world.borrowFunction('$jmespath'),
      $jmesPath: () => world.borrowFunction('$jmespath'),
      $getWorkflowStaticData: () => workflowStaticData,
      $getNodeParameter: () => getNodeParameter,
      $if: () => (condition, yes, no) => (condition ? yes : no),
      $ifEmpty: () => (value, otherwise) => (isEmpty(value) ? otherwise : value),
      $min: () => (...numbers) => Math.min(...numbers.flat()),
      $max: () => (...numbers) => Math.max(...numbers.flat()),
      $not: () => (value) => !value,
      $average: () => (...numbers) => numbers.flat().reduce((sum, n) => sum + n, 0) / (numbers.flat().length || 1),
    };
    const getNodeParameter = (name, index, otherwise) => {
      const path = String(name).split('.');
      const value = path.reduce((value, key) => value?.[key],
        parametersOf(`$parameter ${index ?? at()}`, index ?? at(), '$parameter'));
      return value === undefined ? otherwise : value;
    };
    for (const name of ['$runIndex', '$thisRunIndex', '$prevNode', '$workflow', '$executionId', '$mode', '$nodeVersion',
      '$nodeId', '$webhookId', '$resumeWebhookUrl', '$version']) {
      getters[name] = () => plain(name);
    }
    return getters;
  };

  function variablesObject(at, items) {
    const object = {};
    const getters = world.variables(at, items);
    for (const name of Object.keys(getters)) Object.defineProperty(object, name, { get: getters[name], enumerable: true });
    return object;
  }

  // What `this` and `helpers` offer.
  function missing(what, instead) {
    return new Error(`\`${what}\` is not available in a script: ${instead}`);
  }
  const request = 'use an HTTP Request node before or after this node';
  const { Buffer } = world;
  const files = 'use a Read/Write Files from Disk node';
  const helpers = {
    returnJsonArray: (data) => [data].flat().map((json) => (json && json.json ? { ...json } : { json })),
    normalizeItems: (data) => [data].flat().map((item) => (item && (item.json || item.binary) ? item : { json: item })),
    constructExecutionMetaData: (list, { itemData } = {}) => list.map((item) => ({ ...item, pairedItem: itemData })),
    assertBinaryData(index, property) {
      const binary = typeof property === 'string' ? world.items()[index]?.binary?.[property] : property;
      if (!binary) throw new Error(`item ${index} has no file "${property}"`);
      return binary;
    },
    async getBinaryDataBuffer(index, property) {
      return Buffer.from(helpers.assertBinaryData(index, property).data, 'base64');
    },
    async prepareBinaryData(bytes, fileName, mimeType) {
      const data = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64');
      const binary = { mimeType: mimeType ?? 'application/octet-stream', data };
      if (fileName !== undefined) binary.fileName = fileName;
      return binary;
    },
    setBinaryDataBuffer: async (binary, bytes) => ({ ...binary, id: undefined, data: Buffer.from(bytes).toString('base64') }),
    binaryToBuffer: async (bytes) => Buffer.from(bytes),
  };
  const requests = ['httpRequest', 'request', 'httpRequestWithAuthentication', 'requestWithAuthentication',
    'requestOAuth1', 'requestOAuth2', 'requestWithAuthenticationPaginated', 'requestPaginated'];
  const allHelpers = new Proxy(helpers, {
    get(_, name) {
      if (typeof name === 'symbol' || Object.hasOwn(helpers, name)) return helpers[name];
      throw missing(`helpers.${name}`, requests.includes(name) ? request : 'it needs a node of its own');
    },
  });

  // What other hosts of JavaScript have, and what to use instead.
  const refused = {
    fetch: request, XMLHttpRequest: request, axios: request, $http: request, $request: request,
    WebSocket: request, importScripts: request,
  };
  const processFacts = { nextTick: (work, ...args) => queueMicrotask(() => work(...args)), version: '', platform: '' };
  const process = new Proxy(processFacts, {
    get(_, name) {
      if (typeof name === 'symbol' || Object.hasOwn(processFacts, name)) return processFacts[name];
      if (name === 'env') throw missing('process.env', 'use `$vars`, or `$env` for a variable that is allowed');
      throw missing(`process.${name}`, 'a script has no process of its own; `return` ends it');
    },
  });
  const modules = {
    crypto: () => world.crypto, buffer: () => ({ Buffer }), url: () => ({ URL: world.URL, URLSearchParams: world.URLSearchParams }),
    luxon: () => ({ DateTime, Duration: world.Duration, Interval: world.Interval }),
    util: () => ({ TextEncoder: world.TextEncoder, TextDecoder: world.TextDecoder, inspect: world.inspect }),
  };
  const instead = {
    fs: files, 'fs/promises': files, path: files, http: request, https: request, axios: request, 'node-fetch': request,
    request, got: request, moment: 'use `DateTime`', 'moment-timezone': 'use `DateTime`', dayjs: 'use `DateTime`',
    'date-fns': 'use `DateTime`', child_process: 'a script cannot start programs', os: 'a script knows nothing of its machine',
    lodash: 'the methods of Array and Object do most of it',
  };
  function require(name) {
    const short = String(name).replace(/^node:/, '');
    if (Object.hasOwn(modules, short)) return modules[short]();
    throw missing(`require('${name}')`, instead[short]
      ?? `the modules that are there are ${Object.keys(modules).join(', ')}`);
  }

  world.globals = function (getters, thisArg) {
    const define = (name, get) => Object.defineProperty(globalThis, name, {
      get,
      set(value) { Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true }); },
      configurable: true, enumerable: false,
    });
    for (const name of Object.keys(getters)) define(name, getters[name]);
    const values = {
      DateTime, Duration: world.Duration, Interval: world.Interval, Intl: world.Intl, Buffer, TextEncoder: world.TextEncoder,
      TextDecoder: world.TextDecoder, URL: world.URL, URLSearchParams: world.URLSearchParams,
      structuredClone: world.structuredClone, crypto: world.crypto, console: world.console, ...world.timers,
      getWorkflowStaticData: workflowStaticData, getNodeParameter: getters.$getNodeParameter(), helpers: allHelpers,
      require, process, global: globalThis, module: { exports: {} },
    };
    for (const name of Object.keys(values)) {
      Object.defineProperty(globalThis, name, { value: values[name], writable: true, configurable: true });
    }
    for (const name of Object.keys(refused)) define(name, () => { throw missing(name, refused[name]); });
    Object.assign(thisArg, {
      helpers: allHelpers, getWorkflowStaticData: workflowStaticData, getNodeParameter: values.getNodeParameter,
      getInputData: () => world.items(), getWorkflow: () => globalThis.$workflow, getMode: () => globalThis.$mode,
      getTimezone: () => host.timeZone(),
      getExecutionId: () => globalThis.$executionId, continueOnFail: () => false,
    });
  };
  world.withAllFiles = withAllFiles;
  world.askBytes = (binary) => ask({ bytes: binary });
})
