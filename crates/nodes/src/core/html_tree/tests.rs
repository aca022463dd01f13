//! What is parsed, written and selected, and what is refused.

use super::select;
use super::*;

const PAGE: &str = "<html><body><div id=a class='x y'><p>one</p><p class=t>two <b>bold</b></p></div>\
    <ul><li>1<li data-k='v w'>2<li>3</ul><form><input name=q><select><option>o</option></select></form></body></html>";

fn texts(html: &str, selector: &str) -> Vec<String> {
    let tree = parse(html).unwrap();
    let elements = Elements::new(&tree);
    let found = select::parse(selector).unwrap().select(&elements);
    found
        .iter()
        .map(|at| elements.text(*at).to_owned())
        .collect()
}

#[test]
fn selectors_find_what_cheerio_finds() {
    for (selector, expected) in [
        ("p", &["one", "two bold"][..]),
        ("div > p.t", &["two bold"]),
        ("#a p + p b", &["bold"]),
        ("p ~ p", &["two bold"]),
        ("P, b", &["one", "two bold", "bold"]),
        ("li:first", &["1"]),
        ("li:last", &["3"]),
        ("li:eq(1)", &["2"]),
        ("li:eq(-1)", &["3"]),
        ("li:gt(0)", &["2", "3"]),
        ("li:lt(1)", &["1"]),
        ("li:even", &["1", "3"]),
        ("li:odd", &["2"]),
        ("li:nth-child(odd)", &["1", "3"]),
        ("li:nth-child( 2n )", &["2"]),
        ("li:nth-child(-n+2)", &["1", "2"]),
        ("li:nth-last-child(1)", &["3"]),
        ("li:first-child, li:last-of-type", &["1", "3"]),
        ("p:not(.t)", &["one"]),
        ("p:not(.t, :contains('one'))", &[]),
        ("div:has(> p > b) p:first", &["one"]),
        ("div:has(li)", &[]),
        ("p:has(b):contains(bold)", &["two bold"]),
        ("p:contains('on')", &["one"]),
        (":is(p, li):first-child", &["one", "1"]),
        ("[data-k]", &["2"]),
        ("[data-k='v w']", &["2"]),
        ("[data-k~=w]", &["2"]),
        ("[data-k^=\"v\"][data-k$='w'][data-k*=' ']", &["2"]),
        ("[data-k='V W' i]", &["2"]),
        ("li[data-k!='v w']", &["1", "3"]),
        ("b:only-child", &["bold"]),
        ("option:selected", &["o"]),
        (".x.y > :last-child", &["two bold"]),
        ("html body div p b", &["bold"]),
        ("li:hover", &[]),
        ("", &[]),
    ] {
        assert_eq!(texts(PAGE, selector), expected, "{selector}");
    }
    assert_eq!(texts("<p class='a:b 1'>x", ".a\\:b.\\31 "), ["x"]);
}

#[test]
fn selectors_that_cannot_be_read_say_why() {
    for (selector, why) in [
        ("p >", "it ends too early"),
        ("> p", "nothing stands before the combinator"),
        ("p::text", "pseudo-elements"),
        ("p:wat", "there is no `:wat`"),
        ("p:wat(1)", "there is no `:wat()`"),
        ("[a", "`]` is missing"),
        ("p:nth-child(x)", "is no formula"),
        ("p:eq(x)", "is no number"),
        ("p..x", "a name is missing"),
        ("p)", "is out of place"),
        ("p:contains('x", "a quote is missing"),
    ] {
        let error = select::parse(selector).unwrap_err();
        assert!(error.contains(why), "{selector}: {error}");
    }
    assert!(select::parse(&":not(".repeat(100)).is_err());
    assert!(select::parse(&"a ".repeat(10_000)).is_err());
}

#[test]
fn html_is_written_as_browsers_write_it() {
    for (html, expected) in [
        ("<p>a<b>c", "<p>a<b>c</b></p>"),
        (
            "<br><img src=a alt='\"&\"'>",
            "<br><img src=\"a\" alt=\"&quot;&amp;&quot;\">",
        ),
        ("a < b & c\u{a0}", "a &lt; b &amp; c&nbsp;"),
        (
            "<!--x--><script>a<b</script>",
            "<!--x--><script>a<b</script>",
        ),
        (
            "<table><td>x",
            "<table><tbody><tr><td>x</td></tr></tbody></table>",
        ),
        (
            "<template><i>t</i></template>",
            "<template><i>t</i></template>",
        ),
        (
            "<svg viewBox='0 0'><a xlink:href='x'/></svg>",
            "<svg viewBox=\"0 0\"><a xlink:href=\"x\"></a></svg>",
        ),
    ] {
        let tree = parse(&format!("<body>{html}")).unwrap();
        let elements = Elements::new(&tree);
        let body = select::parse("body").unwrap().select(&elements)[0];
        assert_eq!(tree.inner_html(elements.ids[body]), expected, "{html}");
    }
}

#[test]
fn hostile_html_is_refused_in_time() {
    let deep = "<div>".repeat(600);
    assert!(
        parse(&deep)
            .unwrap_err()
            .contains("nested more than 512 deep")
    );
    for html in [
        "<div>".repeat(50_000),
        "<b>".repeat(30_000),
        format!(
            "{}{}",
            (0..1000).map(|i| format!("<b a{i}>")).collect::<String>(),
            "<p>x".repeat(10_000)
        ),
        "<table>".repeat(20_000),
        "<a><p>".repeat(10_000),
    ] {
        let started = std::time::Instant::now();
        let _ = parse(&html);
        assert!(started.elapsed().as_secs() < 60);
    }
}

#[test]
fn a_selector_takes_a_few_passes_whatever_it_says() {
    let html = "<i></i>".repeat(20_000);
    let tree = parse(&html).unwrap();
    let elements = Elements::new(&tree);
    for selector in [
        "* * * * * * * * * *",
        "i ~ i ~ i ~ i ~ i",
        ":has(~ i ~ i ~ i)",
        ":not(:has(+ i)):contains('x')",
        "i:nth-last-of-type(2n+1):only-child",
    ] {
        select::parse(selector).unwrap().select(&elements);
    }
}
