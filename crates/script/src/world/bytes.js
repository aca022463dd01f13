// Bytes and texts: Buffer, TextEncoder, TextDecoder, URL, crypto, structuredClone.
(function (host, world) {
  'use strict';
  const { fromCharCode } = String;
  const CHUNK = 8192;

  // Bytes cross to the host as a text with one character for each byte.
  function latin1(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length; at += CHUNK) {
      text += fromCharCode.apply(null, bytes.subarray(at, at + CHUNK));
    }
    return text;
  }
  function fromLatin1(text) {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  function viewOf(source) {
    if (source instanceof Uint8Array) return source;
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (source instanceof ArrayBuffer) return new Uint8Array(source);
    return undefined;
  }
  const encodeText = (text) => host.bytesOfText(String(text).toWellFormed());
  const decodeText = (bytes) => host.textOfBytes(latin1(bytes));

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return encodeText(text); }
  }
  class TextDecoder {
    #latin1;
    constructor(label = 'utf-8') {
      const name = String(label).toLowerCase();
      this.#latin1 = ['latin1', 'iso-8859-1', 'ascii', 'windows-1252'].includes(name);
      if (!this.#latin1 && !['utf-8', 'utf8'].includes(name)) {
        throw new RangeError(`TextDecoder does not know the encoding ${label}: use utf-8 or latin1`);
      }
    }
    get encoding() { return this.#latin1 ? 'windows-1252' : 'utf-8'; }
    decode(source = new Uint8Array(0)) {
      const bytes = viewOf(source);
      if (!bytes) throw new TypeError('TextDecoder.decode needs bytes');
      if (this.#latin1) return latin1(bytes);
      const text = decodeText(bytes);
      return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    }
  }

  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
  const encodings = {
    utf8: { to: decodeText, from: encodeText },
    latin1: { to: latin1, from: fromLatin1 },
    ascii: { to: (bytes) => latin1(bytes.map((byte) => byte & 127)), from: fromLatin1 },
    hex: {
      to: (bytes) => { let text = ''; for (const byte of bytes) text += HEX[byte]; return text; },
      from(text) {
        const digits = /^(?:[0-9a-f]{2})*/i.exec(text)[0];
        const bytes = new Uint8Array(digits.length / 2);
        for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.substr(i * 2, 2), 16);
        return bytes;
      },
    },
    base64: {
      to: (bytes) => btoa(latin1(bytes)),
      from(text) {
        const sextets = text.replace(/=[^]*$/, '').replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '');
        return fromLatin1(atob(sextets.length % 4 === 1 ? sextets.slice(0, -1) : sextets));
      },
    },
    base64url: {
      to: (bytes) => encodings.base64.to(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
      from: (text) => encodings.base64.from(text),
    },
    utf16le: {
      to(bytes) {
        let text = '';
        for (let i = 0; i + 1 < bytes.length; i += 2) text += fromCharCode(bytes[i] | (bytes[i + 1] << 8));
        return text;
      },
      from(text) {
        const bytes = new Uint8Array(text.length * 2);
        for (let i = 0; i < text.length; i++) {
          bytes[i * 2] = text.charCodeAt(i);
          bytes[i * 2 + 1] = text.charCodeAt(i) >> 8;
        }
        return bytes;
      },
    },
  };
  function encodingOf(name = 'utf8') {
    const key = { 'utf-8': 'utf8', binary: 'latin1', ucs2: 'utf16le', 'ucs-2': 'utf16le', 'utf-16le': 'utf16le' }[
      String(name).toLowerCase()] ?? String(name).toLowerCase();
    if (!Object.hasOwn(encodings, key)) throw new TypeError(`Buffer does not know the encoding ${name}`);
    return encodings[key];
  }

  class Buffer extends Uint8Array {
    static from(source, encodingOrOffset, length) {
      if (typeof source === 'string') return as(encodingOf(encodingOrOffset).from(source));
      if (source instanceof ArrayBuffer) return new Buffer(source, encodingOrOffset, length);
      if (source && source.type === 'Buffer' && Array.isArray(source.data)) return as(Uint8Array.from(source.data));
      if (source === null || typeof source !== 'object') {
        throw new TypeError('Buffer.from needs a text, a list of bytes, an ArrayBuffer or a Buffer');
      }
      return as(Uint8Array.from(source));
    }
    static alloc(size, fill, encoding) {
      const buffer = new Buffer(size);
      return fill === undefined ? buffer : buffer.fill(fill, 0, size, encoding);
    }
    static allocUnsafe(size) { return new Buffer(size); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { try { return !!encodingOf(name); } catch { return false; } }
    static byteLength(source, encoding) {
      return typeof source === 'string' ? encodingOf(encoding).from(source).length : source.byteLength;
    }
    static concat(list, total = list.reduce((sum, part) => sum + part.length, 0)) {
      const all = new Buffer(total);
      let at = 0;
      for (const part of list) {
        const rest = part.subarray(0, total - at);
        all.set(rest, at);
        at += rest.length;
      }
      return all;
    }
    static compare(a, b) {
      for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
      return Math.sign(a.length - b.length);
    }
    toString(encoding, start = 0, end = this.length) {
      return encodingOf(encoding).to(new Uint8Array(this.buffer, this.byteOffset, this.length).subarray(start, end));
    }
    toLocaleString(...args) { return this.toString(...args); }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    compare(other) { return Buffer.compare(this, other); }
    slice(start, end) { return this.subarray(start, end); }
    copy(target, targetStart = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + target.length - targetStart));
      target.set(part, targetStart);
      return part.length;
    }
    write(text, offset = 0, length = this.length - offset, encoding = undefined) {
      const bytes = encodingOf(encoding).from(text).subarray(0, Math.min(length, this.length - offset));
      this.set(bytes, offset);
      return bytes.length;
    }
    fill(value, start, end, encoding) {
      if (typeof value !== 'string') return super.fill(value, start, end);
      const bytes = encodingOf(encoding).from(value);
      for (let i = start ?? 0; bytes.length && i < (end ?? this.length); i++) this[i] = bytes[(i - (start ?? 0)) % bytes.length];
      return this;
    }
    indexOf(value, from = 0, encoding = undefined) {
      if (typeof value === 'number') return super.indexOf(value, from);
      const wanted = typeof value === 'string' ? encodingOf(encoding).from(value) : value;
      return latin1(this).indexOf(latin1(wanted), from);
    }
    includes(value, from, encoding) { return this.indexOf(value, from, encoding) !== -1; }
    static get [Symbol.species]() { return Buffer; }
  }
  const as = (bytes) => new Buffer(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [name, size, read] of [
    ['UInt8', 1, 'getUint8'], ['Int8', 1, 'getInt8'], ['UInt16', 2, 'getUint16'], ['Int16', 2, 'getInt16'],
    ['UInt32', 4, 'getUint32'], ['Int32', 4, 'getInt32'], ['Float', 4, 'getFloat32'], ['Double', 8, 'getFloat64'],
    ['BigUInt64', 8, 'getBigUint64'], ['BigInt64', 8, 'getBigInt64'],
  ]) {
    const write = read.replace('get', 'set');
    for (const ending of size === 1 ? [''] : ['LE', 'BE']) {
      const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      const little = ending === 'LE';
      Object.defineProperty(Buffer.prototype, `read${name}${ending}`, {
        value(offset = 0) { return view(this)[read](offset, little); },
      });
      Object.defineProperty(Buffer.prototype, `write${name}${ending}`, {
        value(number, offset = 0) { view(this)[write](offset, number, little); return offset + size; },
      });
    }
  }

  function bytesOf(source, encoding) {
    if (typeof source === 'string') return encodingOf(encoding).from(source);
    const view = viewOf(source);
    if (!view) throw new TypeError('this needs a text or bytes');
    return view;
  }
  function digester(compute) {
    const parts = [];
    const self = {
      update(source, encoding) { parts.push(as(bytesOf(source, encoding))); return self; },
      digest(encoding) {
        const bytes = as(fromLatin1(compute(latin1(Buffer.concat(parts)))));
        return encoding === undefined || encoding === 'buffer' ? bytes : bytes.toString(encoding);
      },
    };
    return self;
  }
  const randomBytes = (count) => as(host.randomBytes(count));
  function randomUUID() {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  }
  const crypto = {
    createHash: (algorithm) => { host.digest(String(algorithm), ''); return digester((data) => host.digest(String(algorithm), data)); },
    createHmac: (algorithm, key) => {
      const secret = latin1(bytesOf(key));
      host.hmac(String(algorithm), secret, '');
      return digester((data) => host.hmac(String(algorithm), secret, data));
    },
    randomBytes,
    randomUUID,
    randomInt(least, most) {
      if (most === undefined) [least, most] = [0, least];
      return least + Math.floor((randomBytes(6).readUInt32LE(0) / 4294967296) * (most - least));
    },
    getRandomValues(target) { viewOf(target).set(randomBytes(target.byteLength)); return target; },
    timingSafeEqual: (a, b) => Buffer.compare(a, b) === 0,
    getHashes: () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
  };

  class URLSearchParams {
    #pairs = [];
    #changed;
    constructor(source = '', changed = undefined) {
      this.#changed = changed;
      if (typeof source === 'string') {
        for (const part of source.replace(/^\?/, '').split('&')) {
          if (part === '') continue;
          const at = part.indexOf('=');
          const read = (text) => decodeText(percentBytes(text.replace(/\+/g, ' ')));
          this.#pairs.push(at < 0 ? [read(part), ''] : [read(part.slice(0, at)), read(part.slice(at + 1))]);
        }
      } else if (typeof source?.[Symbol.iterator] === 'function') {
        for (const [name, value] of source) this.#pairs.push([String(name), String(value)]);
      } else {
        for (const name of Object.keys(source ?? {})) this.#pairs.push([name, String(source[name])]);
      }
    }
    #change(pairs) { this.#pairs = pairs; this.#changed?.(this.toString()); }
    append(name, value) { this.#change([...this.#pairs, [String(name), String(value)]]); }
    delete(name) { this.#change(this.#pairs.filter(([own]) => own !== String(name))); }
    get(name) { return this.#pairs.find(([own]) => own === String(name))?.[1] ?? null; }
    getAll(name) { return this.#pairs.filter(([own]) => own === String(name)).map(([, value]) => value); }
    has(name) { return this.#pairs.some(([own]) => own === String(name)); }
    set(name, value) {
      const at = this.#pairs.findIndex(([own]) => own === String(name));
      if (at < 0) return this.append(name, value);
      this.#change(this.#pairs.flatMap((pair, i) =>
        i === at ? [[pair[0], String(value)]] : pair[0] === String(name) ? [] : [pair]));
    }
    sort() { this.#change([...this.#pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))); }
    forEach(callback, self) { for (const [name, value] of this) callback.call(self, value, name, this); }
    *keys() { for (const [name] of this.#pairs) yield name; }
    *values() { for (const [, value] of this.#pairs) yield value; }
    *entries() { for (const pair of this.#pairs) yield [...pair]; }
    [Symbol.iterator]() { return this.entries(); }
    get size() { return this.#pairs.length; }
    toString() {
      const write = (text) => encodeURIComponent(text.toWellFormed()).replace(/%20/g, '+')
        .replace(/[!'()~]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
      return this.#pairs.map(([name, value]) => `${write(name)}=${write(value)}`).join('&');
    }
  }
  function percentBytes(text) {
    const plain = latin1(encodeText(text));
    return fromLatin1(plain.replace(/%([0-9a-f]{2})/gi, (_, digits) => fromCharCode(parseInt(digits, 16))));
  }

  class URL {
    #parts;
    #params;
    constructor(text, base) { this.#read(String(text), base === undefined ? undefined : String(base)); }
    #read(text, base) {
      this.#parts = JSON.parse(host.url(text, base ?? ''));
      this.#params = undefined;
    }
    static canParse(text, base) { try { return !!new URL(text, base); } catch { return false; } }
    static parse(text, base) { try { return new URL(text, base); } catch { return null; } }
    get searchParams() {
      return (this.#params ??= new URLSearchParams(this.#parts.search, (search) => {
        this.#set('search', search);
      }));
    }
    #set(part, value) { this.#parts = JSON.parse(host.urlWith(this.#parts.href, part, String(value))); }
    toString() { return this.href; }
    toJSON() { return this.href; }
    get origin() { return this.#parts.origin; }
    static {
      for (const name of ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']) {
        Object.defineProperty(URL.prototype, name, {
          get() { return this.#parts[name]; },
          set(value) {
            if (name === 'href') return this.#read(String(value));
            this.#set(name, value);
            if (name === 'search') this.#params = undefined;
          },
          enumerable: true, configurable: true,
        });
      }
    }
  }

  function structuredClone(value) {
    const seen = new Map();
    const clone = (value) => {
      if (typeof value === 'function' || typeof value === 'symbol') {
        throw new TypeError(`structuredClone cannot copy a ${typeof value}`);
      }
      if (value === null || typeof value !== 'object') return value;
      if (seen.has(value)) return seen.get(value);
      const keep = (copy) => { seen.set(value, copy); return copy; };
      if (value instanceof Date) return keep(new Date(value.getTime()));
      if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
      if (value instanceof ArrayBuffer) return keep(value.slice(0));
      if (ArrayBuffer.isView(value)) return keep(value.constructor.from(value));
      if (value instanceof Map) {
        const copy = keep(new Map());
        for (const [key, entry] of value) copy.set(clone(key), clone(entry));
        return copy;
      }
      if (value instanceof Set) {
        const copy = keep(new Set());
        for (const entry of value) copy.add(clone(entry));
        return copy;
      }
      if (value instanceof Error) {
        const copy = keep(new (globalThis[value.name] ?? Error)(value.message));
        copy.stack = value.stack;
        return copy;
      }
      const copy = keep(Array.isArray(value) ? new Array(value.length) : {});
      for (const key of Object.keys(value)) {
        Object.defineProperty(copy, key, {
          value: clone(value[key]), enumerable: true, writable: true, configurable: true,
        });
      }
      return copy;
    };
    return clone(value);
  }

  Object.assign(world, { Buffer, TextEncoder, TextDecoder, URL, URLSearchParams, structuredClone, crypto });
})
