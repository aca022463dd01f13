//! For tests of nodes that work with files: items with files in memory, and a folder on disk for the nodes that use one.

use std::sync::Arc;

use bytes::BytesMut;
use futures::{FutureExt, TryStreamExt};
use itemflow_declarative::{BinaryReader, NoObserver};
use itemflow_model::{Binaries, Binary, ErrorInfo, Item, Items, Node as WorkflowNode, Value};
use tempfile::TempDir;

use super::binary::NewFile;
use super::tests::{MemoryBinaries, host};
use crate::{Catalog, FolderLimits, FolderOnDisk, Host, NoHistory, NodeRun, Outcome, Step};

/// A place for nodes to work in.
pub(crate) struct Bench {
    files: Arc<MemoryBinaries>,
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            files: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder that nodes may use.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// An item with files: name of the property, name of the file, its bytes.
    pub(crate) fn item(&self, json: serde_json::Value, files: &[(&str, &str, &[u8])]) -> Item {
        let mut item = Item::new(json);
        let mut binaries = Binaries::default();
        for (property, name, bytes) in files {
            binaries.insert((*property).into(), self.file(name, bytes));
        }
        item.binary = (!binaries.is_empty()).then(|| Arc::new(binaries));
        item
    }

    /// A file with the media type and extension that it would have in a workflow.
    fn file(&self, name: &str, bytes: &[u8]) -> Binary {
        let run = self.node_run("noOp", None, &Value::empty_object(), &[]);
        let file = NewFile {
            name: Some(name.to_owned()),
            ..NewFile::default()
        };
        let stored = super::binary::store(&run.0, file, bytes.to_vec(), 0);
        stored.now_or_never().unwrap().unwrap()
    }

    /// Runs a node.
    pub(crate) async fn try_run(
        &self,
        type_name: &str,
        version: impl Into<Option<f64>>,
        parameters: serde_json::Value,
        items: &[Item],
    ) -> Result<Outcome, ErrorInfo> {
        let (run, node) = self.node_run(type_name, version.into(), &parameters.into(), items);
        match node.execute(&run) {
            Step::Done(result) => result,
            Step::Pending(future) => future.await,
            Step::Ask(effect) => panic!("the node asks for {effect:?}"),
        }
    }

    /// Runs a node that succeeds, and gives the items of its first output.
    pub(crate) async fn run(
        &self,
        type_name: &str,
        version: impl Into<Option<f64>>,
        parameters: serde_json::Value,
        items: &[Item],
    ) -> Items {
        let outcome = self.try_run(type_name, version, parameters, items).await;
        outcome.unwrap().outputs[0].clone().unwrap()
    }

    /// The json of the items a node gives.
    pub(crate) async fn json(
        &self,
        type_name: &str,
        version: impl Into<Option<f64>>,
        parameters: serde_json::Value,
        items: &[Item],
    ) -> serde_json::Value {
        let items = self.run(type_name, version, parameters, items).await;
        items
            .iter()
            .map(|item| serde_json::to_value(&item.json).unwrap())
            .collect()
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, binary: &Binary) -> Vec<u8> {
        let read = async {
            self.files
                .open(binary)
                .await?
                .try_collect::<BytesMut>()
                .await
        };
        read.now_or_never().unwrap().unwrap().to_vec()
    }

    /// The bytes of an item's file as text.
    pub(crate) fn text(&self, item: &Item, property: &str) -> String {
        let file = &item.binary.as_ref().unwrap()[property];
        String::from_utf8(self.bytes(file)).unwrap()
    }

    fn node_run(
        &self,
        type_name: &str,
        version: Option<f64>,
        parameters: &Value,
        items: &[Item],
    ) -> (NodeRun, Box<dyn crate::Node>) {
        let mut node = WorkflowNode {
            node_type: type_name.into(),
            type_version: version,
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            ..WorkflowNode::default()
        };
        // A parameter of no node: it stands for the node's switch.
        if node.parameters.shift_remove("continueOnFail").is_some() {
            node.continue_on_fail = true;
        }
        let compiled = Catalog::default().compile(&node).unwrap();
        let run = NodeRun {
            node: compiled.facts,
            inputs: vec![Some(Items::from(items.to_vec()).paired_by_index(0))],
            run_index: 0,
            history: Arc::new(NoHistory),
            host: Arc::new(Host {
                binaries: self.files.clone(),
                files: Arc::new(FolderOnDisk::new(
                    self.folder.path().to_owned(),
                    FolderLimits::default(),
                )),
                ..host()
            }),
            observer: Arc::new(NoObserver),
        };
        (run, compiled.node)
    }
}
