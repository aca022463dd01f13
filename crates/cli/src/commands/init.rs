//! `itemflow init`: a small working project.

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::args::InitArgs;

/// The files of a new project.
const FILES: [(&str, &str); 5] = [
    ("workflow.yaml", include_str!("../../project/workflow.yaml")),
    (
        "credentials.example.yaml",
        include_str!("../../project/credentials.example.yaml"),
    ),
    ("input.json", include_str!("../../project/input.json")),
    ("test.sh", include_str!("../../project/test.sh")),
    ("README.md", include_str!("../../project/README.md")),
];

/// Makes the folder.
pub(crate) fn init(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let dir = &args.dir;
    require_empty(dir)?;
    std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    for (name, text) in FILES {
        let path = dir.join(name);
        std::fs::write(&path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    // Real credentials stay out of version control.
    std::fs::write(dir.join(".gitignore"), "credentials.yaml\n")
        .context("the .gitignore cannot be written")?;
    let shown = dir.display();
    anstream::println!(
        "made {shown}\n\nnext:\n  cd {shown}\n  itemflow check workflow.yaml\n  itemflow test workflow.yaml\n  itemflow explain workflow.yaml --input input.json --mock\n  itemflow run workflow.yaml --input input.json --mock"
    );
    Ok(ExitCode::SUCCESS)
}

fn require_empty(dir: &Path) -> anyhow::Result<()> {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => bail!("{} is not empty; name a new folder", dir.display()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", dir.display())),
    }
}
