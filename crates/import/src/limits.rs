//! How much of a document is taken. What lies beyond a limit is a loss, never an endless run.

/// Longest document that is worth reading, in bytes.
pub const MAX_SOURCE_BYTES: usize = 64 << 20;

/// Most operations of one document.
pub(crate) const OPERATIONS: usize = 5_000;
/// Most schemas that are looked at for one operation, each counted as often as it is used.
pub(crate) const SCHEMAS_PER_OPERATION: usize = 4_000;
/// Most schemas that are looked at for all operations together.
pub(crate) const SCHEMAS: usize = 1_500_000;
/// Most properties of an action, and most fields of one of its objects.
pub(crate) const FIELDS: usize = 200;
/// Most allowed values of a property.
pub(crate) const OPTIONS: usize = 300;
/// Levels of objects and lists in the schema of an answer.
pub(crate) const OUTPUT_DEPTH: usize = 5;
/// Most schemas within the schema of one answer.
pub(crate) const OUTPUT_SCHEMAS: usize = 150;
/// Characters of a description in the schema of an answer.
pub(crate) const OUTPUT_DESCRIPTION: usize = 300;
/// Levels of `allOf`, `oneOf` and references that are followed to understand one schema.
pub(crate) const SCHEMA_DEPTH: usize = 24;
/// Longest chain of references.
pub(crate) const REFERENCES: usize = 32;
/// Characters of a description.
pub(crate) const DESCRIPTION: usize = 2_000;
/// Characters of a name of a file, operation or property.
pub(crate) const NAME: usize = 80;
/// Losses that are listed; the others are counted.
pub(crate) const LOSSES: usize = 10_000;
