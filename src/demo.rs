//! `demo`: a working portal in one command, with sample people in a fresh folder.
//!
//! Apart from `serve` because everything in it is invented, and gone afterwards.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use magiclink_domain::authority::Role;
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::link::Destination;
use magiclink_domain::offering::OfferingKind;
use magiclink_domain::team::{ChatPlatform, StaffDetails};
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::{Caller, ChatMember, Failure, IssueRequest, Issued, NewContact};
use magiclink_domain::value::{EmailAddress, ExternalId, Locale, Name, OfferingUrl, PhoneNumber, Slug, Title};
use magiclink_store::SystemIds;
use serde_json::{Value, json};

use crate::cli::say;
use crate::command::{CliFailure, Output};
use crate::config::Config;
use crate::folder::DataFolder;
use crate::serve::{Invitation, Roles, Running, lock};
use crate::wiring::App;

/// Who types in the sandbox's chat rooms.
const COLLEAGUE: &str = "Kim Late";

/// Slug, kind, title.
const OFFERINGS: [(&str, OfferingKind, &str); 8] = [
    ("launch-your-practice", OfferingKind::Course, "Launch Your Practice"),
    ("pricing-masterclass", OfferingKind::Course, "Pricing Masterclass"),
    ("client-onboarding-101", OfferingKind::Course, "Client Onboarding 101"),
    ("advanced-funnels", OfferingKind::Course, "Advanced Funnels"),
    ("mindset-reset", OfferingKind::Course, "Mindset Reset"),
    ("founders-circle", OfferingKind::Group, "Founders Circle"),
    ("alumni", OfferingKind::Group, "Alumni"),
    ("vip-mastermind", OfferingKind::Group, "VIP Mastermind"),
];

/// Name and language. Their addresses are made of the names, at a domain that nobody can own (RFC 2606).
const PEOPLE: [(&str, &str); 20] = [
    ("Ana Lima", "pt"),
    ("Dylan Conway", "en"),
    ("Carsten Zirme", "de"),
    ("Rebecca Francis", "en"),
    ("Maureen Bender", "en"),
    ("Mariusz Ścibior", "pl"),
    ("Mirjam Fröhlich", "de"),
    ("Gerardo García", "es"),
    ("מוסטפא אסעד", "he"),
    ("桂香 胡", "zh"),
    ("花子 佐藤", "ja"),
    ("Chloé Lefèvre", "fr"),
    ("Samantha Wilson", "en"),
    ("Joel Miller", "en"),
    ("Kathy O'Porter", "en"),
    ("Lidia Kusztal", "pl"),
    ("Carlos Muñoz", "es"),
    ("Martyn Bradley", "en"),
    ("Raymond <b>Anderson</b>", "en"),
    ("Zoë =1+1", "en"),
];

/// Runs the demo in `folder`, or in one of its own that is removed afterwards.
pub(crate) async fn run(config: Config, folder: Option<DataFolder>, json: bool) -> Result<Output, CliFailure> {
    let own = if folder.is_none() { Some(Own::make()?) } else { None };
    let folder = match (&folder, &own) {
        (Some(folder), _) => folder.clone(),
        (None, Some(own)) => DataFolder::at(&own.0),
        (None, None) => return Err(CliFailure::usage("there is no folder for the demo")),
    };
    let lock = lock(&folder)?;
    let quieter = crate::config::Log { level: tracing::Level::WARN, ..config.log.clone() };
    let _logging = crate::logging::start(&quieter).map_err(|error| CliFailure::usage(error.to_string()))?;
    let running = Running::start(config, &folder, lock, Roles::all(), true).await?;
    let link = fill(&running.app).await?;
    connect(&running.app).await?;
    announce(&running, link, json).await?;
    running.until_told_to_stop().await?;
    Ok(Output::new(Value::Null, ""))
}

async fn announce(running: &Running, link: Issued, json: bool) -> anyhow::Result<()> {
    let base = &running.base_url;
    let url = link.url.map(|url| url.0).unwrap_or_default();
    let invitation = running.invite().await?;
    if json {
        let path = invitation.as_ref().and_then(Invitation::path).map(|path| path.display().to_string());
        say(&json!({ "base_url": base, "contact_link": url, "owner_invitation": path }).to_string());
        return Ok(());
    }
    say(&format!("a portal with sample people runs at {base} until Ctrl-C\n"));
    if let Some(invitation) = invitation {
        say(&invitation.to_string());
        let it = if invitation.path().is_some() { "the address in it" } else { "it" };
        say(&format!("  (that is you: open {it}, press the button, and the console asks for your name)"));
    }
    say(&format!("\na contact's magic link, for another browser or a private window:\n  {url}"));
    say(&format!("\nthe portal's sign-in page: {base}/portal/sign-in (try ana.lima@example.com)"));
    say(&format!("messages to phones and mailboxes appear at {base}/sandbox"));
    say(&format!(
        "Slack and Discord without an account: {base}/sandbox/chat (try /magiclink ana sms; {COLLEAGUE} is connected there)"
    ));
    Ok(())
}

