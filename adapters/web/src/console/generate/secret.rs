//! The page that shows a link, once: in the first answer to a form alone, never at an address.
//!
//! Apart from the dialog because a link shown again, and a colleague's sign-in link, look the same.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::BASE64;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use magiclink_domain::id::LinkId;
use magiclink_domain::link::{LinkStatus, LinkSubject};
use magiclink_domain::personal::Personal;
use magiclink_domain::usecases::{Done, Failure, Issued};

use super::spelling::{self, Said};
use crate::Web;
use crate::console::asked::shown;
use crate::console::card;
use crate::console::gate::Staff;
use crate::console::people::{People, Place};
use crate::console::refused::Refused;
use crate::console::shell::{Section, Shell};
use crate::console::words::When;
use crate::http::page::html;

/// How many seconds a link stays on the screen.
const STAYS: u32 = 90;

#[derive(Template)]
#[template(path = "console/secret.html")]
struct SecretPage<'a> {
    page: Shell<'a>,
    id: LinkId,
    name: String,
    live: bool,
    /// It can be shown again, which is noted.
    again: bool,
    url: Option<String>,
    code: Option<String>,
    spelling: Vec<Said>,
    qr: Option<String>,
    stays: u32,
    expires: When,
    max_uses: u8,
    destination: Place,
    sent: bool,
    card: Option<String>,
    next: String,
}

impl SecretPage<'_> {
    /// Nobody follows how a colleague's link gets on.
    fn of_staff(&self) -> bool {
        self.card.is_none()
    }
}

/// Whom the link is for: what to call them, and where to go on.
async fn whom(web: &Web, staff: &Staff, subject: LinkSubject) -> Result<(String, String), Failure> {
    match subject {
        LinkSubject::Contact { contact, .. } => {
            let state = web.use_cases.contact_state(&staff.reader(web), contact).await?;
            let details = state.present().map(|contact| &contact.details).and_then(Personal::known);
            let name = details.map(|details| details.name.to_string()).unwrap_or_default();
            Ok((name, format!("/console/contacts/{contact}")))
        }
        LinkSubject::Staff(of) => {
            let member = web.use_cases.staff_member(&staff.reader(web), of).await?;
            let details = member.details.as_ref().and_then(Personal::known);
            Ok((details.map(|details| details.name.to_string()).unwrap_or_default(), "/console/staff".to_owned()))
        }
    }
}

/// Shows what may be shown of a link, once: the same form sent again, as a reload does, shows nothing.
pub(in crate::console) async fn page(
    web: &Web, staff: &Staff, done: Done<Issued>, section: Section,
) -> Result<Response, Refused> {
    shown(web, &done).await;
    let first = done.position.is_some();
    let issued = done.value;
    let link = &issued.link;
    let (name, next) = whom(web, staff, link.subject).await?;
    let of_staff = matches!(link.subject, LinkSubject::Staff(_));
    let page = Shell::of(web, staff, section).await?;
    let people = People::of(web, staff, vec![]).await?;
    let card = if of_staff { None } else { Some(card::draw(web, staff, &page, issued.id).await?) };
    let url = issued.url.filter(|_| first).map(|url| url.0);
    let code = issued.code.filter(|_| first).map(|code| code.0);
    let secret = SecretPage {
        id: issued.id,
        name,
        live: link.status(web.use_cases.ports().clock.now()) == LinkStatus::Live,
        again: !of_staff && page.reveals(),
        qr: url.as_deref().and_then(qr),
        spelling: code.as_deref().map(spelling::said).unwrap_or_default(),
        url,
        code,
        stays: STAYS,
        expires: page.when(link.expires_at),
        max_uses: link.max_uses,
        destination: people.place(&link.destination),
        sent: !link.deliveries.is_empty(),
        card,
        next,
        page,
    };
    Ok(html(StatusCode::OK, &secret))
}

/// The text as a picture within the page: nothing is fetched, so nothing is logged.
fn qr(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    let svg = SvgBuilder::default().to_str(&code);
    Some(format!("data:image/svg+xml;base64,{}", BASE64.encode(svg.as_bytes())))
}
