//! What an expression names, and what its syntax errors say.

use itemflow_expression::{Expression, ItemsOf};

#[test]
fn nodes_are_known_with_their_place() {
    let text = "=a {{ $('Get user').item.json.id + $node[\"B\"].json.x + $items('C').length + $node.D.json }}";
    let expression = Expression::parse(text).unwrap();
    let references = expression.references();
    let names: Vec<&str> = references
        .nodes
        .iter()
        .map(|node| node.name.as_str())
        .collect();
    assert_eq!(names, ["Get user", "B", "C", "D"]);
    for node in &references.nodes {
        assert!(text[node.range.clone()].contains(&node.name));
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

#[test]
fn fields_are_known_with_their_place() {
    let paths = |code: &str| -> Vec<String> {
        let text = format!("={{{{ {code} }}}}");
        let expression = Expression::parse(&text).unwrap();
        let fields = expression.references().fields.iter();
        fields
            .map(|field| {
                let of = match &field.of {
                    ItemsOf::Input => "input".to_owned(),
                    ItemsOf::Node(name) => name.clone(),
                };
                let steps = field.steps.iter().map(|step| {
                    let written = &text[step.range.clone()];
                    match &step.name {
                        Some(name) => {
                            assert!(written.contains(name.as_str()), "{written}");
                            name.clone()
                        }
                        None => written.to_owned(),
                    }
                });
                format!("{of}: {}", steps.collect::<Vec<_>>().join("."))
            })
            .collect()
    };
    for (code, expected) in [
        ("$json.a.b", "input: a.b"),
        ("$json['a b']?.c[0].d", "input: a b.c.0.d"),
        ("$json.a.toUpperCase()", "input: a"),
        ("$json.list[$json.i].x", "input: list|input: i"),
        ("$input.item.json.a", "input: a"),
        ("$input.first().json.a.b", "input: a.b"),
        ("$input.all()[2].json.a", "input: a"),
        ("$input.all().map(i => i.json.a)", ""),
        ("$('A').item.json.a", "A: a"),
        ("$(`A`).last().json.a", "A: a"),
        ("$('A').first(1).json.a", ""),
        ("$('A').itemMatching(0).json.a", "A: a"),
        ("$('A').params.a", ""),
        ("$node.A.json.a", "A: a"),
        ("$node['A'].data['a']", "A: a"),
        ("$items('A')[0].json.a", "A: a"),
        ("$items('A', 1)[0].json.a", ""),
        ("(($json) => $json.a)(1)", ""),
        ("$json", ""),
        ("$binary.a", ""),
    ] {
        assert_eq!(paths(code).join("|"), expected, "{code}");
    }
}

#[test]
fn a_node_may_be_asked_about_without_its_items() {
    for (code, reads_items) in [
        ("$('A').item.json", true),
        ("$('A')", true),
        ("$('A').isExecuted", false),
        ("$('A').params.url", false),
        ("$node['A'].runIndex", false),
        ("$node['A'].json", true),
    ] {
        let expression = Expression::parse(&format!("={{{{ {code} }}}}")).unwrap();
        assert_eq!(
            expression.references().nodes[0].reads_items,
            reads_items,
            "{code}"
        );
    }
}

#[test]
fn members_of_the_languages_own_objects_are_known() {
    let text = "={{ $input.frist() + $('A').itme + $node.A.jsn + $workflow.nme + $execution.id + $prevNode.name }}";
    let expression = Expression::parse(text).unwrap();
    let unknown: Vec<_> = expression
        .references()
        .unknown_members
        .iter()
        .map(|member| (member.object, &text[member.range.clone()], member.near))
        .collect();
    assert_eq!(
        unknown,
        [
            ("$input", "frist", Some("first")),
            ("$('…')", "itme", Some("item")),
            ("$node['…']", "jsn", Some("json")),
            ("$workflow", "nme", Some("name")),
        ]
    );
    assert!(expression.references().unknown_methods.is_empty());
}
