//! `itemflow import`: definition files from what others have written down about a service.

use std::process::ExitCode;

use anyhow::bail;
use itemflow_import::service_folder;

use crate::args::{ImportCommand, ImportOpenApiArgs, OutputForm};
use crate::importing::changes::{compare, next_manifest};
use crate::importing::disk::Folder;
use crate::importing::{question, reading, report};
use crate::report::FAILED;

/// Imports a document.
pub(crate) async fn import(command: &ImportCommand) -> anyhow::Result<ExitCode> {
    match command {
        ImportCommand::Openapi(args) => openapi(args).await,
    }
}

async fn openapi(args: &ImportOpenApiArgs) -> anyhow::Result<ExitCode> {
    let fetched = reading::fetch(&args.from).await?;
    let read = reading::import(&fetched, &args.service)?;
    let imported = &read.imported;
    report::losses(imported, &read.document.source().file);
    if imported.actions == 0 {
        anstream::eprintln!("error: the document has no operation that could be imported");
        return Ok(ExitCode::from(FAILED));
    }
    let folder = Folder::new(args.out.join(service_folder(&args.service)));
    if folder.is_foreign() && !args.force {
        bail!(
            "{} holds a service that was not imported; choose another --out, or write over it with --force",
            folder.path().display()
        );
    }
    let last = folder.manifest().unwrap_or_default();
    let mut changes = compare(&imported.files, &last, |path| folder.read(path));
    let mut ask = question::ask;
    let asks = !args.dry_run && args.output == OutputForm::Table && question::can_ask();
    question::decide(
        &mut changes,
        args.force,
        if asks { Some(&mut ask) } else { None },
    )?;
    if !args.dry_run {
        folder.apply(&changes, &next_manifest(&changes, &last))?;
    }
    let shown = folder.path().display().to_string();
    match args.output {
        OutputForm::Json => {
            let json = report::json(imported, &changes, &shown, args.dry_run);
            anstream::println!("{}", serde_json::to_string_pretty(&json)?);
        }
        OutputForm::Table if args.dry_run => anstream::print!("{}", report::preview(&changes)),
        OutputForm::Table => {}
    }
    report::edited(&changes, args.dry_run);
    anstream::eprintln!("{}", report::summary(imported, &shown, args.dry_run));
    Ok(ExitCode::SUCCESS)
}
