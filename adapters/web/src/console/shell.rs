//! What every page of the console has in common.
//!
//! Apart from the pages so that each template asks one thing for its frame, its forms and its reader's rights.

use magiclink_domain::authority::{Act, may_reveal};
use magiclink_domain::settings::Settings;
use magiclink_domain::time::Timestamp;
use magiclink_domain::usecases::Failure;

use super::gate::Staff;
use super::words::{self, When};
use crate::Web;
use crate::http::assets;

/// Which part of the console a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Dashboard,
    Contacts,
    Links,
    Bulk,
    Offerings,
    History,
    Staff,
    Tokens,
    Chat,
    Settings,
    None,
}

/// A page's frame.
pub(super) struct Shell<'a> {
    web: &'a Web,
    pub(super) staff: &'a Staff,
    section: Section,
    settings: Settings,
}

/// Where a form goes, with the proof that our page made it.
pub(super) struct Form {
    pub(super) action: String,
    pub(super) tag: String,
    pub(super) command: String,
}

/// One entry of the navigation.
pub(super) struct Tab {
    pub(super) href: &'static str,
    pub(super) label: &'static str,
    /// Drawn beside the label (assets/design/icons.css).
    pub(super) icon: &'static str,
    pub(super) current: bool,
}

/// A place of the console: where it is, what it is called, its icon, and what one must be allowed to go there.
type Place = (Section, &'static str, &'static str, &'static str, Act);

/// What staff do all day.
const DAILY: [Place; 6] = [
    (Section::Dashboard, "/console", "Overview", "home", Act::Read),
    (Section::Contacts, "/console/contacts", "Contacts", "people", Act::Read),
    (Section::Links, "/console/links", "Links", "link", Act::Read),
    (Section::Bulk, "/console/bulk", "Bulk sends", "send", Act::Read),
    (Section::Offerings, "/console/offerings", "Offerings", "offerings", Act::Read),
    (Section::History, "/console/history", "History", "history", Act::Read),
];

/// What is set up once.
const SET_UP: [Place; 4] = [
    (Section::Staff, "/console/staff", "Staff", "staff", Act::ReadTeam),
    (Section::Tokens, "/console/tokens", "API tokens", "key", Act::ReadTeam),
    (Section::Chat, "/console/chat", "Chat", "chat", Act::Read),
    (Section::Settings, "/console/settings", "Settings", "settings", Act::Read),
];

/// What stands at the thumb on a phone.
const DOCK: [Place; 4] = [
    (Section::Dashboard, "/console", "Overview", "home", Act::Read),
    (Section::Contacts, "/console/contacts", "Contacts", "people", Act::Read),
    (Section::None, "/console/generate", "New link", "plus", Act::ManageLinks),
    (Section::Links, "/console/links", "Links", "link", Act::Read),
];

impl<'a> Shell<'a> {
    /// The frame of a page in `section` for this staff member.
    pub(super) async fn of(web: &'a Web, staff: &'a Staff, section: Section) -> Result<Self, Failure> {
        let settings = web.use_cases.settings(&staff.reader(web)).await?;
        Ok(Self { web, staff, section, settings })
    }

    pub(super) fn portal(&self) -> &str {
        &self.web.config.portal_name
    }

    pub(super) fn lang(&self) -> &str {
        &self.web.config.locale
    }

    #[expect(clippy::unused_self, reason = "templates ask their page")]
    pub(super) fn css(&self) -> &'static str {
        assets::href("console.css")
    }

    #[expect(clippy::unused_self, reason = "templates ask their page")]
    pub(super) fn script(&self) -> &'static str {
        assets::href("console.js")
    }

    /// The address of an asset that few pages need.
    #[expect(clippy::unused_self, reason = "templates ask their page")]
    pub(super) fn asset(&self, name: &str) -> &'static str {
        assets::href(name)
    }

    pub(super) fn brand(&self) -> String {
        self.web.config.brand.href()
    }

    pub(super) fn who(&self) -> &str {
        self.staff.name.as_deref().unwrap_or("First owner")
    }

    pub(super) fn role(&self) -> &'static str {
        self.staff.session.role.as_str()
    }

    pub(super) fn nameless(&self) -> bool {
        self.staff.session.nameless
    }

    /// Whether the reader's role may do this, perhaps after a question.
    pub(super) fn may(&self, act: Act) -> bool {
        self.staff.may(act)
    }

    /// Whether the setting lets the reader see links and codes.
    pub(super) fn reveals(&self) -> bool {
        may_reveal(&self.staff.authority(false), self.web.use_cases.policy().reveal)
    }

    /// Whether the reader can throw the emergency switch.
    pub(super) fn switches(&self) -> bool {
        self.may(Act::StopAndResume)
    }

    pub(super) fn flash(&self) -> Option<&'static str> {
        self.staff.flash.map(super::flash::Flash::words)
    }

    pub(super) fn issuing_stopped(&self) -> bool {
        self.settings.issuing_stopped
    }

    pub(super) fn redeeming_stopped(&self) -> bool {
        self.settings.redeeming_stopped
    }

    /// A form that posts to `action`.
    pub(super) fn to(&self, action: impl Into<String>) -> Form {
        let action = action.into();
        Form { tag: self.tag(&action), action, command: self.web.use_cases.ports().ids.id().to_string() }
    }

    /// The proof that a form which posts to `action` is ours.
    pub(super) fn tag(&self, action: impl AsRef<str>) -> String {
        self.staff.nonce.tag(self.web, action.as_ref())
    }

    /// An instant in the portal's zone.
    pub(super) fn when(&self, at: Timestamp) -> When {
        When::new(self.web.config.time_zone, at)
    }

    /// The portal's address.
    pub(super) fn portal_url(&self) -> String {
        format!("{}/portal", self.web.config.base_url.as_str())
    }

    /// The navigation, in groups.
    pub(super) fn tabs(&self) -> [Vec<Tab>; 2] {
        [self.open(&DAILY), self.open(&SET_UP)]
    }

    /// The navigation of a phone.
    pub(super) fn dock(&self) -> Vec<Tab> {
        self.open(&DOCK)
    }

    /// Those of the places to which the reader may go.
    fn open(&self, places: &[Place]) -> Vec<Tab> {
        let open = places.iter().filter(|(.., act)| !self.nameless() && self.may(*act));
        let tab = |&(section, href, label, icon, _): &Place| {
            let current = section == self.section && section != Section::None;
            Tab { href, label, icon, current }
        };
        open.map(tab).collect()
    }

    /// The first letter of the portal's name.
    pub(super) fn initial(&self) -> String {
        words::initials(self.portal()).chars().take(1).collect()
    }

    /// The reader's initials.
    pub(super) fn initials(&self) -> String {
        words::initials(self.who())
    }
}
