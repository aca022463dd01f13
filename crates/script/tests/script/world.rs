//! What the world of a script has beside its data.

use serde_json::json;

use crate::bench::value;

#[test]
fn buffers_have_their_usual_methods() {
    assert_eq!(
        value("return [Buffer.from('héllo').toString('base64'), Buffer.from('aMOpbGxv', 'base64').toString(), Buffer.from('héllo').toString('hex'),
            Buffer.from('68c3a9', 'hex').toString('utf8'), Buffer.byteLength('héllo'), Buffer.concat([Buffer.from('a'), Buffer.from('b')]).toString(),
            Buffer.from('a-_', 'base64url').toString('base64url'), Buffer.isBuffer(Buffer.alloc(2)), Buffer.from([104, 105]).toString('latin1'),
            Buffer.from('hello').slice(1, 3).toString(), Buffer.from('abc').equals(Buffer.from('abc')), JSON.stringify(Buffer.from('a')),
            Buffer.from('abc').readUInt16BE(1), Buffer.from('hello').includes('ll'), Buffer.from('ab').length]"),
        json!(["aMOpbGxv", "héllo", "68c3a96c6c6f", "hé", 6, "ab", "a-8", true, "hi", "el", true, "{\"type\":\"Buffer\",\"data\":[97]}", 25187, true, 2])
    );
}

#[test]
fn texts_and_bytes_become_each_other() {
    assert_eq!(
        value("return [btoa('hi'), atob('aGk='), new TextDecoder().decode(new TextEncoder().encode('é€😀')), [...new TextEncoder().encode('é')],
            new TextDecoder('latin1').decode(new Uint8Array([233]))]"),
        json!(["aGk=", "hi", "é€😀", [195, 169], "é"])
    );
}

#[test]
fn crypto_hashes_and_makes_identities() {
    assert_eq!(
        value("const crypto = require('crypto');
            return [crypto.createHash('sha256').update('a').update('b').digest('hex').slice(0, 16), crypto.createHash('md5').update('x').digest('base64'),
                crypto.createHmac('sha256', 'key').update('data').digest('hex').slice(0, 16), /^[0-9a-f-]{36}$/.test(crypto.randomUUID()),
                crypto.randomBytes(8).length, require('node:crypto').createHash('SHA-1').update('').digest('hex')]"),
        json!(["fb8e20fc2e4c3f24", "ndTkYSaMgDT1yFZOFVxnpg==", "5031fe3d989c6d15", true, 8, "da39a3ee5e6b4b0d3255bfef95601890afd80709"])
    );
}

#[test]
fn addresses_are_taken_apart_and_put_together() {
    assert_eq!(
        value("const url = new URL('/p?a=1&b=x%20y', 'https://user@example.com:8443/q'); url.searchParams.append('c', 'ü&'); url.hash = 'h';
            return [url.href, url.host, url.searchParams.get('b'), new URLSearchParams({ q: 'a b', r: 1 }).toString(), [...new URLSearchParams('x=1&x=2').getAll('x')],
                `${new URL('http://a.b')}`, URL.canParse('nothing')]"),
        json!([
            "https://user@example.com:8443/p?a=1&b=x+y&c=%C3%BC%26#h", "example.com:8443", "x y", "q=a+b&r=1", ["1", "2"], "http://a.b/", false
        ])
    );
}

#[test]
fn values_are_copied_deeply() {
    assert_eq!(
        value("const a = { d: new Date(0), l: [1, { x: 2 }] }; a.self = a; const b = structuredClone(a); b.l[1].x = 3;
            return [a.l[1].x, b.l[1].x, b.self === b, b.d instanceof Date]"),
        json!([2, 3, true, true])
    );
}

#[test]
fn the_language_is_a_present_one() {
    assert_eq!(
        value("class A { #x = 1; get x() { return this.#x } static { A.y = 2 } }
            const { a, ...rest } = { a: 1, b: 2, c: 3 };
            return [new A().x, A.y, rest, [1, 2, 3].at(-1), Object.groupBy([1, 2], (n) => n % 2 ? 'odd' : 'even'), 'aXbX'.replaceAll('X', '-'),
                [3, 1].toSorted(), a?.b?.c ?? 'none', [...'a1b2'.matchAll(/\\d/g)].map((m) => m[0]), 2n ** 64n > 1, new Set([1]).union(new Set([2])).size]"),
        json!([1, 2, { "b": 2, "c": 3 }, 3, { "odd": [1], "even": [2] }, "a-b-", [1, 3], "none", ["1", "2"], true, 2])
    );
}

#[test]
fn the_functions_of_the_language_are_there() {
    assert_eq!(
        value(
            "return [$if(true, 1, 2), $ifEmpty('', 3), $ifEmpty([1], 3), $min(4, 2), $max([1, 5]), $not(1), $average(1, 3)]"
        ),
        json!([1, 3, [1], 2, 5, false, 2])
    );
}

#[test]
fn extensions_belong_to_expressions() {
    assert_eq!(
        value(
            "return [typeof ''.toTitleCase, typeof [].isEmpty, typeof (1).format, typeof ({}).isNotEmpty]"
        ),
        json!(["undefined", "undefined", "undefined", "undefined"])
    );
}
