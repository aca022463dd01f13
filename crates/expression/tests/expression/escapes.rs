//! Attempts to reach the host. Each must end in undefined, an empty object, or an error.

use itemflow_model::Value;

use crate::cases::run;
use crate::scope::TestScope;

#[test]
fn nothing_reaches_the_host() {
    let scope = TestScope::new(Value::from([("a", 1)]));
    for code in [
        "$json.constructor.constructor('return process')()",
        "$json['con' + 'structor']",
        "({}).__proto__",
        "[]['__pro' + 'to__']",
        "'x'['constr' + 'uctor']['constructor']('return 1')()",
        "(() => 1).constructor('return this')()",
        "(() => 1)['constructor']",
        "(function () { return this })().process",
        "this.constructor",
        "Object.getPrototypeOf({})",
        "Object['getPrototypeOf']({})",
        "Object.defineProperty({}, 'a', { get() { return 1 } })",
        "Object.setPrototypeOf({}, null)",
        "Reflect.get({}, 'a')",
        "new Proxy({}, {}).a",
        "new Function('return 1')()",
        "Function('return 1')()",
        "eval('1 + 1')",
        "globalThis.process",
        "process.env.HOME",
        "process.binding('fs')",
        "process.mainModule.require('child_process')",
        "require('fs').readFileSync('/etc/passwd')",
        "global.process.exit(1)",
        "window.location",
        "self.fetch('http://localhost')",
        "fetch('http://localhost')",
        "setTimeout(() => 1, 0)",
        "Promise.resolve(1).then",
        "WebAssembly.compile",
        "new Error('x').stack",
        "Error.prepareStackTrace",
        "((e) => e.constructor)(new Error('x'))",
        "(({ constructor: c }) => c)({})",
        "(({ ['constr' + 'uctor']: c }) => c)({})",
        "Object.entries({}).map(([k]) => k)[0].constructor",
        "[].map.constructor",
        "[].map['call'].constructor",
        "Array.from.constructor",
        "JSON.parse('{\"__proto__\": {\"x\": 1}}').x",
        "Object.assign({}, JSON.parse('{\"__proto__\": {\"x\": 1}}')).x",
        "Object.fromEntries([['__proto__', { x: 1 }]])",
        "((a) => { a.__proto__ = { x: 1 }; return a.x })({})",
        "((a) => { a['__pro' + 'to__'] = { x: 1 }; return a.x })({})",
        "(function f() { return f.caller })()",
        "(function f() { return arguments.callee })()",
        "$json.__lookupGetter__('a')",
        "`${{}.constructor}`",
        "Symbol.iterator",
        "import('fs')",
        "$env.HOME",
    ] {
        let (kind, value) = run(&format!("={{{{ {} }}}}", code.replace("}}", "} }")), &scope);
        let harmless = match kind {
            "value" => {
                value.is_none()
                    || value == Some(Value::empty_object())
                    || value == Some(Value::Null)
            }
            _ => true,
        };
        assert!(harmless, "{code} gave {kind} {value:?}");
    }
}

#[test]
fn data_is_never_changed() {
    let json = Value::from([
        ("list", Value::from(vec![Value::from(2), Value::from(1)])),
        ("o", Value::from([("x", 1)])),
    ]);
    let scope = TestScope::new(json.clone());
    for code in [
        "$json.list.push(3)",
        "$json.list.sort()",
        "$json.list.reverse()",
        "$json.o.x = 2",
        "delete $json.o.x",
        "Object.assign($json.o, { x: 5 })",
        "(() => { const l = $json.list; l.push(9); l[0] = 7; return l })()",
        "(() => { const o = $json.o; o.x++; o.y = { z: 1 }; return o })()",
        "$input.all()[0].json.list.splice(0, 2)",
        "$input.item.json.o.x = 3",
    ] {
        run(&format!("={{{{ {code} }}}}"), &scope);
        assert_eq!(scope.json, json, "{code}");
    }
}
