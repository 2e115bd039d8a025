//! The table of the console's routes: every one with what it needs of whoever asks.
//!
//! Apart from the handlers so that none can be reached past the gate, and so that tests read the same table.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use magiclink_domain::authority::Act;

use super::gate::{self, Gate, Need};
use super::{
    bulk, card, chat, contact, contacts, dashboard, generate, history, import, links, offerings, session, settings,
    staff, switch, tokens, welcome,
};
use crate::Web;
use crate::http::compress::compressed;
use crate::http::upload::MOST_READ;

/// One route.
pub(super) struct Entry {
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read the table"))]
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) need: Need,
    handler: MethodRouter<Web>,
}

fn look(path: &'static str, act: Act, handler: MethodRouter<Web>) -> Entry {
    Entry { method: Method::GET, path, need: Need::May(act), handler }
}

fn watch(path: &'static str, act: Act, handler: MethodRouter<Web>) -> Entry {
    Entry { method: Method::GET, path, need: Need::Watch(act), handler }
}

fn act(path: &'static str, act: Act, handler: MethodRouter<Web>) -> Entry {
    Entry { method: Method::POST, path, need: Need::May(act), handler }
}

/// Every route of the console but those by which one signs in.
pub(super) fn table() -> Vec<Entry> {
    let mut table = contacts_and_links();
    table.extend(imports());
    table.extend([
        look("/console", Act::Read, get(dashboard::show)),
        look("/console/bulk", Act::Read, get(bulk::list)),
        act("/console/bulk", Act::BulkSend, post(bulk::start)),
        look("/console/bulk/new", Act::BulkSend, get(bulk::ask)),
        look("/console/bulk/{id}", Act::Read, get(bulk::show)),
        look("/console/bulk/{id}/recipients.csv", Act::Read, get(bulk::export)),
        act("/console/bulk/{id}/pause", Act::ManageLinks, post(bulk::pause)),
        act("/console/bulk/{id}/resume", Act::BulkSend, post(bulk::resume)),
        act("/console/bulk/{id}/stop", Act::ManageLinks, post(bulk::stop)),
        look("/console/offerings", Act::Read, get(offerings::list)),
        act("/console/offerings", Act::ManageOfferings, post(offerings::add)),
        look("/console/offerings/add", Act::ManageOfferings, get(offerings::ask_to_add)),
        look("/console/offerings/{slug}/change", Act::ManageOfferings, get(offerings::ask_to_change)),
        act("/console/offerings/{slug}/change", Act::ManageOfferings, post(offerings::change)),
        look("/console/offerings/{slug}/archive", Act::ManageOfferings, get(offerings::ask_to_archive)),
        act("/console/offerings/{slug}/archive", Act::ManageOfferings, post(offerings::archive)),
        look("/console/history", Act::Read, get(history::list)),
        look("/console/history.csv", Act::Read, get(history::export)),
        look("/console/staff", Act::ReadTeam, get(staff::list)),
        act("/console/staff", Act::ManageStaff, post(staff::add)),
        look("/console/staff/add", Act::ManageStaff, get(staff::ask_to_add)),
        look("/console/staff/{id}", Act::ManageStaff, get(staff::show)),
        act("/console/staff/{id}/role", Act::ManageStaff, post(staff::change_role)),
        act("/console/staff/{id}/link", Act::ManageStaff, post(staff::make_link)),
        look("/console/staff/{id}/remove", Act::ManageStaff, get(staff::ask_to_remove)),
        act("/console/staff/{id}/remove", Act::ManageStaff, post(staff::remove)),
        look("/console/tokens", Act::ReadTeam, get(tokens::list)),
        act("/console/tokens", Act::ManageTokens, post(tokens::create)),
        look("/console/tokens/add", Act::ManageTokens, get(tokens::ask_to_create)),
        look("/console/tokens/{id}/revoke", Act::ManageTokens, get(tokens::ask_to_revoke)),
        act("/console/tokens/{id}/revoke", Act::ManageTokens, post(tokens::revoke)),
        look("/console/settings", Act::Read, get(settings::list)),
        look("/console/settings/words", Act::Read, get(settings::words::edit)),
        act("/console/settings/words", Act::ManageSettings, post(settings::words::change)),
        act("/console/settings/preview", Act::ManageSettings, post(settings::words::preview)),
        look("/console/settings/restore", Act::ManageSettings, get(settings::restore::ask)),
        act("/console/settings/restore", Act::ManageSettings, post(settings::restore::restore)),
        act("/console/switch", Act::StopAndResume, post(switch::switch)),
    ]);
    let signed_in = |method, path, need, handler| Entry { method, path, need, handler };
    table.extend([
        signed_in(Method::GET, "/console/welcome", Need::Nameless, get(welcome::ask)),
        signed_in(Method::POST, "/console/welcome", Need::Nameless, post(welcome::name_oneself)),
        signed_in(Method::GET, "/console/chat", Need::SignedIn, get(chat::list)),
        signed_in(Method::POST, "/console/chat/code", Need::SignedIn, post(chat::make_code)),
        signed_in(Method::POST, "/console/chat/{id}/disconnect", Need::SignedIn, post(chat::disconnect)),
        signed_in(Method::POST, "/console/sign-in-again", Need::SignedIn, post(session::sign_in_again)),
        signed_in(Method::POST, "/console/sign-out", Need::Anyhow, post(session::sign_out)),
    ]);
    table
}

