//! What `itemflow import` does around the importer itself: reads the document, compares the drafts with what stands on the
//! disk, asks, writes, and tells what was lost.

pub(crate) mod changes;
pub(crate) mod disk;
pub(crate) mod manifest;
pub(crate) mod question;
pub(crate) mod reading;
pub(crate) mod report;
