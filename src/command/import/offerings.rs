//! `import offerings`.

use std::path::Path;

use magiclink_domain::authority::{Act, authorise};
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::rejection::Rejection;
use magiclink_domain::usecases::Failure;
use magiclink_domain::value::{OfferingUrl, Slug, Title};

use super::super::caller::Asking;
use super::super::failure::CliFailure;
use super::super::output::{Output, Progress};
use super::records::{Column, Records};
use super::report::Report;

const COLUMNS: [Column; 4] = [
    Column { name: "slug", required: true },
    Column { name: "kind", required: true },
    Column { name: "title", required: true },
    Column { name: "url", required: false },
];

/// A row's cells, validated.
struct Row {
    slug: Slug,
    kind: OfferingKind,
    title: Title,
    url: Option<OfferingUrl>,
}

/// The column at fault and why.
type Complaint = (&'static str, String);

pub(super) async fn run(asking: &Asking<'_>, file: &Path, progress: &mut dyn Progress) -> Result<Output, CliFailure> {
    authorise(&asking.caller.authority, Act::ManageOfferings, asking.use_cases().ports().clock.now())?;
    let mut records = Records::open(file, &COLUMNS)?;
    let mut report = Report::default();
    let mut last = None;
    while let Some(row) = records.next().map_err(|error| CliFailure::fault(&error))? {
        match row
            .cells
            .map_err(|why| (None, why.to_owned()))
            .and_then(|cells| validated(&cells).map_err(|(column, why)| (Some(column), why)))
        {
            Ok(offering) => match take(asking, row.line, offering).await {
                Ok(position) => {
                    *(if position.is_some() { &mut report.added } else { &mut report.unchanged }) += 1;
                    last = position.or(last);
                }
                Err(Failure::Rejected(why)) => report.refuse(row.line, Some("slug"), why.to_string(), progress),
                Err(failure) => return Err(failure.into()),
            },
            Err((column, why)) => report.refuse(row.line, column, why, progress),
        }
    }
    asking.shown(last).await?;
    Ok(report.output("offerings", false))
}

fn validated(cells: &[String]) -> Result<Row, Complaint> {
    let [slug, kind, title, url] = cells else { return Err(("slug", "too few columns".to_owned())) };
    let url = Some(url.trim()).filter(|url| !url.is_empty());
    Ok(Row {
        slug: Slug::parse(slug.trim()).map_err(|why| ("slug", why.to_string()))?,
        kind: match kind.trim().to_lowercase().as_str() {
            "course" => OfferingKind::Course,
            "group" => OfferingKind::Group,
            _ => return Err(("kind", "a kind is course or group".to_owned())),
        },
        title: Title::parse(title).map_err(|why| ("title", why.to_string()))?,
        url: url.map(OfferingUrl::parse).transpose().map_err(|why| ("url", why.to_string()))?,
    })
}

/// Adds the offering; of one that is there, title and URL become the row's.
async fn take(asking: &Asking<'_>, line: u64, row: Row) -> Result<Option<magiclink_domain::log::Position>, Failure> {
    let Row { slug, kind, title, url } = row;
    let use_cases = asking.use_cases();
    let caller = asking.caller.with_command(asking.caller.command.entails(&format!("line {line}")));
    match use_cases.add_offering(&caller, slug.clone(), kind, title.clone(), url.clone()).await {
        Err(Failure::Rejected(Rejection::SlugTaken)) if use_cases.offering(&caller, &slug).await?.kind == kind => {
            Ok(use_cases.change_offering(&caller, slug, Some(title), Some(url)).await?.position)
        }
        other => Ok(other?.position),
    }
}
