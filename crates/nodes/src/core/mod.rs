//! The core nodes, one file (or folder) each.

pub(crate) mod aggregate;
pub(crate) mod binary;
pub(crate) mod compare_datasets;
pub(crate) mod conditions;
pub(crate) mod crypto;
pub(crate) mod date_time;
pub(crate) mod debug_helper;
mod disk_file;
mod encoding_option;
pub(crate) mod execution_data;
mod field;
pub(crate) mod filter;
pub(crate) mod html;
pub(crate) mod html_extract;
mod html_tree;
pub(crate) mod http_request;
pub(crate) mod if_;
pub(crate) mod item_lists;
mod javascript;
mod key_fields;
mod lenient_json;
pub(crate) mod limit;
pub(crate) mod manual_trigger;
mod matching;
mod media_type;
pub(crate) mod merge;
mod moment;
pub(crate) mod move_binary_data;
pub(crate) mod no_op;
pub(crate) mod read_binary_file;
pub(crate) mod read_binary_files;
pub(crate) mod read_write_file;
pub(crate) mod remove_duplicates;
pub(crate) mod rename_keys;
mod route;
pub(crate) mod set;
pub(crate) mod sort;
pub(crate) mod split_out;
pub(crate) mod sticky_note;
pub(crate) mod stop_and_error;
pub(crate) mod summarize;
pub(crate) mod switch;
mod text_encoding;
mod value_type;
pub(crate) mod write_binary_file;
pub(crate) mod xml;

#[cfg(test)]
mod file_bench;
#[cfg(test)]
mod tests;