fn contacts_and_links() -> Vec<Entry> {
    vec![
        look("/console/contacts", Act::Read, get(contacts::list)),
        act("/console/contacts", Act::ManageContacts, post(contacts::add)),
        look("/console/contacts.csv", Act::RunReports, get(contacts::export)),
        look("/console/contacts/found", Act::Read, get(contacts::found)),
        act("/console/contacts/check", Act::ManageContacts, post(contacts::check)),
        look("/console/contacts/new", Act::ManageContacts, get(contacts::new)),
        look("/console/contacts/{id}", Act::Read, get(contact::show)),
        look("/console/contacts/{id}/edit", Act::ManageContacts, get(contact::edit)),
        act("/console/contacts/{id}/details", Act::ManageContacts, post(contact::change)),
        act("/console/contacts/{id}/grant", Act::ManageAccess, post(contact::grant)),
        act("/console/contacts/{id}/until", Act::ManageAccess, post(contact::grant)),
        act("/console/contacts/{id}/ungrant", Act::ManageAccess, post(contact::ungrant)),
        act("/console/contacts/{id}/revoke-access", Act::ManageAccess, post(contact::revoke_all)),
        act("/console/contacts/{id}/undo", Act::ManageAccess, post(contact::undo)),
        look("/console/contacts/{id}/why/{slug}", Act::Read, get(contact::why)),
        look("/console/contacts/{id}/then", Act::Read, get(contact::then)),
        act("/console/contacts/{id}/end-session", Act::EndSessions, post(contact::end_session)),
        act("/console/contacts/{id}/sign-out", Act::EndSessions, post(contact::sign_out_everywhere)),
        act("/console/contacts/{id}/preview", Act::Preview, post(contact::preview)),
        look("/console/contacts/{id}/erase", Act::EraseContact, get(contact::ask_to_erase)),
        act("/console/contacts/{id}/erase", Act::EraseContact, post(contact::erase)),
        look("/console/generate", Act::ManageLinks, get(generate::ask)),
        act("/console/generate", Act::ManageLinks, post(generate::answer)),
        look("/console/generate/contacts", Act::ManageLinks, get(generate::options)),
        look("/console/generate/staff", Act::ManageStaff, get(generate::staff::ask)),
        act("/console/generate/staff", Act::ManageStaff, post(generate::staff::answer)),
        look("/console/links", Act::Read, get(links::list)),
        look("/console/links.csv", Act::Read, get(links::export::export)),
        look("/console/links/{id}", Act::Read, get(links::show)),
        watch("/console/links/{id}/events", Act::Read, get(card::follow)),
        act("/console/links/{id}/retry", Act::ManageLinks, post(links::retry)),
        act("/console/links/{id}/revoke", Act::ManageLinks, post(links::revoke)),
        act("/console/links/{id}/send", Act::ManageLinks, post(links::send)),
        act("/console/links/{id}/reveal", Act::RevealLink, post(links::reveal)),
    ]
}

fn imports() -> Vec<Entry> {
    let upload = post(import::upload).layer(DefaultBodyLimit::max(MOST_READ));
    vec![
        look("/console/import", Act::ManageContacts, get(import::ask)),
        act("/console/import", Act::ManageContacts, upload),
        look("/console/import/{id}", Act::ManageContacts, get(import::show)),
        act("/console/import/{id}", Act::ManageContacts, post(import::start)),
        look("/console/import/{id}/refused.csv", Act::ManageContacts, get(import::refused)),
        watch("/console/import/{id}/events", Act::ManageContacts, get(import::follow)),
    ]
}

/// The console's routes, each behind the gate.
pub(crate) fn routes(web: &Web) -> Router<Web> {
    behind_the_gate(web, table())
}

pub(super) fn behind_the_gate(web: &Web, table: Vec<Entry>) -> Router<Web> {
    let routes = table.into_iter().fold(Router::new(), |router, entry| {
        let gate = Gate { web: web.clone(), need: entry.need };
        router.route(entry.path, entry.handler.route_layer(from_fn_with_state(gate, gate::stand)))
    });
    compressed(routes)
}