/// Adds a colleague, and connects them with the people of the sandbox's chat rooms, by codes like everybody.
async fn connect(app: &App) -> anyhow::Result<()> {
    let Some(sandbox) = &app.stand_ins.chat else { return Ok(()) };
    let use_cases = &app.use_cases;
    let email = EmailAddress::parse("kim.late@example.com")?;
    let details = StaffDetails { name: Name::parse(COLLEAGUE)?, email };
    let staff = use_cases.add_staff(&sample(COLLEAGUE), Role::Agent, details).await?.value;
    for user in ChatPlatform::ALL.into_iter().filter_map(|platform| sandbox.person(platform)) {
        if use_cases.chat_member(&user).await?.is_some() {
            continue;
        }
        let command = CommandId::from_uuid(use_cases.ports().ids.id());
        let colleague = ChatMember { staff, role: Role::Agent }.caller(&user, command, false);
        let code = match use_cases.make_chat_code(&colleague).await {
            Ok(code) => code.code.expose(),
            // Somebody removed them, in a folder that is used again.
            Err(Failure::Rejected(_)) => return Ok(()),
            Err(failure) => return Err(failure.into()),
        };
        use_cases.connect_chat(user, &code, command).await?;
    }
    Ok(())
}

/// Adds the samples, each once, and makes a link for the first contact.
async fn fill(app: &App) -> anyhow::Result<Issued> {
    let use_cases = &app.use_cases;
    for (slug, kind, title) in OFFERINGS {
        let place = if kind == OfferingKind::Course { "courses.example.com" } else { "community.example.com/g" };
        let url = OfferingUrl::parse(&format!("https://{place}/{slug}"))?;
        use_cases.add_offering(&sample(slug), Slug::parse(slug)?, kind, Title::parse(title)?, Some(url)).await?;
    }
    let mut first: Option<ContactId> = None;
    for (nth, (name, locale)) in PEOPLE.into_iter().enumerate() {
        let contact = use_cases.add_contact(&sample(name), person(nth, name, locale)?).await?.value;
        first = first.or(Some(contact));
        // Everybody sees another part of the catalogue; the last one is not in the portal.
        let seen = OFFERINGS.iter().enumerate().filter(|(place, _)| nth + 1 < PEOPLE.len() && (nth + place) % 3 == 0);
        for (_, (slug, ..)) in seen {
            let grant = sample(&format!("{name} {slug}"));
            use_cases.grant_access(&grant, contact, Slug::parse(slug)?, None).await?;
        }
    }
    app.read_models.catch_up().await?;
    let request = IssueRequest {
        contact: first.context("no sample contact")?,
        destination: Destination::Home,
        lifetime: Some(Lifetime::DAY),
        max_uses: None,
        deliver: vec![],
        grants: vec![],
        reason: None,
        reveal: true,
    };
    let fresh = Caller::system(CommandId::from_uuid(use_cases.ports().ids.id()));
    Ok(use_cases.issue_link(&fresh, request).await?.value)
}

/// The act that makes one sample: the same at every start, so that a folder that is used again is not filled twice.
fn sample(what: &str) -> Caller {
    Caller::system(CommandId::derive("system", "demo", what))
}

fn person(nth: usize, name: &str, locale: &str) -> anyhow::Result<NewContact> {
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '.' }).collect();
    let words: Vec<_> = plain.split('.').filter(|word| !word.is_empty()).collect();
    let address = if words.len() == 2 { words.join(".") } else { format!("contact{nth}") };
    Ok(NewContact {
        name: Name::parse(name)?,
        email: Some(EmailAddress::parse(&format!("{address}@example.com"))?),
        // Numbers that no phone has (+1 415 555 0100 to 0199 are set aside for such use).
        phone: Some(PhoneNumber::parse(&format!("+141555501{nth:02}"), None)?),
        locale: Some(Locale::parse(locale)?),
        external_id: Some(ExternalId::parse(&format!("demo-{nth:02}"))?),
    })
}

/// A folder of our own, removed when the demo ends.
struct Own(PathBuf);

impl Own {
    fn make() -> anyhow::Result<Self> {
        use magiclink_domain::ports::Ids;
        let path = std::env::temp_dir().join(format!("magiclink-demo-{}", SystemIds.id().simple()));
        // Fails if somebody else was there first: in a folder for all, that would be no accident.
        DirBuilder::new().mode(0o700).create(&path).with_context(|| format!("{} can't be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(remove_all(&self.0));
    }
}

fn remove_all(path: &Path) -> std::io::Result<()> {
    std::fs::remove_dir_all(path)
}
