//! Lowers what values are bound or assigned to: parameters, declarations, assignment targets.

use oxc_ast::ast::{
    AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, BindingPattern,
    IdentifierReference, SimpleAssignmentTarget,
};
use oxc_span::GetSpan;

use super::{Lower, Lowering};
use crate::tree::{DeclareKind, Key, Pattern};

impl Lowering<'_> {
    /// Declares every name in a pattern.
    pub(super) fn declare_pattern(
        &mut self,
        pattern: &BindingPattern,
        kind: DeclareKind,
    ) -> Lower<()> {
        self.deeper(pattern.span())?;
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                // `var` of a name that is there already means that one.
                if kind != DeclareKind::Var || !self.is_declared(name.name.as_str()) {
                    self.declare(name.name.as_str(), kind == DeclareKind::Const)?;
                }
            }
            BindingPattern::AssignmentPattern(inner) => {
                self.declare_pattern(&inner.left, kind)?;
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    self.declare_pattern(&property.value, kind)?;
                }
                if let Some(rest) = &object.rest {
                    self.declare_pattern(&rest.argument, kind)?;
                }
            }
            BindingPattern::ArrayPattern(array) => {
                for element in array.elements.iter().flatten() {
                    self.declare_pattern(element, kind)?;
                }
                if let Some(rest) = &array.rest {
                    self.declare_pattern(&rest.argument, kind)?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Lowers a pattern whose names are declared.
    pub(super) fn pattern(&mut self, pattern: &BindingPattern) -> Lower<Pattern> {
        self.deeper(pattern.span())?;
        let lowered = match pattern {
            BindingPattern::BindingIdentifier(name) => match self.local(name.name.as_str()) {
                Some((local, _)) => Pattern::Local(local),
                None => Pattern::Nowhere,
            },
            BindingPattern::AssignmentPattern(inner) => {
                let target = self.pattern(&inner.left)?;
                Pattern::Default(Box::new(target), Box::new(self.expression(&inner.right)?))
            }
            BindingPattern::ObjectPattern(object) => {
                let mut members = Vec::new();
                for property in &object.properties {
                    if property.computed {
                        return self.error(property.span, "computed names cannot be destructured");
                    }
                    let key = self.property_key(&property.key, false)?;
                    self.check_key(&key);
                    members.push((key, self.pattern(&property.value)?));
                }
                let rest = match &object.rest {
                    Some(rest) => Some(Box::new(self.pattern(&rest.argument)?)),
                    None => None,
                };
                Pattern::Object { members, rest }
            }
            BindingPattern::ArrayPattern(array) => {
                let mut elements = Vec::new();
                for element in &array.elements {
                    elements.push(match element {
                        Some(element) => Some(self.pattern(element)?),
                        None => None,
                    });
                }
                let rest = match &array.rest {
                    Some(rest) => Some(Box::new(self.pattern(&rest.argument)?)),
                    None => None,
                };
                Pattern::Array { elements, rest }
            }
        };
        self.depth -= 1;
        Ok(lowered)
    }

    pub(super) fn assignment_target(&mut self, target: &AssignmentTarget) -> Lower<Pattern> {
        self.deeper(target.span())?;
        let lowered = match target {
            AssignmentTarget::ArrayAssignmentTarget(array) => {
                let mut elements = Vec::new();
                for element in &array.elements {
                    elements.push(match element {
                        Some(element) => Some(self.maybe_default(element)?),
                        None => None,
                    });
                }
                let rest = match &array.rest {
                    Some(rest) => Some(Box::new(self.assignment_target(&rest.target)?)),
                    None => None,
                };
                Pattern::Array { elements, rest }
            }
            AssignmentTarget::ObjectAssignmentTarget(object) => {
                let mut members = Vec::new();
                for property in &object.properties {
                    match property {
                        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                            let key = Key::Name(property.binding.name.as_str().into());
                            self.check_key(&key);
                            let target = self.name_target(&property.binding);
                            members.push((
                                key,
                                match &property.init {
                                    Some(init) => Pattern::Default(
                                        Box::new(target),
                                        Box::new(self.expression(init)?),
                                    ),
                                    None => target,
                                },
                            ));
                        }
                        AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                            let key = self.property_key(&property.name, property.computed)?;
                            self.check_key(&key);
                            members.push((key, self.maybe_default(&property.binding)?));
                        }
                    }
                }
                let rest = match &object.rest {
                    Some(rest) => Some(Box::new(self.assignment_target(&rest.target)?)),
                    None => None,
                };
                Pattern::Object { members, rest }
            }
            other => self.simple_target(other.to_simple_assignment_target())?,
        };
        self.depth -= 1;
        Ok(lowered)
    }

    pub(super) fn simple_target(&mut self, target: &SimpleAssignmentTarget) -> Lower<Pattern> {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(name) => Ok(self.name_target(name)),
            SimpleAssignmentTarget::StaticMemberExpression(member) => {
                let object = self.expression(&member.object)?;
                let name = self.member_name(member.property.name.as_str());
                Ok(Pattern::Member(Box::new(object), Key::Name(name)))
            }
            SimpleAssignmentTarget::ComputedMemberExpression(member) => {
                let object = self.expression(&member.object)?;
                let index = self.expression(&member.expression)?;
                Ok(Pattern::Member(Box::new(object), Key::Computed(index)))
            }
            other => self.error(other.span(), "nothing can be assigned to this"),
        }
    }

    fn name_target(&mut self, name: &IdentifierReference) -> Pattern {
        match self.local(name.name.as_str()) {
            Some((local, true)) => Pattern::Constant(local, name.name.as_str().into()),
            Some((local, false)) => Pattern::Local(local),
            None => Pattern::Nowhere,
        }
    }

    fn maybe_default(&mut self, target: &AssignmentTargetMaybeDefault) -> Lower<Pattern> {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(inner) => {
                let target = self.assignment_target(&inner.binding)?;
                Ok(Pattern::Default(
                    Box::new(target),
                    Box::new(self.expression(&inner.init)?),
                ))
            }
            other => self.assignment_target(other.to_assignment_target()),
        }
    }

    fn check_key(&mut self, key: &Key) {
        if let Key::Name(name) = key {
            let name = name.clone();
            self.member_name(&name);
        }
    }
}
