//! What an expression names, and what its syntax errors say.

use itemflow_expression::Expression;

#[test]
fn nodes_are_known_with_their_place() {
    let text = "=a {{ $('Get user').item.json.id + $node[\"B\"].json.x + $items('C').length + $node.D.json }}";
    let expression = Expression::parse(text).unwrap();
    let references = expression.references();
    let names: Vec<&str> = references
        .nodes
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["Get user", "B", "C", "D"]);
    for (name, range) in &references.nodes {
        assert!(text[range.clone()].contains(name.as_str()));
    }
    assert!(references.needs_run);
    assert!(
        !Expression::parse("={{ $json.a + $vars.b }}")
            .unwrap()
            .references()
            .needs_run
    );
}

#[test]
fn unknown_names_come_with_a_suggestion() {
    let text = "={{ $jsn.a + $json.name.toUppercase() + foo + [1].map(x => x) }}";
    let expression = Expression::parse(text).unwrap();
    let references = expression.references();
    let (name, range, near) = &references.unknown_variables[0];
    assert_eq!(
        (name.as_str(), &text[range.clone()], *near),
        ("$jsn", "$jsn", Some("$json"))
    );
    assert_eq!(references.unknown_variables[1].0, "foo");
    assert_eq!(references.unknown_variables.len(), 2);
    let (name, range, near) = &references.unknown_methods[0];
    assert_eq!(
        (name.as_str(), &text[range.clone()], *near),
        ("toUppercase", "toUppercase", Some("toUpperCase"))
    );
    assert_eq!(references.unknown_methods.len(), 1);
}

#[test]
fn syntax_errors_say_where_and_how_to_mend() {
    let text = "=x {{ {a:{b:1}} }}";
    let error = Expression::parse(text).unwrap_err();
    assert!(
        error.start >= 5 && error.end <= text.len() && error.start <= error.end,
        "{error:?}"
    );
    assert!(
        error
            .help
            .unwrap()
            .contains("space between two closing braces")
    );

    let error = Expression::parse("={{ }}").unwrap_err();
    assert!(error.message.contains("no code"));

    let text = "={{ 1 + }}";
    let error = Expression::parse(text).unwrap_err();
    assert!(error.start >= 3 && error.end <= text.len(), "{error:?}");

    let error = Expression::parse("={{ let x = 1 }}").unwrap_err();
    assert!(error.help.unwrap().contains("function"));
}
